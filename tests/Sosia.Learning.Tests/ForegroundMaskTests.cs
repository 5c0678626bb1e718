using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class ForegroundMaskTests
{
    private const int Side = 24;
    private const int Frames = 8;
    private const int Square = 8;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Covers_a_square_that_moves_over_a_still_background(bool turns)
    {
        using var scope = TensorScope.Enter();
        var rule = new ForegroundMask(Crop: 32, Beta: 0.3, turns);
        var shares = Enumerable.Range(0, 50).Select(i => Covered(rule, new SampleRandom(7, 0, i))).ToList();
        Assert.InRange(shares.Average(), 0.7, 1); // by chance 0.3
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.3)]
    [InlineData(0.001)]
    [InlineData(1)]
    public void Has_its_share_of_the_pixels_whatever_the_clip(double beta)
    {
        using var scope = TensorScope.Enter();
        var still = Tensor.Full([1, 3, 4, 10, 12], 0.4);
        var clips = Tensor.Cat([still, Tensor.Rand([2, 3, 4, 10, 12], new Generator(1))]);
        var mask = new ForegroundMask(Crop: 32, beta).Of(clips);
        Assert.Equal([3L, 10, 12], mask.Shape);
        Assert.All(mask.Sum([1, 2]).ToArray<long>(), count => Assert.Equal((long)(beta * 120), count));
    }

    [Fact]
    public void Of_a_still_clip_of_one_colour_it_is_the_first_pixels()
    {
        using var scope = TensorScope.Enter();
        var mask = new ForegroundMask(Crop: 32).Of(Tensor.Full([1, 3, 2, 6, 8], 0.4)).ToArray<bool>();
        Assert.Equal(Enumerable.Repeat(true, 24).Concat(Enumerable.Repeat(false, 24)), mask);
    }

    [Fact]
    public void Of_a_clip_does_not_depend_on_the_batch_and_has_no_gradient()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Rand([3, 3, 4, 12, 10], new Generator(2)).RequireGrad();
        var rule = new ForegroundMask(Crop: 40);
        var together = rule.Of(clips);
        Assert.False(rule.Motion(clips.Detach()).RequiresGrad);
        Assert.All(Enumerable.Range(0, 3), i => Assert.Equal(rule.Of(clips.Narrow(0, i, 1))[0].ToArray<bool>(), together[i].ToArray<bool>()));
    }

    [Fact]
    public void A_single_frame_does_not_move()
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => new ForegroundMask(Crop: 32).Of(Tensor.Zeros([1, 3, 1, 8, 8])));
    }

    [Fact]
    public void The_most_are_those_of_a_stable_order_also_with_many_ties()
    {
        using var scope = TensorScope.Enter();
        foreach (var seed in Enumerable.Range(0, 60))
        {
            var random = new SampleRandom(8, 0, seed);
            var (height, width, levels) = (1 + random.Below(6), 1 + random.Below(6), 1 + random.Below(4));
            float[] values = [.. Enumerable.Range(0, height * width).Select(_ => (float)random.Below(levels))];
            var share = random.Next();
            var chosen = Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).Take((int)(share * values.Length)).ToHashSet();
            var most = ForegroundMask.Most(Tensor.Of(values, 1, height, width), share).ToArray<bool>();
            Assert.Equal(Enumerable.Range(0, values.Length).Select(chosen.Contains), most);
        }
    }

    [Fact]
    public void Merging_takes_the_foreground_of_one_and_the_background_of_the_other()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Rand([2, 3, 4, 5, 6], new Generator(3));
        var mask = Tensor.Rand([2, 5, 6], new Generator(4)).Gt(0.5);
        var merged = ForegroundMerging.Apply(clips, mask, [1, 1]);
        var m = mask.To(ScalarType.Float32).View([2, 1, 1, 5, 6]);
        Assert.Equal((clips * m + clips.IndexSelect(0, Tensor.Of([1L, 1], 2)) * (1 - m)).ToArray<float>(), merged.ToArray<float>());
        Assert.Equal(clips[1].ToArray<float>(), merged[1].ToArray<float>()); // its own background
    }

    [Fact]
    public void Every_colour_has_a_bin()
    {
        using var scope = TensorScope.Enter();
        var corners = Tensor.Of(Enumerable.Range(0, 8).SelectMany(i => new[] { (float)(i & 1), (i >> 1) & 1, i >> 2 }).ToArray(), 8, 3);
        var colours = Tensor.Cat([corners, Tensor.Rand([2000, 3], new Generator(5))]);
        var hsv = Hsv.Of(colours, channels: 1);
        Assert.All(hsv.Hue.ToArray<float>(), hue => Assert.InRange(hue, 0, MathF.Tau));
        foreach (var turns in (bool[])[false, true])
        {
            Assert.All(ColourBins.Of(hsv, turns).ToArray<long>(), bin => Assert.InRange(bin, 1, ColourBins.Count - 1));
        }
    }

    // The share of what the square sweeps that the mask covers.
    private static double Covered(ForegroundMask rule, SampleRandom random)
    {
        using var scope = TensorScope.Enter();
        var (clip, swept) = Rendered(random);
        var mask = rule.Of(Tensor.Of(clip, 1, 3, Frames, Side, Side)).ToArray<bool>();
        return mask.Zip(swept).Count(pixel => pixel.First && pixel.Second) / (double)swept.Count(pixel => pixel);
    }

    // A grating in one colour, and over it a white square with a black centre that moves left, right, up or down.
    private static (float[] Clip, bool[] Swept) Rendered(SampleRandom random)
    {
        double[] colour = [random.Next(), random.Next(), random.Next()];
        var (angle, frequency, direction, speed) = (random.Between(0, Math.Tau), random.Between(0.2, 1), random.Below(4), 1 + random.Below(2));
        var (left, top) = (random.Below(Side), random.Below(Side));
        var (clip, swept) = (new float[3 * Frames * Side * Side], new bool[Side * Side]);
        for (var i = 0; i < clip.Length; i++)
        {
            var (c, t, y, x) = (i / (Frames * Side * Side), i / (Side * Side) % Frames, i / Side % Side, i % Side);
            var moved = (direction % 2 == 0 ? 1 : -1) * speed * t;
            var across = Inside(x, left + (direction < 2 ? moved : 0));
            var down = Inside(y, top + (direction < 2 ? 0 : moved));
            if (across < Square && down < Square)
            {
                swept[(y * Side) + x] = true;
                clip[i] = across is >= 2 and < 6 && down is >= 2 and < 6 ? 0 : 1;
            }
            else
            {
                clip[i] = (float)(colour[c] * (0.5 + (0.5 * Math.Sin(frequency * ((x * Math.Cos(angle)) + (y * Math.Sin(angle)))))));
            }
        }

        return (clip, swept);

        static int Inside(int place, int start) => (((place - start) % Side) + Side) % Side; // from the square's edge, wrapping round
    }
}
