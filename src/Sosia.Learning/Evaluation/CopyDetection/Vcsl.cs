namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>How well the segments of a pair were found.</summary>
/// <param name="Precision">1 where nothing is predicted.</param>
/// <param name="Recall">1 where there is nothing to find.</param>
/// <param name="NothingPredicted">The precision does not count.</param>
/// <param name="NothingTrue">The recall does not count.</param>
public readonly record struct VcslPair(double Precision, double Recall, bool NothingPredicted, bool NothingTrue);

/// <summary>What VCSL gives; NaN where nothing counts.</summary>
/// <param name="Precision">Mean over the pairs with a prediction.</param>
/// <param name="Recall">Mean over the pairs with something to find.</param>
/// <param name="F1">Of both means.</param>
/// <param name="FalseRejectionRate">Share of the positives of which nothing is found.</param>
/// <param name="FalseAlarmRate">Share of the negatives with a prediction.</param>
/// <param name="MacroPrecision">Mean over the query sets of means over all their pairs, those that do not count as 1.</param>
/// <param name="MacroRecall">Likewise.</param>
/// <param name="Missing">Pairs without an entry among the predictions count as empty; they are named as queries, <c>query-reference</c>.</param>
public sealed record VcslFigures(
    double Precision, double Recall, double F1, double FalseRejectionRate, double FalseAlarmRate, double MacroPrecision, double MacroRecall, Missing Missing)
{
    /// <summary>Of the macro means; thresholds are tuned by it, on the validation pairs.</summary>
    public double MacroF1 => Vcsl.HarmonicMean(MacroPrecision, MacroRecall);
}

/// <summary>VCSL (He et al. 2022): segments of video pairs.</summary>
public static class Vcsl
{
    // Added to lengths that are divided by: a perfect prediction stays below 1.
    private const double Epsilon = 1e-6;

    /// <summary>Precision and recall of a pair: on each side the covered length over the length of all segments; the product of both sides.</summary>
    public static VcslPair Pair(IReadOnlyList<SegmentPair> predicted, IReadOnlyList<SegmentPair> truth)
    {
        var (nothingPredicted, nothingTrue) = (predicted.Count == 0, truth.Count == 0);
        return new VcslPair(
            nothingPredicted ? 1 : nothingTrue ? 0 : Covered(predicted, truth),
            nothingTrue ? 1 : nothingPredicted ? 0 : Covered(truth, predicted),
            nothingPredicted,
            nothingTrue);
    }

    /// <summary>Measures a list of pairs.</summary>
    /// <param name="pairs">Names <c>query-reference</c>, negatives among them.</param>
    /// <param name="truth">Segments of the positives.</param>
    /// <param name="predictions">Segments of any.</param>
    /// <param name="querySets">Names of pairs by query set, for the macro means; null: every pair in one set. Pairs that are not measured are passed over.</param>
    public static VcslFigures Measure(
        IReadOnlyCollection<string> pairs,
        IReadOnlyDictionary<string, IReadOnlyList<SegmentPair>> truth,
        IReadOnlyDictionary<string, IReadOnlyList<SegmentPair>> predictions,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? querySets = null)
    {
        var measured = pairs.Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, name => Pair(predictions.GetValueOrDefault(name, []), truth.GetValueOrDefault(name, [])), StringComparer.Ordinal);
        var positives = measured.Values.Count(pair => !pair.NothingTrue);
        var sets = querySets is null ? [measured.Values] : querySets.Values.Select(set => set.Where(measured.ContainsKey).Select(name => measured[name]));
        var absent = measured.Keys.Where(name => !predictions.ContainsKey(name)).Order(StringComparer.Ordinal);
        return Total(
            [.. measured.Values],
            [.. sets.Select(set => set.ToList()).Where(set => set.Count > 0)],
            (double)positives / (measured.Count - positives),
            new Missing([.. absent], [], MissingTreatment.NotFound));
    }

    /// <summary>Sums up pairs.</summary>
    /// <param name="pairs">All.</param>
    /// <param name="sets">The same by query set, none of them empty.</param>
    /// <param name="ratio">Positives over negatives in the whole list.</param>
    /// <param name="missing">What was missing.</param>
    public static VcslFigures Total(IReadOnlyList<VcslPair> pairs, IReadOnlyList<IReadOnlyList<VcslPair>> sets, double ratio, Missing missing)
    {
        var precision = Retrieval.Mean(pairs.Where(pair => !pair.NothingPredicted).Select(pair => pair.Precision));
        var recall = Retrieval.Mean(pairs.Where(pair => !pair.NothingTrue).Select(pair => pair.Recall));
        var missed = (double)pairs.Count(pair => pair is { NothingPredicted: true, NothingTrue: false }) / pairs.Count;
        var alarms = (double)pairs.Count(pair => pair is { NothingPredicted: false, NothingTrue: true }) / pairs.Count;
        return new VcslFigures(
            precision,
            recall,
            HarmonicMean(precision, recall),
            (1 + (1 / ratio)) * missed, // (1 + ratio) / ratio, also without negatives
            alarms == 0 && double.IsInfinity(ratio) ? double.NaN : (1 + ratio) * alarms,
            Retrieval.Mean(sets.Select(set => Retrieval.Mean(set.Select(pair => pair.Precision)))),
            Retrieval.Mean(sets.Select(set => Retrieval.Mean(set.Select(pair => pair.Recall)))),
            missing);
    }

    internal static double HarmonicMean(double a, double b) => a + b == 0 ? 0 : 2 * a * b / (a + b);

    // For each segment the length that is covered of it, on each side; over the length of all.
    private static double Covered(IReadOnlyList<SegmentPair> segments, IReadOnlyList<SegmentPair> others)
    {
        return Side(segment => segment.Query) * Side(segment => segment.Reference);

        double Side(Func<SegmentPair, Interval> side)
        {
            var covered = segments.Sum(segment => Interval.Union(others.Where(segment.Overlaps).Select(other => side(segment).Intersect(side(other)))));
            return covered / (segments.Sum(segment => side(segment).Length) + Epsilon);
        }
    }
}
