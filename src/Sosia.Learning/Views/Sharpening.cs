using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Unsharp masking: what a blur takes away is added.</summary>
/// <param name="Amount">How often it is added.</param>
/// <param name="Mask">The blur.</param>
public sealed record Sharpening(double Amount, Blur Mask)
{
    /// <summary>Sharpens a clip.</summary>
    /// <param name="clip">3 x T x H x W in [0, 1].</param>
    public Tensor Apply(Tensor clip) => Blur.Apply(clip.Unsqueeze(0), [Mask]).Squeeze(0).Lerp(clip, 1 + Amount).ClampInPlace(0, 1);
}
