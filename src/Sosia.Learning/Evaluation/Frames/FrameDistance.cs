using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>Euclidean distances between frames, each by its differences: a product of matrices would not give 0 for equal ones.</summary>
internal static class FrameDistance
{
    private const long ByDifferences = 2; // torch.cdist: donot_use_mm_for_euclid_dist

    /// <summary>N x D and M x D to N x M.</summary>
    public static Tensor Matrix(Tensor a, Tensor b) => a.To(ScalarType.Float32).Cdist(b.To(ScalarType.Float32), 2, ByDifferences);
}
