using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>Edits that move pixels: sizes, windows, borders, turns.</summary>
internal static class GeometryEdits
{
    private const int ZoomRate = 25; // the filter counts frames, so their rate must be known

    public static Cut Scale(Random random, Cut cut)
    {
        var factor = Pick(random, 0.4, 0.5, 0.66, 1.5);
        var stretch = Pick(random, 1, 1, 0.75, 1.33);
        return To(cut, cut.Width * factor * stretch, cut.Height * factor);
    }

    public static Cut Aspect(Random random, Cut cut)
    {
        var factor = Pick(random, 0.6, 0.7, 0.8, 1.25, 1.4, 1.6);
        return To(cut, cut.Width * factor, cut.Height);
    }

    public static Cut Crop(Random random, Cut cut)
    {
        var kept = Between(random, 0.7, 0.92);
        var (width, height) = (Even(cut.Width * kept), Even(cut.Height * kept));
        return cut.Resize(width, height, $"crop={width}:{height}:{Place(random, cut.Width, width)}:{Place(random, cut.Height, height)}");
    }

    // The window shrinks about a point, or grows from where it would have shrunk to. What the filter calls `on` is the number of the frame.
    public static Cut Zoom(Random random, Cut cut)
    {
        var hidden = 1 - (1 / Between(random, 1.15, 1.5));
        var (left, top) = (hidden * Between(random, 0.2, 0.8), hidden * Between(random, 0.2, 0.8));
        var frames = Math.Max(1, cut.CopySeconds * ZoomRate);
        var part = random.Next(2) == 0 ? FormattableString.Invariant($"min(1,on/{frames:F2})") : FormattableString.Invariant($"max(0,1-on/{frames:F2})");
        FormattableString x0 = $"W*{left:F4}*{part}", x1 = $"W-W*{hidden - left:F4}*{part}", y0 = $"H*{top:F4}*{part}", y1 = $"H-H*{hidden - top:F4}*{part}";
        return cut
            .Filter($"fps={ZoomRate},format=yuv420p")
            .Filter($"perspective=x0='{x0}':y0='{y0}':x1='{x1}':y1='{y0}':x2='{x0}':y2='{y1}':x3='{x1}':y3='{y1}':eval=frame");
    }

    public static Cut Letterbox(Random random, Cut cut) =>
        Pad(cut, cut.Width, Even(cut.Height * Between(random, 1.2, 1.6)), Bars(random));

    public static Cut Pillarbox(Random random, Cut cut) =>
        Pad(cut, Even(cut.Width * Between(random, 1.2, 1.8)), cut.Height, Bars(random));

    public static Cut Frame(Random random, Cut cut)
    {
        var border = 2 * Even(Math.Min(cut.Width, cut.Height) * Between(random, 0.06, 0.16));
        return Pad(cut, cut.Width + border, cut.Height + border, Pick(random, "0x306030", "0x803020", "white", "0x203060"));
    }

    public static Cut Mirror(Random random, Cut cut) => cut.Filter($"hflip") with { Mirrored = !cut.Mirrored };

    public static Cut Rotate(Random random, Cut cut) => cut.Filter($"rotate={Pick(random, -5, -3, 3, 5)}*PI/180:c=black");

    public static Cut Quarter(Random random, Cut cut) => cut.Resize(cut.Height, cut.Width, $"transpose={Pick(random, 1, 2)}");

    public static Cut Half(Random random, Cut cut) => cut.Filter($"hflip,vflip");

    /// <summary>The picture in the middle of a larger one.</summary>
    internal static Cut Pad(Cut cut, int width, int height, string colour) =>
        cut.Resize(width, height, $"pad={width}:{height}:{(width - cut.Width) / 2}:{(height - cut.Height) / 2}:{colour}");

    private static string Bars(Random random) => Pick(random, "black", "black", "white", "0x202040");

    private static Cut To(Cut cut, double width, double height)
    {
        var (w, h) = (Even(width), Even(height));
        return cut.Resize(w, h, $"scale={w}:{h},setsar=1");
    }
}
