using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>L_td of SLIC (Khorasgani et al. 2022, and code): two views of the same frames are nearer than a clip of another time or video.</summary>
public static class TemporalDiscrimination
{
    /// <summary>max(0, d(a, a2) - d(a, p) + margin), the mean over the batch; d is 1 - cosine.</summary>
    /// <param name="anchor">N x D, of any length.</param>
    /// <param name="again">N x D: the same frames in another view.</param>
    /// <param name="positive">N x D: the positive clips, whichever video they are from.</param>
    /// <param name="margin">At least.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Loss(Tensor anchor, Tensor again, Tensor positive, double margin)
    {
        var a = Cosine.Unit(anchor);
        return (Cosine.Pairs(a, Cosine.Unit(positive)) - Cosine.Pairs(a, Cosine.Unit(again)) + margin).Relu().Mean();
    }
}
