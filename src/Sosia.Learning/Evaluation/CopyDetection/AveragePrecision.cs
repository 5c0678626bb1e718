namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>An entry of a result list.</summary>
/// <param name="Score">Larger is more similar; never NaN.</param>
/// <param name="Relevant">Whether it ought to be found.</param>
public readonly record struct Judged(double Score, bool Relevant);

/// <summary>An average precision that depends on the order of equal scores.</summary>
/// <param name="Value">In 0 .. 1.</param>
/// <param name="Ties">Groups of equal scores that hold a relevant entry and another one: another order of these may give another value.</param>
public readonly record struct RankedPrecision(double Value, int Ties);

/// <summary>The three kinds of average precision that the benchmarks of video copies use; sums are in double precision.</summary>
public static class AveragePrecision
{
    /// <summary>
    /// By ranks (FIVR, CC_WEB_VIDEO, VCDB; Kordopatis-Zilos et al. 2019, eq. 6): the sum over relevant ranks r of (relevant so far) / r, over P. Equal scores
    /// keep the order of the list (ours; the authors' sorts differ).
    /// </summary>
    /// <param name="list">In any order.</param>
    /// <param name="relevant">P: relevant entries that exist, found or not. 0 gives 0.</param>
    /// <exception cref="ArgumentException">A score is NaN, or the list holds more relevant entries than P.</exception>
    public static RankedPrecision Ranked(IReadOnlyList<Judged> list, int relevant)
    {
        Check(list, relevant);
        var (found, sum) = (0, 0.0);
        var falling = Falling(list);
        for (var rank = 0; rank < falling.Length; rank++)
        {
            if (falling[rank].Relevant)
            {
                found++;
                sum += (double)found / (rank + 1);
            }
        }

        return new RankedPrecision(relevant == 0 ? 0 : sum / relevant, Ties(falling));
    }

    /// <summary>
    /// By trapezoids under the curve of precision over recall (EVVE; Revaud et al. 2013): for the n-th relevant one at rank r, both from 0, the mean of n / r
    /// (1 at rank 0) and (n + 1) / (r + 1), over P.
    /// </summary>
    /// <param name="ranks">Of the relevant entries found, from 0, rising.</param>
    /// <param name="relevant">P: relevant entries that exist, found or not. 0 gives 0.</param>
    /// <exception cref="ArgumentException">The ranks do not rise from 0 on, or there are more than P.</exception>
    public static double Trapezoid(IReadOnlyList<int> ranks, int relevant)
    {
        if (ranks.Count > relevant || ranks.Where((rank, n) => rank < 0 || (n > 0 && rank <= ranks[n - 1])).Any())
        {
            throw new ArgumentException($"{ranks.Count} ranks of {relevant} relevant entries: they have to rise from 0 on", nameof(ranks));
        }

        return relevant == 0 ? 0 : ranks.Select(Height).Sum() / relevant;

        static double Height(int rank, int n) => ((rank == 0 ? 1 : (double)n / rank) + ((double)(n + 1) / (rank + 1))) / 2;
    }

    /// <summary>
    /// By thresholds (SVD, VSC2022; as scikit-learn): equal scores come in together, each step of recall counts with the precision after it. No interpolation.
    /// </summary>
    /// <param name="list">In any order.</param>
    /// <param name="relevant">P: relevant entries that exist, found or not. 0 gives 0.</param>
    /// <exception cref="ArgumentException">A score is NaN, or the list holds more relevant entries than P.</exception>
    public static double Threshold(IReadOnlyList<Judged> list, int relevant)
    {
        Check(list, relevant);
        var (sum, before) = (0.0, 0);
        foreach (var (_, found, ranked) in Thresholds(list))
        {
            sum += (double)(found - before) * found / ranked;
            before = found;
        }

        return relevant == 0 ? 0 : sum / relevant;
    }

    /// <summary>
    /// Interpolated precision at recall 0, 0.05 .. 1 (FIVR, eq. 5): the largest precision at that recall or above. Equal scores come in together; the point of
    /// precision 1 at recall 0 belongs to the curve.
    /// </summary>
    /// <param name="list">All videos, in any order.</param>
    /// <returns>21 values; all 1, 0, 0 .. where nothing is relevant.</returns>
    /// <exception cref="ArgumentException">A score is NaN.</exception>
    public static double[] Interpolated(IReadOnlyList<Judged> list)
    {
        const int Levels = 21;
        const double Step = 0.05;
        var relevant = list.Count(entry => entry.Relevant);
        Check(list, relevant);
        var points = Thresholds(list).Where(point => point.Found > 0)
            .Select(point => (Recall: (double)point.Found / relevant, Precision: (double)point.Found / point.Ranked)).Append((Recall: 0, Precision: 1)).ToList();
        return [.. Enumerable.Range(0, Levels).Select(level => Best(level * Step))];

        double Best(double recall) => points.Where(point => point.Recall >= recall).Select(point => point.Precision).DefaultIfEmpty(0).Max();
    }

    /// <summary>The distinct scores, falling, with the relevant entries and all entries from there upward.</summary>
    internal static IEnumerable<(double Score, int Found, int Ranked)> Thresholds(IReadOnlyList<Judged> list)
    {
        var falling = Falling(list);
        var found = 0;
        for (var i = 0; i < falling.Length; i++)
        {
            found += falling[i].Relevant ? 1 : 0;
            if (i + 1 == falling.Length || falling[i + 1].Score != falling[i].Score)
            {
                yield return (falling[i].Score, found, i + 1);
            }
        }
    }

    private static Judged[] Falling(IReadOnlyList<Judged> list) => [.. list.OrderByDescending(entry => entry.Score)]; // stable

    private static int Ties(Judged[] falling)
    {
        var (ties, start, relevant) = (0, 0, false);
        for (var i = 0; i < falling.Length; i++)
        {
            relevant |= falling[i].Relevant;
            if (i + 1 == falling.Length || falling[i + 1].Score != falling[i].Score)
            {
                ties += relevant && i > start ? 1 : 0;
                (start, relevant) = (i + 1, false);
            }
        }

        return ties;
    }

    private static void Check(IReadOnlyList<Judged> list, int relevant)
    {
        if (list.Any(entry => double.IsNaN(entry.Score)))
        {
            throw new ArgumentException("a score is no number", nameof(list));
        }

        if (list.Count(entry => entry.Relevant) is var listed && listed > relevant)
        {
            throw new ArgumentException($"the list holds {listed} relevant entries, more than the {relevant} that exist", nameof(relevant));
        }
    }
}
