using Sosia.Matching;

namespace Sosia;

/// <summary>The segments of a pair, found plain and mirrored, as one list.</summary>
public static class PairSegments
{
    private const double SameStretch = 0.5;

    /// <summary>Both lists as one, what proves most first: similarity times distinct clips. Where a stretch was found twice (plain and mirrored, or again along another path), the one that proves more stays.</summary>
    public static IReadOnlyList<CopiedSegment> Merge(IReadOnlyList<MatchedSegment> plain, IReadOnlyList<MatchedSegment> mirrored)
    {
        var kept = new List<CopiedSegment>();
        var all = plain.Select(s => (Segment: s, IsMirrored: false)).Concat(mirrored.Select(s => (Segment: s, IsMirrored: true)));
        foreach (var (found, isMirrored) in all.OrderByDescending(s => s.Segment.Score * s.Segment.Evidence))
        {
            var segment = Copied(found, isMirrored);
            if (!kept.Any(k => Overlap(k.Query, segment.Query) > SameStretch && Overlap(k.Reference, segment.Reference) > SameStretch))
            {
                kept.Add(segment);
            }
        }

        return kept;
    }

    /// <summary>The accepted segments of both ways; where none is, the surest of the rejected ones.</summary>
    /// <param name="plain">All that was examined; not empty together with the other.</param>
    /// <param name="mirrored">Likewise, of the mirror image.</param>
    public static (double Confidence, bool Accepted, IReadOnlyList<CopiedSegment> Segments) Ranked(
        IReadOnlyList<SegmentVerdict> plain, IReadOnlyList<SegmentVerdict> mirrored)
    {
        var (surest, isMirrored) = plain.Select(v => (Verdict: v, IsMirrored: false)).Concat(mirrored.Select(v => (Verdict: v, IsMirrored: true)))
            .MaxBy(v => v.Verdict.Confidence);
        var accepted = Merge(PairMatcher.Accepted(plain), PairMatcher.Accepted(mirrored));
        return (surest.Confidence, accepted.Count > 0, accepted.Count > 0 ? accepted : [Copied(surest.Segment, isMirrored)]);
    }

    /// <summary>A pair is as alike as the segment that proves most: a title card that two films share says little about them.</summary>
    public static double Score(IReadOnlyList<CopiedSegment> segments) => segments.Count == 0 ? 0 : segments[0].Score;

    private static CopiedSegment Copied(MatchedSegment s, bool mirrored) => new(s.Query, s.Reference, s.Score, s.Speed, mirrored);

    // Share of the shorter stretch.
    private static double Overlap(Stretch a, Stretch b)
    {
        var common = Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start);
        var shorter = Math.Min(a.Length, b.Length);
        return shorter <= 0 ? (common >= 0 ? 1 : 0) : common / shorter;
    }
}
