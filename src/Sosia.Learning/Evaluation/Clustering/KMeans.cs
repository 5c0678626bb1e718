using Sosia.Learning.Objectives;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>K clusters of rows by Lloyd's steps (Lloyd 1982).</summary>
/// <param name="Centres">K x D.</param>
/// <param name="Clusters">Each row with its nearest centre, of equal ones the lowest.</param>
/// <param name="Inertia">The sum of the squared distances to the nearest centre before each step, and after the last.</param>
public sealed record KMeans(Tensor Centres, Partition Clusters, IReadOnlyList<double> Inertia)
{
    private const long Block = 1 << 22; // distances at a time

    /// <summary>From given centres.</summary>
    /// <param name="rows">N x D; for SLIC's k-means of length 1.</param>
    /// <param name="centres">K x D.</param>
    /// <param name="steps">How many.</param>
    /// <param name="spherical">Whether centres are of length 1 too: rows then go to the centre of the largest cosine (Dhillon and Modha 2001).</param>
    /// <remarks>A centre without rows stays where it is (ours).</remarks>
    /// <exception cref="ArgumentException">There are no centres or fewer rows, or a number is not finite.</exception>
    public static KMeans From(Tensor rows, Tensor centres, int steps, bool spherical = false)
    {
        Check(rows, centres.Size(0));
        Check(centres, centres.Size(0));
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var inertia = new List<double>();
        var current = spherical ? Cosine.Unit(centres) : centres.Clone();
        var (clusters, sum) = Assign(rows, current);
        inertia.Add(sum);
        for (var step = 0; step < steps; step++)
        {
            current = Moved(rows, current, clusters, spherical);
            (clusters, sum) = Assign(rows, current);
            inertia.Add(sum);
        }

        return new KMeans(scope.Keep(current), clusters, inertia);
    }

    /// <summary>The best of some runs, each from K different rows that are drawn.</summary>
    /// <param name="rows">N x D.</param>
    /// <param name="count">K, at most N.</param>
    /// <param name="random">Draws them.</param>
    /// <param name="restarts">How many runs.</param>
    /// <param name="steps">Of each.</param>
    /// <param name="spherical">Whether centres are of length 1 too.</param>
    /// <exception cref="ArgumentException">There are fewer rows than clusters, or a number is not finite.</exception>
    public static KMeans Of(Tensor rows, int count, SampleRandom random, int restarts = 10, int steps = 20, bool spherical = false)
    {
        Check(rows, count);
        using var scope = TensorScope.Enter();
        var runs = Enumerable.Range(0, Math.Max(1, restarts)).Select(run => From(rows, Seeds(rows, count, random.For(run)), steps, spherical));
        var best = runs.MinBy(run => run.Inertia[^1])!;
        scope.Keep(best.Centres);
        return best;
    }

    private static void Check(Tensor rows, long count)
    {
        if (count < 1 || rows.Size(0) < count || !rows.IsFinite().All().Item<bool>())
        {
            throw new ArgumentException($"{count} clusters of {rows.Size(0)} rows: one or more are needed, as many rows at least, and finite numbers", nameof(rows));
        }
    }

    private static Tensor Seeds(Tensor rows, int count, SampleRandom random) =>
        rows.IndexSelect(0, Tensor.Of(random.Order((int)rows.Size(0))[..count], count).To(rows.Device));

    private static Tensor Moved(Tensor rows, Tensor centres, Partition clusters, bool spherical)
    {
        var means = clusters.Means(rows);
        var empty = Tensor.Of(Sizes(clusters), clusters.Count).To(rows.Device).Eq(0).Unsqueeze(1); // K x 1
        var moved = empty.Where(centres, means);
        return spherical ? Cosine.Unit(moved) : moved;
    }

    private static long[] Sizes(Partition clusters)
    {
        var sizes = new long[clusters.Count];
        foreach (var label in clusters.Labels)
        {
            sizes[label]++;
        }

        return sizes;
    }

    private static (Partition Clusters, double Inertia) Assign(Tensor rows, Tensor centres)
    {
        var (count, clusters) = ((int)rows.Size(0), (int)centres.Size(0));
        var labels = new List<int>(count);
        var sum = 0.0;
        var block = (int)Math.Max(1, Block / clusters);
        for (var start = 0; start < count; start += block)
        {
            using var scope = TensorScope.Enter();
            var (distances, nearest) = rows.Narrow(0, start, Math.Min(block, count - start)).Cdist(centres).Min(1);
            sum += distances.To(ScalarType.Float64).Square().Sum().Item();
            labels.AddRange(nearest.ToArray<long>().Select(i => (int)i));
        }

        return (new Partition(labels, clusters), sum);
    }
}
