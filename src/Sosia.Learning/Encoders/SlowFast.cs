using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Features of a video seen at two rates by one network that takes clips of any size (SVT, Ranasinghe et al. 2022, issue 18 of its code).</summary>
public static class SlowFast
{
    /// <summary>The mean of both vectors.</summary>
    /// <param name="encoder">Takes clips of both sizes.</param>
    /// <param name="slow">N x 3 x T x H x W: few large frames, 8 of 224 pixels.</param>
    /// <param name="fast">N x 3 x t x h x w: many small frames, 64 of 96 pixels.</param>
    /// <returns>N x D, not normalised to length.</returns>
    public static Tensor Vector(Encoder encoder, Tensor slow, Tensor fast) => (encoder.Forward(slow).Vector + encoder.Forward(fast).Vector) / 2;
}
