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

    /// <summary>Of a line about every sign; null: there is none.</summary>
    public Rgb? Outline { get; init; }

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

    internal void Draw(Sheet sheet)
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
        (int X, int Y)[] cells =
        [
            .. Enumerable.Range(0, SignHeight * SignWidth).Where(_ => random.Chance(0.5)).Select(i => (x + (i % SignWidth * cell), y + (i / SignWidth * cell))),
        ];
        var line = Outline is null ? 0 : (cell + 1) / 2;
        foreach (var place in line == 0 ? [] : cells)
        {
            sheet.Fill(place.X - line, place.Y - line, cell + (2 * line), cell + (2 * line), Outline!.Value, opacity: 1);
        }

        foreach (var place in cells)
        {
            sheet.Fill(place.X, place.Y, cell, cell, Ink, opacity: 1);
        }
    }
}
