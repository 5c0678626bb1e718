namespace Sosia.Learning.Views;

/// <summary>Draws of mixtures with another clip.</summary>
internal static class MixEdits
{
    private const double Margin = 0.03;

    public static EditedClip PipIn(EditedClip clip, EditDraw draw)
    {
        var width = draw.From(0.6, 0.3, 0.5);
        var height = Math.Min(0.7, width * draw.Random.Between(0.8, 1.25));
        var isInCorner = draw.Random.Chance(0.7);
        var (left, top) = isInCorner ? (Corner(draw, width), Corner(draw, height)) : (draw.Random.Between(0, 1 - width), draw.Random.Between(0, 1 - height));
        return With(clip, new Inset(left, top, width, height, IsOther: false));
    }

    public static EditedClip PipOver(EditedClip clip, EditDraw draw)
    {
        var width = draw.From(0.1, 0.2, 0.38);
        var height = width * draw.Random.Between(0.8, 1.25);
        return With(clip, new Inset(Corner(draw, width), Corner(draw, height), width, height, IsOther: true));
    }

    private static EditedClip With(EditedClip clip, Inset inset) => clip with { Insets = [.. clip.Insets, inset] };

    private static double Corner(EditDraw draw, double length) => draw.Pick(Margin, 1 - Margin - length);
}
