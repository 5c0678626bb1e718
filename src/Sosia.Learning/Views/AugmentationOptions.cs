using Sosia.Learning.Training;

namespace Sosia.Learning.Views;

/// <summary>
/// How clips are edited, as copies of videos are. The defaults are ours for 3D-CSL, whose authors have not published theirs. A factor x stands
/// for a number between 1 - x and 1 + x.
/// </summary>
public sealed record AugmentationOptions
{
    /// <summary>How likely colours change.</summary>
    public double ColourJitter { get; init; } = 0.8;

    /// <summary>Factor.</summary>
    public double Brightness { get; init; } = 0.4;

    /// <summary>Factor.</summary>
    public double Contrast { get; init; } = 0.4;

    /// <summary>Factor.</summary>
    public double Saturation { get; init; } = 0.4;

    /// <summary>Turns, either way.</summary>
    public double Hue { get; init; } = 0.1;

    /// <summary>How likely colour is lost.</summary>
    public double Grey { get; init; } = 0.2;

    /// <summary>How likely the picture is blurred.</summary>
    public double Blur { get; init; } = 0.3;

    /// <summary>Least deviation of the blur, share of the short side.</summary>
    public double LeastBlur { get; init; } = 0.004;

    /// <summary>Greatest deviation of the blur.</summary>
    public double MostBlur { get; init; } = 0.015;

    /// <summary>How likely the picture is quantised as JPEG does.</summary>
    public double Quantisation { get; init; } = 0.3;

    /// <summary>Least quality, 1 to 100.</summary>
    public int LeastQuality { get; init; } = 10;

    /// <summary>Greatest quality, 1 to 100.</summary>
    public int MostQuality { get; init; } = 60;

    /// <summary>How likely there is a caption or, as often, a logo.</summary>
    public double Overlay { get; init; } = 0.3;

    /// <summary>How likely the picture is cropped or, as often, has bars.</summary>
    public double Frame { get; init; } = 0.5;

    /// <summary>Least area that a crop leaves of the picture, or bars leave of the frame.</summary>
    public double LeastArea { get; init; } = 0.6;

    /// <summary>Most by which a crop stretches one side more than the other.</summary>
    public double Stretch { get; init; } = 4.0 / 3;

    /// <summary>How likely the picture is turned.</summary>
    public double Rotation { get; init; } = 0.2;

    /// <summary>Degrees, either way.</summary>
    public double MostDegrees { get; init; } = 10;

    /// <summary>How likely the picture is mirrored.</summary>
    public double Mirror { get; init; }

    /// <summary>How likely there is noise.</summary>
    public double Noise { get; init; }

    /// <summary>Greatest deviation of the noise; white is 1.</summary>
    public double MostNoise { get; init; } = 0.08;

    /// <summary>Nothing is edited; a start for <c>with</c>.</summary>
    public static AugmentationOptions None { get; } = new()
    {
        ColourJitter = 0,
        Grey = 0,
        Blur = 0,
        Quantisation = 0,
        Overlay = 0,
        Frame = 0,
        Rotation = 0,
    };

    /// <summary>Finds values that cannot be.</summary>
    /// <exception cref="RecipeException">There is one; the message says which, and what can be.</exception>
    public void Validate()
    {
        Probability("colourJitter", ColourJitter);
        Probability("grey", Grey);
        Probability("blur", Blur);
        Probability("quantisation", Quantisation);
        Probability("overlay", Overlay);
        Probability("frame", Frame);
        Probability("rotation", Rotation);
        Probability("mirror", Mirror);
        Probability("noise", Noise);
        Require(Brightness is >= 0 and <= 1 && Contrast is >= 0 and <= 1 && Saturation is >= 0 and <= 1, $"brightness is {Brightness}, contrast {Contrast}, saturation {Saturation}: they lie in 0 to 1");
        Require(Hue is >= 0 and <= 0.5, $"hue is {Hue}: it lies in 0 to 0.5 turns");
        Require(LeastBlur > 0 && LeastBlur <= MostBlur && MostBlur <= 1, $"leastBlur is {LeastBlur} and mostBlur {MostBlur}: they rise, above 0, to 1 at most");
        Require(
            LeastQuality >= 1 && LeastQuality <= MostQuality && MostQuality <= 100,
            $"leastQuality is {LeastQuality} and mostQuality {MostQuality}: they rise within 1 to 100");
        Require(LeastArea is > 0 and <= 1, $"leastArea is {LeastArea}: it lies above 0, to 1");
        Require(Stretch is >= 1 and <= 4, $"stretch is {Stretch}: it lies in 1 to 4");
        Require(MostDegrees is >= 0 and <= 180, $"mostDegrees is {MostDegrees}: it lies in 0 to 180");
        Require(MostNoise is >= 0 and <= 1, $"mostNoise is {MostNoise}: it lies in 0 to 1");
    }

    private static void Probability(string name, double value) => Require(value is >= 0 and <= 1, $"{name} is {value}: a probability lies in 0 to 1");

    private static void Require(bool holds, FormattableString what)
    {
        if (!holds)
        {
            throw new RecipeException("augmentation: " + FormattableString.Invariant(what));
        }
    }
}
