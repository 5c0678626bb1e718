using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// Light on a screen as a camera sees it: waves where the grids of screen and sensor beat, the glare of a lamp, and less light toward the corners.
/// Places and lengths are shares of the frame's sides.
/// </summary>
public sealed record ScreenLight
{
    /// <summary>How much the waves change the light, 0 to 1.</summary>
    public double Waves { get; init; }

    /// <summary>Waves across the frame, from left to right.</summary>
    public double WavesAcross { get; init; }

    /// <summary>Waves down the frame.</summary>
    public double WavesDown { get; init; }

    /// <summary>Turns by which the waves of red, green and blue differ.</summary>
    public double WavesApart { get; init; }

    /// <summary>Light that the glare adds at its middle.</summary>
    public double Glare { get; init; }

    /// <summary>Its middle, from the left.</summary>
    public double GlareX { get; init; }

    /// <summary>Its middle, from the top.</summary>
    public double GlareY { get; init; }

    /// <summary>Its deviation.</summary>
    public double GlareSize { get; init; } = 0.2;

    /// <summary>Light that is lost in the corners.</summary>
    public double Vignette { get; init; }

    /// <summary>Lights a clip.</summary>
    /// <param name="clip">3 x T x H x W in [0, 1].</param>
    public Tensor Apply(Tensor clip)
    {
        var (height, width) = (clip.Size(2), clip.Size(3));
        var x = Shares(width, clip.Device).View([1, width]);
        var y = Shares(height, clip.Device).View([height, 1]);
        float[] phases = [0, (float)(Math.Tau * WavesApart), (float)(Math.Tau * 2 * WavesApart)];
        var beat = ((x * (Math.Tau * WavesAcross)) + (y * (Math.Tau * WavesDown)) + Tensor.Of(phases, 3, 1, 1).To(clip.Device)).Sin(); // 3 x H x W
        var fromMiddle = Squared(x, 0.5) + Squared(y, 0.5); // 1/2 in the corners
        var light = ((beat * Waves) + 1) * (1 - (fromMiddle * (2 * Vignette)));
        var glare = ((Squared(x, GlareX) + Squared(y, GlareY)) * (-0.5 / (GlareSize * GlareSize))).Exp() * Glare;
        return ((clip * light.Unsqueeze(1)) + glare).ClampInPlace(0, 1);
    }

    private static Tensor Shares(long count, Device device) => (Tensor.Arange(0, count, dtype: ScalarType.Float32, device: device) + 0.5) / count;

    private static Tensor Squared(Tensor place, double from) => (place - from) * (place - from);
}
