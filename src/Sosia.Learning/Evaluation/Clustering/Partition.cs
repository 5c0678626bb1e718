using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>Points in clusters.</summary>
/// <param name="Labels">N: the cluster of each point, from 0.</param>
/// <param name="Count">Of the clusters.</param>
public sealed record Partition(IReadOnlyList<int> Labels, int Count)
{
    /// <summary>The mean of the points of each cluster.</summary>
    /// <param name="points">N x D.</param>
    /// <returns>Count x D; zero for a cluster without points.</returns>
    public Tensor Means(Tensor points)
    {
        long[] labels = [.. Labels.Select(label => (long)label)];
        var index = Tensor.Of(labels, labels.Length).To(points.Device);
        var sums = Tensor.Zeros([Count, points.Size(1)], points.Type, points.Device).IndexAddInPlace(0, index, points);
        var sizes = index.BinCount(minlength: Count).ClampMin(1).To(points.Type);
        return sums / sizes.View([-1, 1]);
    }
}
