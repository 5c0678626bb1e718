using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>
/// FINCH (Sarfraz et al. 2019): clusters without a parameter. Each point is linked with its nearest other one; what hangs together is a cluster, and the
/// means of clusters are clustered in the same way.
/// </summary>
/// <param name="FirstNeighbours">N: the nearest other point of each; -1 of a point that is alone.</param>
/// <param name="Partitions">The finest first; at least one.</param>
/// <param name="Limit">The longest link between points: longer ones between means do not count.</param>
public sealed record Finch(IReadOnlyList<int> FirstNeighbours, IReadOnlyList<Partition> Partitions, double Limit)
{
    /// <summary>All partitions by cosine distance, exactly: no table of all distances is made, but blocks of it.</summary>
    /// <param name="points">N x D, of any length; a zero vector has distance 1 to all. Of equally near points the one with the lowest number is nearest.</param>
    /// <exception cref="ArgumentException">There are no points, or a number is not finite.</exception>
    public static Finch Of(Tensor points) => Of(points, NeighbourLinks.Block);

    /// <param name="points">N x D.</param>
    /// <param name="block">Distances that are there at a time.</param>
    internal static Finch Of(Tensor points, long block)
    {
        if (points.Shape is not [> 0, _] || !points.IsFinite().All().Item<bool>())
        {
            throw new ArgumentException($"points of {string.Join(" x ", points.Shape)}: one or more rows of finite numbers are needed", nameof(points));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wide = points.To(ScalarType.Float64);
        var first = new NeighbourLinks(wide, block);
        var limit = first.Longest();
        List<Partition> partitions = [first.Joined()];
        while (partitions[^1] is { Count: > 1 } finer)
        {
            var coarser = Coarser(finer, wide, limit, block);
            if (coarser.Count == 1 || coarser.Count == finer.Count)
            {
                break;
            }

            partitions.Add(coarser);
            if (coarser.Count == finer.Count - 1)
            {
                break;
            }
        }

        return new Finch(first.Nearest, partitions, limit);
    }

    // Clusters whose means are linked, as clusters of the points.
    private static Partition Coarser(Partition finer, Tensor points, double limit, long block)
    {
        using var scope = TensorScope.Enter();
        var merged = new NeighbourLinks(finer.Means(points), block).Joined(limit);
        return new Partition([.. finer.Labels.Select(label => merged.Labels[label])], merged.Count);
    }
}
