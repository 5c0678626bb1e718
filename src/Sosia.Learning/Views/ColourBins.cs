using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Hue, saturation and value of colours, each of the shape of a channel.</summary>
/// <param name="Hue">Radians, from 0 to below 2 pi; 0 of a grey.</param>
/// <param name="Saturation">0 to 1.</param>
/// <param name="Value">0 to 1.</param>
public sealed record Hsv(Tensor Hue, Tensor Saturation, Tensor Value)
{
    private const double Eps = 1e-6; // of a division by the value

    /// <summary>Of RGB colours; of equal channels the first counts as the largest.</summary>
    /// <param name="colours">Of any shape, in [0, 1].</param>
    /// <param name="channels">The dimension of red, green and blue.</param>
    public static Hsv Of(Tensor colours, int channels)
    {
        var rgb = colours.Unbind(channels);
        var (red, green, blue) = (rgb[0], rgb[1], rgb[2]);
        var most = colours.Amax([channels]);
        var spread = most - colours.Amin([channels]);
        var divisor = spread.MaskedFill(spread.Eq(0), 1);
        var sixths = red.Eq(most).Where( // from red over green to blue, in sixths of the circle
            (green - blue) / divisor,
            green.Eq(most).Where(((blue - red) / divisor) + 2, ((red - green) / divisor) + 4));
        return new Hsv((sixths / 6).Remainder(1) * Math.Tau, spread / (most + Eps), most);
    }
}

/// <summary>The thousand colours that FAME counts (Ding et al. 2022, code, moco/loader.py).</summary>
public static class ColourBins
{
    /// <summary>How many there are.</summary>
    public const int Count = 1000;

    private const double Steps = 9; // of each of the three numbers

    /// <summary>The colour of each pixel: ten steps each of s cos a, s sin a and the value.</summary>
    /// <param name="hsv">Of the pixels.</param>
    /// <param name="turns">
    /// Whether the angle a is the hue. Otherwise it is 2 pi times the hue, as in the authors' code, which takes radians for turns: the circle is wound
    /// more than six times.
    /// </param>
    /// <returns>Of the same shape: 1 to 999.</returns>
    public static Tensor Of(Hsv hsv, bool turns)
    {
        var angle = turns ? hsv.Hue : hsv.Hue * Math.Tau;
        var p = Step((hsv.Saturation * angle.Cos() + 1) / 2);
        var q = Step((hsv.Saturation * angle.Sin() + 1) / 2);
        return (p + (q * 10) + (Step(hsv.Value) * 100) + 1).To(ScalarType.Int64);
    }

    // 0 to 9, halves to even: counted from 1 as the code does, so that halves fall as there.
    private static Tensor Step(Tensor share) => ((share * Steps) + 1).Round() - 1;
}
