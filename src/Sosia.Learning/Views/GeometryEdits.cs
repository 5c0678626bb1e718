namespace Sosia.Learning.Views;

/// <summary>Draws of where the picture lies.</summary>
internal static class GeometryEdits
{
    private const double DarkGrey = 0.094;

    public static EditedClip Crop(EditedClip clip, EditDraw draw)
    {
        var side = draw.From(1, 0.55, 0.95);
        var stretch = draw.From(0, -0.1, 0.1);
        return clip.With(new WarpStage(Inner(draw, Math.Min(1, side + stretch), Math.Min(1, side - stretch))));
    }

    public static EditedClip Zoom(EditedClip clip, EditDraw draw)
    {
        var side = draw.From(1, 0.5, 0.85);
        var inner = Inner(draw, side, side);
        return clip.With(draw.Random.Chance(0.5) ? new WarpStage(Projection.Identity, inner) : new WarpStage(inner, Projection.Identity));
    }

    // What a reader sees that cuts a square out of the middle of a stretched picture.
    public static EditedClip Aspect(EditedClip clip, EditDraw draw)
    {
        var side = draw.From(1, 0.65, 0.9);
        return clip.With(new WarpStage(draw.Random.Chance(0.5) ? Projection.Window(side, 1) : Projection.Window(1, side)));
    }

    public static EditedClip Turn(EditedClip clip, EditDraw draw) =>
        clip.With(new WarpStage(Projection.Identity, Degrees: draw.Sign() * draw.From(0, 2, 12), Outside: new Rgb(0, 0, 0)));

    public static EditedClip Letterbox(EditedClip clip, EditDraw draw) => clip.With(Bars(draw, 1, draw.From(1, 1.15, 1.7)));

    public static EditedClip Pillarbox(EditedClip clip, EditDraw draw) => clip.With(Bars(draw, draw.From(1, 1.15, 1.8), 1));

    public static EditedClip Frame(EditedClip clip, EditDraw draw)
    {
        var border = draw.From(0, 0.1, 0.35);
        return clip.With(new WarpStage(Projection.Window(1 + border, 1 + (border * draw.Random.Between(0.7, 1.4))), Outside: Rgb.Draw(draw.Random)));
    }

    public static EditedClip QuarterTurn(EditedClip clip, EditDraw draw)
    {
        var quarter = Projection.QuarterTurn;
        return clip.With(new WarpStage(draw.Random.Chance(0.5) ? quarter : quarter.After(Projection.HalfTurn)));
    }

    public static EditedClip Screen(EditedClip clip, EditDraw draw)
    {
        double Out() => draw.From(1, 0.68, 1.02);
        double[] corners = [-Out(), -Out(), Out(), -Out(), -Out(), Out(), Out(), Out()];
        var grey = draw.Random.Between(0, 2 * DarkGrey);
        var filmed = clip.With(new WarpStage(Projection.Corners(corners), Outside: new Rgb(grey, grey, grey)));
        return filmed.With(ColourMatrix.Saturated(draw.From(1, 0.6, 1.1))) with
        {
            Screen = Light(draw),
            Gamma = draw.From(1, 0.8, 1.3),
            Blur = new Blur(draw.From(0.0005, 0.002, 0.007)),
            Noise = new Noise(draw.From(0, 0.01, 0.05), draw.Random.NextBits()),
        };
    }

    private static ScreenLight Light(EditDraw draw) => new()
    {
        Waves = draw.From(0, 0, 0.12),
        WavesAcross = draw.Random.Between(-25, 25),
        WavesDown = draw.Random.Between(-25, 25),
        WavesApart = draw.Random.Between(-0.2, 0.2),
        Glare = draw.From(0, 0, 0.5),
        GlareX = draw.Random.Next(),
        GlareY = draw.Random.Next(),
        GlareSize = draw.Random.Between(0.08, 0.35),
        Vignette = draw.From(0, 0, 0.6),
    };

    private static WarpStage Bars(EditDraw draw, double width, double height)
    {
        var colour = draw.Random.Chance(0.5) ? new Rgb(0, 0, 0) : Rgb.Draw(draw.Random);
        return new WarpStage(Projection.Window(width, height), Outside: colour);
    }

    // A window that lies in the picture.
    private static Projection Inner(EditDraw draw, double width, double height) => Projection.Window(
        width, height, draw.Random.Between(width / 2, 1 - (width / 2)), draw.Random.Between(height / 2, 1 - (height / 2)));
}
