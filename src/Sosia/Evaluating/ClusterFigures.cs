using Sosia.Learning.Evaluation.Clustering;
using Sosia.Learning.Objectives;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Evaluating;

/// <summary>The clusters of all videos of a set by FINCH and by k-means, as many as there are classes, and how well they agree with the classes.</summary>
internal sealed class ClusterFigures
{
    private readonly IReadOnlyList<string> classes;
    private readonly IReadOnlyList<int> labels;
    private readonly IReadOnlyList<string> names;
    private readonly IReadOnlyList<Partition> finch;
    private readonly Partition? kMeans;

    /// <summary>Clusters them.</summary>
    /// <param name="classes">Names; none where the classes are not known.</param>
    /// <param name="training">Some of the videos.</param>
    /// <param name="test">The others.</param>
    /// <param name="seed">Of k-means.</param>
    public ClusterFigures(IReadOnlyList<string> classes, ClassFeatures training, ClassFeatures test, int seed)
    {
        (this.classes, labels, names) = (classes, [.. training.Labels, .. test.Labels], [.. training.Names, .. test.Names]);
        using var scope = TensorScope.Enter();
        Tensor[] parts = [.. new[] { training, test }.Where(part => part.Labels.Count > 0).Select(part => part.Vectors)];
        var vectors = Tensor.Cat(parts); // N x D
        finch = Finch.Of(vectors).Partitions;
        kMeans = classes.Count is >= 1 and var count && count <= labels.Count ? KMeans.Of(Cosine.Unit(vectors), count, new SampleRandom(seed, 0, 0)).Clusters : null;
    }

    /// <summary>Each video with its clusters.</summary>
    public IReadOnlyList<ClusteredVideo> Videos => [.. names.Select((name, i) => new ClusteredVideo(
        name, classes.Count == 0 ? null : classes[labels[i]], [.. finch.Select(partition => partition.Labels[i])], kMeans?.Labels[i]))];

    /// <summary>How many clusters there are, and how well they agree with the classes.</summary>
    public IEnumerable<EvaluationRow> Rows()
    {
        var all = finch.Select((partition, level) => (Name: FormattableString.Invariant($"FINCH {level + 1}"), Clusters: partition));
        return (kMeans is null ? all : all.Append((Name: "k-means", Clusters: kMeans))).SelectMany(one => Rows(one.Name, one.Clusters));
    }

    private IEnumerable<EvaluationRow> Rows(string name, Partition clusters)
    {
        yield return new EvaluationRow($"{name} clusters", clusters.Labels.Distinct().Count(), labels.Count, "videos");
        if (classes.Count > 0)
        {
            yield return new EvaluationRow($"{name} NMI", ClusterAgreement.MutualInformation(clusters.Labels, labels), labels.Count, "videos");
            yield return new EvaluationRow($"{name} purity", ClusterAgreement.Purity(clusters.Labels, labels), labels.Count, "videos");
        }
    }
}
