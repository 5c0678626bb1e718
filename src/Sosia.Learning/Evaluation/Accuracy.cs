using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>How often the right class has one of the best scores; equal scores are ordered by class number (ours; libraries leave it open).</summary>
public static class Accuracy
{
    /// <summary>How many classes go before the right one: 0 is right at top 1.</summary>
    /// <param name="scores">One a class.</param>
    /// <param name="label">The right class.</param>
    /// <exception cref="ArgumentException">There is no such class, or a score is NaN.</exception>
    public static int Rank(ReadOnlySpan<double> scores, int label)
    {
        if ((uint)label >= (uint)scores.Length)
        {
            throw new ArgumentException($"class {label} of {scores.Length}", nameof(label));
        }

        var (own, before) = (scores[label], 0);
        for (var other = 0; other < scores.Length; other++)
        {
            if (double.IsNaN(scores[other]))
            {
                throw new ArgumentException($"the score of class {other} is no number", nameof(scores));
            }

            before += scores[other] > own || (scores[other] == own && other < label) ? 1 : 0;
        }

        return before;
    }

    /// <summary>The rank of the right class of each example.</summary>
    /// <param name="scores">One a class, for each example.</param>
    /// <param name="labels">The right class of each example.</param>
    /// <exception cref="ArgumentException">There is no such class, a score is NaN, or there are not as many labels as examples.</exception>
    public static int[] Ranks(IReadOnlyList<double[]> scores, IReadOnlyList<int> labels) => scores.Count == labels.Count
        ? [.. scores.Zip(labels, (row, label) => Rank(row, label))]
        : throw new ArgumentException($"{labels.Count} labels for {scores.Count} examples", nameof(labels));

    /// <summary>The class with the best score, the lower one of equal ones.</summary>
    /// <exception cref="ArgumentException">There are none, or one is NaN.</exception>
    public static int Best(IReadOnlyList<double> scores) => scores.Count == 0 || scores.Any(double.IsNaN)
        ? throw new ArgumentException("there are no scores, or one is no number", nameof(scores))
        : scores.Index().MaxBy(score => score.Item).Index;

    /// <summary>Share of examples whose right class is among the k best.</summary>
    /// <param name="ranks">From <see cref="Ranks"/>.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="missing">Examples that could not be looked at: they count as wrong.</param>
    /// <returns>Percent; NaN of no example.</returns>
    public static double TopK(IReadOnlyCollection<int> ranks, int k, int missing = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        ArgumentOutOfRangeException.ThrowIfNegative(missing);
        return Percent.Of(ranks.Count(rank => rank < k), ranks.Count + missing);
    }

    /// <summary>Scores as rows of numbers.</summary>
    /// <param name="scores">N x classes, of a floating type.</param>
    public static IReadOnlyList<double[]> Rows(Tensor scores)
    {
        using var wide = scores.To(ScalarType.Float64);
        return [.. wide.ToArray<double>().Chunk((int)scores.Size(1))];
    }
}

/// <summary>Shares in percent.</summary>
internal static class Percent
{
    /// <summary>NaN of nothing.</summary>
    public static double Of(double part, double whole) => whole == 0 ? double.NaN : 100 * part / whole;
}
