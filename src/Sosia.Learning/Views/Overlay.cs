using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// A caption or a logo over every frame: a box with a line of signs that look like writing from afar. Lengths are shares of the frame's sides.
/// </summary>
public sealed record Overlay
{
    private const int SignHeight = 5; // cells
    private const int SignWidth = 3;
    private const double WordEnds = 0.2; // after a sign

    /// <summary>Left edge of the box.</summary>
    public required double Left { get; init; }

    /// <summary>Its upper edge.</summary>
    public required double Top { get; init; }

    /// <summary>Its width.</summary>
    public required double Width { get; init; }

    /// <summary>Its height.</summary>
    public required double Height { get; init; }

    /// <summary>How much the box hides: 0 is writing without a box, 1 hides all.</summary>
    public double Opacity { get; init; } = 1;

    /// <summary>Of the box.</summary>
    public Rgb Ground { get; init; }

    /// <summary>Of the writing.</summary>
    public Rgb Ink { get; init; } = new(1, 1, 1);

    /// <summary>Of the signs.</summary>
    public int Seed { get; init; }

    /// <summary>Lays boxes over clips.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="overlays">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<Overlay> overlays)
    {
        var (n, height, width) = (overlays.Count, (int)clips.Size(3), (int)clips.Size(4));
        var sheets = new float[n * 4 * height * width]; // red, green, blue, and how much they hide
        for (var i = 0; i < n; i++)
        {
            overlays[i].Draw(new Sheet(sheets.AsSpan(i * 4 * height * width, 4 * height * width), height, width));
        }

        var sheet = Tensor.Of(sheets, n, 4, 1, height, width).To(clips.Device);
        return clips.Lerp(sheet.Narrow(1, 0, 3), sheet.Narrow(1, 3, 1)).ClampInPlace(0, 1);
    }

    private void Draw(Sheet sheet)
    {
        var (left, top) = ((int)Math.Round(Left * sheet.Width), (int)Math.Round(Top * sheet.Height));
        var (width, height) = (Math.Max(1, (int)Math.Round(Width * sheet.Width)), Math.Max(1, (int)Math.Round(Height * sheet.Height)));
        sheet.Fill(left, top, width, height, Ground, Opacity);
        var cell = Math.Max(1, height / (SignHeight + 2));
        var line = top + ((height - (SignHeight * cell)) / 2);
        var random = new SampleRandom(Seed, 0, 0);
        for (var x = left + cell; x + (SignWidth * cell) <= left + width; x += (SignWidth + 1) * cell)
        {
            Sign(sheet, x, line, cell, random);
            x += random.Chance(WordEnds) ? 2 * cell : 0;
        }
    }

    private void Sign(Sheet sheet, int x, int y, int cell, SampleRandom random)
    {
        for (var i = 0; i < SignHeight * SignWidth; i++)
        {
            if (random.Chance(0.5))
            {
                sheet.Fill(x + (i % SignWidth * cell), y + (i / SignWidth * cell), cell, cell, Ink, opacity: 1);
            }
        }
    }

    // 4 x height x width.
    private readonly ref struct Sheet(Span<float> values, int height, int width)
    {
        private readonly Span<float> values = values;

        public int Height => height;

        public int Width => width;

        // What lies outside the frame is left out.
        public void Fill(int left, int top, int across, int down, Rgb colour, double opacity)
        {
            var (from, to) = (Math.Clamp(left, 0, width), Math.Clamp(left + across, 0, width));
            for (var y = Math.Max(top, 0); y < Math.Min(top + down, height); y++)
            {
                Row(0, y, from, to).Fill((float)colour.Red);
                Row(1, y, from, to).Fill((float)colour.Green);
                Row(2, y, from, to).Fill((float)colour.Blue);
                Row(3, y, from, to).Fill((float)opacity);
            }
        }

        private Span<float> Row(int plane, int y, int from, int to) => values.Slice((((plane * height) + y) * width) + from, to - from);
    }
}
