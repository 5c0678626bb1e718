using System.Globalization;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia;

/// <summary>What a network of clips is given, as it stands in the metadata of a model's file.</summary>
/// <param name="Sampling">Which frames are a clip.</param>
/// <param name="Scale">By which red, green and blue in [0, 1] are multiplied.</param>
/// <param name="Offset">What is added then.</param>
internal sealed record ClipInput(ClipSampling Sampling, IReadOnlyList<float> Scale, IReadOnlyList<float> Offset)
{
    /// <summary>Clips whose colours are normalised.</summary>
    public static ClipInput Of(ClipSampling sampling, PixelNormalisation pixels) => new(
        sampling,
        Colours(pixels, static (_, deviation) => 1 / deviation),
        Colours(pixels, static (mean, deviation) => -mean / deviation));

    /// <summary>Whether the metadata say what a network is given: those of the first imports did not.</summary>
    public static bool Is(IReadOnlyDictionary<string, string> about) => about.ContainsKey("rate");

    /// <summary>Out of a file's metadata.</summary>
    /// <exception cref="KeyNotFoundException">A value is missing.</exception>
    /// <exception cref="FormatException">A value is no number.</exception>
    public static ClipInput Read(IReadOnlyDictionary<string, string> about) => new(
        new ClipSampling((int)Number(about["frames"]), Number(about["rate"]), (int)Number(about["side"])), Numbers(about["scale"]), Numbers(about["offset"]));

    /// <summary>Into a file's metadata.</summary>
    public void Write(Dictionary<string, string> about)
    {
        about["frames"] = Text(Sampling.Frames);
        about["rate"] = Text(Sampling.Rate);
        about["side"] = Text(Sampling.Side);
        about["scale"] = Text(Scale);
        about["offset"] = Text(Offset);
    }

    /// <summary>Clips as the network takes them.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    public Tensor Apply(Tensor clips) => (clips * Colours(Scale).To(clips.Device)) + Colours(Offset).To(clips.Device);

    private static Tensor Colours(IReadOnlyList<float> values) => Tensor.Of(values.ToArray(), 1, 3, 1, 1, 1);

    private static float[] Colours(PixelNormalisation pixels, Func<double, double, double> of) =>
    [
        (float)of(pixels.Mean.Red, pixels.Deviation.Red),
        (float)of(pixels.Mean.Green, pixels.Deviation.Green),
        (float)of(pixels.Mean.Blue, pixels.Deviation.Blue),
    ];

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(IEnumerable<float> values) => string.Join(' ', values.Select(value => value.ToString("R", CultureInfo.InvariantCulture)));

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static float[] Numbers(string text) => [.. text.Split(' ').Select(number => float.Parse(number, CultureInfo.InvariantCulture))];
}
