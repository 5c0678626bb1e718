using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>NT-Xent of SimCLR (Chen et al. 2020, eq. 1): InfoNCE within a batch of two views each.</summary>
public static class NtXent
{
    /// <summary>Each of the 2N rows is told by its partner from all others; both directions count. With N = 1 there is no other, and it is 0.</summary>
    /// <param name="first">N x D, of length 1: a view of each item.</param>
    /// <param name="second">N x D, of length 1: the other.</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>Scalar, mean over 2N rows.</returns>
    /// <exception cref="ArgumentException">The temperature is not positive.</exception>
    public static Tensor Loss(Tensor first, Tensor second, double temperature)
    {
        var z = Tensor.Cat([first, second]); // 2N x D
        var items = Tensor.Arange(0, first.Size(0), dtype: ScalarType.Int64, device: z.Device).Repeat([2]);
        return InfoNce.Loss(Cosine.Matrix(z, z), PairMasks.Within(items), temperature);
    }
}
