using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>The light of a clip's frames rises at its start, or falls at its end, in even steps.</summary>
/// <param name="Darkest">Light of the first frame, or the last one; 1 changes nothing.</param>
/// <param name="Length">Share of the clip until all light is there.</param>
/// <param name="Out">Whether it falls at the end.</param>
public sealed record Fade(double Darkest, double Length, bool Out)
{
    /// <summary>Light of each frame.</summary>
    /// <param name="count">T.</param>
    /// <returns>T factors.</returns>
    public IReadOnlyList<double> Light(int count)
    {
        var steps = Math.Max(1, Length * count);
        var rising = Enumerable.Range(0, count).Select(t => Math.Min(1, Darkest + ((1 - Darkest) * t / steps)));
        return [.. Out ? rising.Reverse() : rising];
    }

    /// <summary>Fades a clip.</summary>
    /// <param name="clip">3 x T x H x W.</param>
    internal Tensor Apply(Tensor clip)
    {
        float[] light = [.. Light((int)clip.Size(1)).Select(static factor => (float)factor)];
        return clip * Tensor.Of(light, 1, light.Length, 1, 1).To(clip.Device);
    }
}
