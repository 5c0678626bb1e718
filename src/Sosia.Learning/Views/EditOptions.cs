using Sosia.Learning.Training;

namespace Sosia.Learning.Views;

/// <summary>
/// How likely a clip is edited in each way of <see cref="TrainingEdits.All"/>, each drawn for itself, and how strongly. The defaults are ours: two
/// edits a clip on average.
/// </summary>
/// <param name="Strength">
/// Scales how far every edit goes: 1 is all of its range, 0 nothing, or, of what is laid over or put into another clip, a small one (a large one,
/// for pip-in). What has no range is as it is: mirror, rot90, rot180, grey, sepia, invert, reverse.
/// </param>
/// <param name="Most">Edits of a clip at most; of more that are drawn, so many are kept at random.</param>
/// <param name="Crop">A part of the picture, its sides 55 % at least.</param>
/// <param name="Zoom">A window that shrinks or grows during the clip.</param>
/// <param name="Aspect">Stretched.</param>
/// <param name="Mirror">Left and right exchanged.</param>
/// <param name="Rot3">Turned by some degrees.</param>
/// <param name="Letterbox">Bars above and below.</param>
/// <param name="Pillarbox">Bars left and right.</param>
/// <param name="Frame">A border all round.</param>
/// <param name="Rot90">Turned by a quarter.</param>
/// <param name="Rot180">Turned by half a turn.</param>
/// <param name="Screen">Filmed from a screen.</param>
/// <param name="Colour">Another hue and saturation.</param>
/// <param name="Grey">Without colour.</param>
/// <param name="Sepia">Brown as old photographs.</param>
/// <param name="Tint">A colour over all.</param>
/// <param name="Invert">The negative.</param>
/// <param name="Contrast">Another contrast.</param>
/// <param name="Brightness">Brighter or darker.</param>
/// <param name="Gamma">Another gamma.</param>
/// <param name="Blur">Out of focus.</param>
/// <param name="Sharpen">Sharpened.</param>
/// <param name="Logo">A block in a corner.</param>
/// <param name="Text">A line of writing.</param>
/// <param name="Emoji">Shapes at several places.</param>
/// <param name="Noise">Grain.</param>
/// <param name="Drop">Frames are missing; the one before stands instead.</param>
/// <param name="Freeze">A stretch stands still.</param>
/// <param name="Reverse">Backwards.</param>
/// <param name="PipIn">Small within another clip.</param>
/// <param name="PipOver">Partly covered by another clip.</param>
/// <param name="Scale">Made smaller and large again.</param>
/// <param name="Fade">Faded in or out.</param>
/// <param name="Reencode">Encoded again, visibly the same.</param>
/// <param name="Lowrate">Encoded at a very low rate.</param>
public sealed record EditOptions(
    double Strength = 1,
    int Most = 4,
    double Crop = 0.15,
    double Zoom = 0.06,
    double Aspect = 0.06,
    double Mirror = 0.12,
    double Rot3 = 0.06,
    double Letterbox = 0.06,
    double Pillarbox = 0.06,
    double Frame = 0.08,
    double Rot90 = 0.03,
    double Rot180 = 0.03,
    double Screen = 0.08,
    double Colour = 0.1,
    double Grey = 0.06,
    double Sepia = 0.04,
    double Tint = 0.04,
    double Invert = 0.03,
    double Contrast = 0.06,
    double Brightness = 0.06,
    double Gamma = 0.08,
    double Blur = 0.08,
    double Sharpen = 0.04,
    double Logo = 0.08,
    double Text = 0.1,
    double Emoji = 0.06,
    double Noise = 0.08,
    double Drop = 0.03,
    double Freeze = 0.03,
    double Reverse = 0.03,
    double PipIn = 0.06,
    double PipOver = 0.06,
    double Scale = 0.08,
    double Fade = 0.04,
    double Reencode = 0.1,
    double Lowrate = 0.1)
{
    /// <summary>Every edit equally likely.</summary>
    /// <param name="probability">0: nothing is edited, a start for <c>with</c>.</param>
    public static EditOptions Each(double probability) => new(
        Crop: probability,
        Zoom: probability,
        Aspect: probability,
        Mirror: probability,
        Rot3: probability,
        Letterbox: probability,
        Pillarbox: probability,
        Frame: probability,
        Rot90: probability,
        Rot180: probability,
        Screen: probability,
        Colour: probability,
        Grey: probability,
        Sepia: probability,
        Tint: probability,
        Invert: probability,
        Contrast: probability,
        Brightness: probability,
        Gamma: probability,
        Blur: probability,
        Sharpen: probability,
        Logo: probability,
        Text: probability,
        Emoji: probability,
        Noise: probability,
        Drop: probability,
        Freeze: probability,
        Reverse: probability,
        PipIn: probability,
        PipOver: probability,
        Scale: probability,
        Fade: probability,
        Reencode: probability,
        Lowrate: probability);

    /// <summary>Finds values that cannot be.</summary>
    /// <exception cref="RecipeException">There is one; the message says which, and what can be.</exception>
    public void Validate()
    {
        Require(Strength is >= 0 and <= 1, $"strength is {Strength}: it lies in 0 to 1");
        Require(Most >= 0, $"most is {Most}: it is not negative");
        foreach (var edit in TrainingEdits.All)
        {
            var probability = edit.Probability(this);
            Require(probability is >= 0 and <= 1, $"{edit.Name} is {probability}: a probability lies in 0 to 1");
        }
    }

    private static void Require(bool holds, FormattableString what)
    {
        if (!holds)
        {
            throw new RecipeException("edits: " + FormattableString.Invariant(what));
        }
    }
}
