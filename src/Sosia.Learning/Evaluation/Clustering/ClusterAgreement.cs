namespace Sosia.Learning.Evaluation.Clustering;

/// <summary>How well clusters agree with classes, whatever either are numbered.</summary>
public static class ClusterAgreement
{
    /// <summary>
    /// Normalised mutual information, 0 to 1: what one says of the other, over the mean of both entropies (Strehl and Ghosh 2002; the arithmetic mean, as
    /// scikit-learn has it). Where both are one cluster alone it is 1.
    /// </summary>
    /// <param name="clusters">N numbers.</param>
    /// <param name="classes">N numbers.</param>
    /// <returns>NaN of nothing.</returns>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public static double MutualInformation(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        Check(clusters, classes);
        if (clusters.Count == 0)
        {
            return double.NaN;
        }

        var (first, second) = (Entropy(clusters), Entropy(classes));
        var shared = first + second - Entropy(clusters.Zip(classes));
        return first + second == 0 ? 1 : Math.Clamp(2 * shared / (first + second), 0, 1);
    }

    /// <summary>Purity: the share of points that are of the most frequent class of their cluster. Clusters of one point each are pure.</summary>
    /// <param name="clusters">N numbers.</param>
    /// <param name="classes">N numbers.</param>
    /// <returns>NaN of nothing.</returns>
    /// <exception cref="ArgumentException">There are not as many.</exception>
    public static double Purity(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        Check(clusters, classes);
        var most = clusters.Zip(classes).GroupBy(point => point.First).Sum(cluster => cluster.CountBy(point => point.Second).Max(one => one.Value));
        return clusters.Count == 0 ? double.NaN : (double)most / clusters.Count;
    }

    // In nats.
    private static double Entropy<T>(IEnumerable<T> labels)
        where T : notnull
    {
        var counts = labels.CountBy(label => label).Select(one => (double)one.Value).ToList();
        var all = counts.Sum();
        return -counts.Sum(count => count / all * Math.Log(count / all));
    }

    private static void Check(IReadOnlyList<int> clusters, IReadOnlyList<int> classes)
    {
        if (clusters.Count != classes.Count)
        {
            throw new ArgumentException($"{classes.Count} classes for {clusters.Count} points in clusters", nameof(classes));
        }
    }
}
