using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Matching;

namespace Sosia;

/// <summary>
/// How well the shown segments cover the true ones, by the measure of VCSL (He et al. 2022; see <see cref="Vcsl.Pair"/>): of each pair the covered
/// share of the seconds on both sides, multiplied. False answers count with precision 0, true pairs that are not shown with recall 0.
/// </summary>
/// <param name="Precision">Mean over the pairs that are shown; NaN where none is.</param>
/// <param name="Recall">Mean over the true pairs.</param>
/// <param name="F1">Of both means.</param>
public sealed record SegmentScores(double Precision, double Recall, double F1)
{
    /// <summary>Measures.</summary>
    public static SegmentScores Of(IReadOnlyList<BenchmarkPair> pairs)
    {
        VcslPair[] counted = [.. pairs.Where(p => p.IsTrue || p.IsShown).Select(p => Vcsl.Pair(Shown(p), [.. p.Truth.Select(t => Segment(t.Stretch, t.SourceStretch))]))];
        var figures = Vcsl.Total(counted, [counted], 1, new Missing([], [], MissingTreatment.NotFound));
        return new SegmentScores(figures.Precision, figures.Recall, figures.F1);
    }

    private static IReadOnlyList<SegmentPair> Shown(BenchmarkPair pair) =>
        pair.IsShown ? [.. pair.Answer!.Segments.Select(s => Segment(s.Query, s.Reference))] : [];

    private static SegmentPair Segment(Stretch copy, Stretch original) => new(new Interval(copy.Start, copy.End), new Interval(original.Start, original.End));
}
