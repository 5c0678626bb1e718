using Sosia.Matching;

namespace Sosia;

/// <summary>The segments of a pair, found in all variants of the query, as one list.</summary>
public static class PairSegments
{
    private const double SameStretch = 0.5;

    /// <summary>All lists as one, what proves most first: similarity times distinct clips. Where a stretch was found twice (in several variants, or again along another path), the one that proves more stays.</summary>
    /// <param name="looks">What each variant of the query found, the plain one first.</param>
    public static IReadOnlyList<CopiedSegment> Merge(IEnumerable<(QueryVariant Variant, IReadOnlyList<MatchedSegment> Segments)> looks)
    {
        var kept = new List<CopiedSegment>();
        var all = looks.SelectMany(look => look.Segments, (look, segment) => (look.Variant, Segment: segment));
        foreach (var (variant, found) in all.OrderByDescending(s => s.Segment.Score * s.Segment.Evidence))
        {
            var segment = Copied(found, variant);
            if (!kept.Any(k => Overlap(k.Query, segment.Query) > SameStretch && Overlap(k.Reference, segment.Reference) > SameStretch))
            {
                kept.Add(segment);
            }
        }

        return kept;
    }

    /// <summary>The accepted segments of all variants; where none is, the surest of the rejected ones.</summary>
    /// <param name="looks">All that was examined, the plain variant first; at least one verdict.</param>
    public static (double Confidence, bool Accepted, IReadOnlyList<CopiedSegment> Segments) Ranked(
        IReadOnlyList<(QueryVariant Variant, IReadOnlyList<SegmentVerdict> Verdicts)> looks)
    {
        var accepted = Accepted(looks);
        var (variant, surest) = looks.SelectMany(look => look.Verdicts, (look, verdict) => (look.Variant, Verdict: verdict))
            .Where(v => v.Verdict.Accepted || accepted.Count == 0).MaxBy(v => v.Verdict.Confidence);
        return (surest.Confidence, accepted.Count > 0, accepted.Count > 0 ? accepted : [Copied(surest.Segment, variant)]);
    }

    /// <summary>Those of the examined segments that are shown, merged.</summary>
    /// <param name="looks">All that was examined, the plain variant first.</param>
    public static IReadOnlyList<CopiedSegment> Accepted(IEnumerable<(QueryVariant Variant, IReadOnlyList<SegmentVerdict> Verdicts)> looks) =>
        Merge(looks.Select(look => (look.Variant, PairMatcher.Accepted(look.Verdicts))));

    /// <summary>A pair is as alike as the segment that proves most: a title card that two films share says little about them.</summary>
    public static double Score(IReadOnlyList<CopiedSegment> segments) => segments.Count == 0 ? 0 : segments[0].Score;

    private static CopiedSegment Copied(MatchedSegment s, QueryVariant variant) => new(s.Query, s.Reference, s.Score, s.Speed, variant);

    // Share of the shorter stretch.
    private static double Overlap(Stretch a, Stretch b)
    {
        var common = Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start);
        var shorter = Math.Min(a.Length, b.Length);
        return shorter <= 0 ? (common >= 0 ? 1 : 0) : common / shorter;
    }
}
