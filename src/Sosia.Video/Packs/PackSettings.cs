using System.Text.Json.Serialization;

namespace Sosia.Video.Packs;

/// <summary>How frames are stored.</summary>
public enum PackFormat
{
    /// <summary>Each frame a JPEG file, colour at half resolution (4:2:0).</summary>
    [JsonStringEnumMemberName("jpeg")]
    Jpeg,

    /// <summary>Height x width x 3 bytes.</summary>
    [JsonStringEnumMemberName("raw")]
    Raw,
}

/// <summary>What all of a pack's frames have in common.</summary>
/// <param name="Rate">Frames a second.</param>
/// <param name="Side">Pixels of the short side of a frame.</param>
/// <param name="Format">How frames are stored.</param>
/// <param name="Quality">Of JPEG, 1 to 100.</param>
public sealed record PackSettings(double Rate = 8, int Side = 256, PackFormat Format = PackFormat.Jpeg, int Quality = 90)
{
    /// <summary>How many times its short side the long side of a frame may be; of a more extreme picture the short side is shorter.</summary>
    private const int LongestAspect = 8;

    /// <summary>Photographs are stored this much larger, at most, so that a camera has room to move over them.</summary>
    private const double PhotographScale = 1.5;

    /// <summary>What is wrong with them; null: nothing.</summary>
    public string? Fault => this switch
    {
        { Rate: not (>= 0.01 and <= 240) } => "the rate is not between 0.01 and 240 frames a second",
        { Side: < 8 or > 4096 } => "the short side is not between 8 and 4096 pixels",
        { Quality: < 1 or > 100 } => "the quality is not between 1 and 100",
        { Format: not (PackFormat.Jpeg or PackFormat.Raw) } => "the format is neither jpeg nor raw",
        _ => null,
    };

    /// <summary>The size of the frames of a video that is shown with this size; small ones are enlarged, so that all have one short side.</summary>
    internal (int Width, int Height) SizeOf(int width, int height) => Fit(width, height, Side);

    /// <summary>The size that a photograph is stored with: larger than a frame where it is larger, never enlarged.</summary>
    internal (int Width, int Height) SizeOfPhotograph(int width, int height) =>
        Fit(width, height, Math.Min(Math.Min(width, height), Side * PhotographScale));

    private static (int Width, int Height) Fit(int width, int height, double side)
    {
        double shorter = Math.Min(width, height), longer = Math.Max(width, height);
        var scale = side / shorter * Math.Min(1, LongestAspect * shorter / longer);
        return (Pixels(width * scale), Pixels(height * scale));
    }

    private static int Pixels(double length) => Math.Max(1, (int)Math.Round(length));
}
