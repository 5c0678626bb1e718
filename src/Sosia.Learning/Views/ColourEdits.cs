namespace Sosia.Learning.Views;

/// <summary>Draws of colours.</summary>
internal static class ColourEdits
{
    public static EditedClip HueAndSaturation(EditedClip clip, EditDraw draw) =>
        clip.With(ColourMatrix.Turned(draw.Sign() * draw.From(0, 0.04, 0.18), draw.From(1, 0.4, 1.8)));

    public static EditedClip Tint(EditedClip clip, EditDraw draw)
    {
        var colour = new Rgb(draw.Random.Next(), draw.Random.Next(), draw.Random.Next());
        return clip.With(ColourMatrix.Tinted(colour, draw.From(0, 0.3, 0.8)));
    }

    public static EditedClip Contrast(EditedClip clip, EditDraw draw)
    {
        var factor = draw.Random.Chance(0.5) ? draw.From(1, 0.4, 0.8) : draw.From(1, 1.2, 2);
        return clip.With(ColourMatrix.Contrasted(factor));
    }

    public static EditedClip Brightness(EditedClip clip, EditDraw draw) => clip.With(ColourMatrix.Brightened(draw.Sign() * draw.From(0, 0.08, 0.3)));

    public static EditedClip Gamma(EditedClip clip, EditDraw draw)
    {
        var power = draw.Random.Chance(0.5) ? draw.From(1, 0.5, 0.8) : draw.From(1, 1.25, 2);
        return clip with { Gamma = power };
    }
}
