namespace Sosia.Matching;

/// <summary>A picture of several channels.</summary>
/// <param name="Values">Channels x Height x Width, row-major.</param>
/// <param name="Channels">C.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
public sealed record FeatureMap(float[] Values, int Channels, int Height, int Width)
{
    /// <summary>Negative values become 0.</summary>
    public FeatureMap Rectified() => this with { Values = Array.ConvertAll(Values, static x => Math.Max(x, 0f)) };

    /// <summary>Maximum of each 2 x 2 square; an odd last row or column is dropped.</summary>
    public FeatureMap Pooled()
    {
        var (height, width) = (Height / 2, Width / 2);
        var pooled = new float[Channels * height * width];
        for (var i = 0; i < pooled.Length; i++)
        {
            var (row, x) = (i / width, i % width);
            var above = (((row / height * Height) + (row % height * 2)) * Width) + (2 * x);
            var below = above + Width;
            pooled[i] = Math.Max(Math.Max(Values[above], Values[above + 1]), Math.Max(Values[below], Values[below + 1]));
        }

        return new FeatureMap(pooled, Channels, height, width);
    }
}

/// <summary>A square convolution of stride 1 that keeps height and width: the border is replicated.</summary>
/// <param name="Weight">O x C x Size x Size, row-major.</param>
/// <param name="Bias">O.</param>
/// <param name="Size">Odd.</param>
public sealed record Convolution(float[] Weight, float[] Bias, int Size)
{
    /// <summary>C channels in, O channels out.</summary>
    /// <exception cref="ArgumentException">The weights are for another number of channels.</exception>
    public FeatureMap Apply(FeatureMap input)
    {
        if (Weight.Length != Bias.Length * input.Channels * Size * Size)
        {
            throw new ArgumentException($"{Weight.Length} weights do not fit {input.Channels} channels in and {Bias.Length} out", nameof(input));
        }

        var output = new float[Bias.Length * input.Height * input.Width];
        for (var o = 0; o < Bias.Length; o++)
        {
            var plane = output.AsSpan(o * input.Height * input.Width, input.Height * input.Width);
            plane.Fill(Bias[o]);
            for (var tap = 0; tap < input.Channels * Size * Size; tap++)
            {
                AddTap(input, tap, Weight[(o * input.Channels * Size * Size) + tap], plane);
            }
        }

        return new FeatureMap(output, Bias.Length, input.Height, input.Width);
    }

    /// <summary>Adds one weight's share: its channel, moved by its place in the square.</summary>
    private void AddTap(FeatureMap input, int tap, float weight, Span<float> plane)
    {
        var channel = tap / (Size * Size);
        var (dy, dx) = ((tap / Size % Size) - (Size / 2), (tap % Size) - (Size / 2));
        for (var y = 0; y < input.Height; y++)
        {
            var row = ((channel * input.Height) + Math.Clamp(y + dy, 0, input.Height - 1)) * input.Width;
            for (var x = 0; x < input.Width; x++)
            {
                plane[(y * input.Width) + x] += weight * input.Values[row + Math.Clamp(x + dx, 0, input.Width - 1)];
            }
        }
    }
}
