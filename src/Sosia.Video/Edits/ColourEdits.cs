using static Sosia.Video.Draw;

namespace Sosia.Video;

/// <summary>Edits that change every pixel's colour by one rule.</summary>
internal static class ColourEdits
{
    public static Cut Hue(Random random, Cut cut) => cut.Filter($"hue=h={Pick(random, -45, -25, 25, 45, 60)}:s={Between(random, 0.5, 1.7):F2}");

    public static Cut Gamma(Random random, Cut cut)
    {
        var gamma = Pick(random, 0.55, 0.7, 1.4, 1.8);
        return cut.Filter($"eq=gamma={gamma}:contrast={Between(random, 0.75, 1.35):F2}:brightness={Between(random, -0.1, 0.1):F3}");
    }

    public static Cut Contrast(Random random, Cut cut) =>
        cut.Filter($"eq=contrast={(random.Next(2) == 0 ? Between(random, 0.5, 0.75) : Between(random, 1.35, 1.9)):F2}");

    public static Cut Brightness(Random random, Cut cut) => cut.Filter($"eq=brightness={Pick(random, -1, 1) * Between(random, 0.1, 0.25):F3}");

    // Gains of red, green and blue: warm, cold, green, magenta.
    public static Cut Tint(Random random, Cut cut)
    {
        var strength = Between(random, 0.15, 0.35);
        var (red, green, blue) = Pick(random, (1, 0, -1), (-1, 0, 1), (-1, 1, -1), (1, -1, 1));
        return cut.Filter($"colorchannelmixer=rr={1 + (red * strength):F3}:gg={1 + (green * strength):F3}:bb={1 + (blue * strength):F3}");
    }

    public static Cut Grey(Random random, Cut cut) => cut.Filter($"hue=s=0");

    public static Cut Sepia(Random random, Cut cut) =>
        cut.Filter($"colorchannelmixer=.393:.769:.189:0:.349:.686:.168:0:.272:.534:.131");

    public static Cut Invert(Random random, Cut cut) => cut.Filter($"negate");
}
