using Sosia.Learning.Training;

namespace Sosia.Learning.Views;

/// <summary>
/// How clips are edited, as copies of videos are. The defaults are ours for 3D-CSL, whose authors have not published theirs. A factor x stands
/// for a number between 1 - x and 1 + x.
/// </summary>
/// <param name="ColourJitter">How likely colours change.</param>
/// <param name="Brightness">Factor.</param>
/// <param name="Contrast">Factor.</param>
/// <param name="Saturation">Factor.</param>
/// <param name="Hue">Turns, either way.</param>
/// <param name="Grey">How likely colour is lost.</param>
/// <param name="Blur">How likely the picture is blurred.</param>
/// <param name="LeastBlur">Least deviation of the blur, share of the short side.</param>
/// <param name="MostBlur">Greatest deviation of the blur.</param>
/// <param name="Quantisation">How likely the picture is quantised as JPEG does.</param>
/// <param name="LeastQuality">Least quality, 1 to 100.</param>
/// <param name="MostQuality">Greatest quality, 1 to 100.</param>
/// <param name="Overlay">How likely there is a caption or, as often, a logo.</param>
/// <param name="Frame">How likely the picture is cropped or, as often, has bars.</param>
/// <param name="LeastArea">Least area that a crop leaves of the picture, or bars leave of the frame.</param>
/// <param name="Stretch">Most by which a crop stretches one side more than the other.</param>
/// <param name="Rotation">How likely the picture is turned.</param>
/// <param name="MostDegrees">Degrees, either way.</param>
/// <param name="Mirror">How likely the picture is mirrored.</param>
/// <param name="Noise">How likely there is noise.</param>
/// <param name="MostNoise">Greatest deviation of the noise; white is 1.</param>
public sealed record AugmentationOptions(
    double ColourJitter = 0.8,
    double Brightness = 0.4,
    double Contrast = 0.4,
    double Saturation = 0.4,
    double Hue = 0.1,
    double Grey = 0.2,
    double Blur = 0.3,
    double LeastBlur = 0.004,
    double MostBlur = 0.015,
    double Quantisation = 0.3,
    int LeastQuality = 10,
    int MostQuality = 60,
    double Overlay = 0.3,
    double Frame = 0.5,
    double LeastArea = 0.6,
    double Stretch = 4.0 / 3,
    double Rotation = 0.2,
    double MostDegrees = 10,
    double Mirror = 0,
    double Noise = 0,
    double MostNoise = 0.08)
{
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
