using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Normal noise on every value of every frame.</summary>
/// <param name="Deviation">Of the noise; white is 1.</param>
/// <param name="Seed">Of a generator of the clip's own on the CPU, so that the noise is the same on any device and in any batch.</param>
public sealed record Noise(double Deviation, ulong Seed)
{
    /// <summary>Adds noise to clips.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="noises">N.</param>
    public static Tensor Apply(Tensor clips, IReadOnlyList<Noise> noises)
    {
        var noise = Tensor.Stack([.. noises.Select(one => Grain(one, clips.Shape.AsSpan(1)))]).To(clips.Device);
        return noise.AddInPlace(clips).ClampInPlace(0, 1);
    }

    private static Tensor Grain(Noise noise, ReadOnlySpan<long> shape)
    {
        using var generator = new Generator(noise.Seed);
        return Tensor.Randn(shape, generator).MulInPlace(noise.Deviation);
    }
}
