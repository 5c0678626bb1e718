using Sosia.Matching;

namespace Sosia;

/// <summary>The segments of a pair, found plain and mirrored, as one list.</summary>
public static class PairSegments
{
    private const double SameStretch = 0.5;

    /// <summary>Both lists as one, best first; where a picture is so symmetric that a stretch was found both ways, the better one stays.</summary>
    public static IReadOnlyList<CopiedSegment> Merge(IReadOnlyList<MatchedSegment> plain, IReadOnlyList<MatchedSegment> mirrored)
    {
        var kept = new List<CopiedSegment>();
        var all = plain.Select(s => Copied(s, false)).Concat(mirrored.Select(s => Copied(s, true)));
        foreach (var segment in all.OrderByDescending(s => s.Score))
        {
            if (!kept.Any(k => Overlap(k.Query, segment.Query) > SameStretch && Overlap(k.Reference, segment.Reference) > SameStretch))
            {
                kept.Add(segment);
            }
        }

        return kept;
    }

    /// <summary>A pair is as sure as its surest segment.</summary>
    public static double Score(IReadOnlyList<CopiedSegment> segments) => segments.Count == 0 ? 0 : segments.Max(s => s.Score);

    private static CopiedSegment Copied(MatchedSegment s, bool mirrored) => new(s.Query, s.Reference, s.Score, s.Speed, mirrored);

    // Share of the shorter stretch.
    private static double Overlap(Stretch a, Stretch b)
    {
        var common = Math.Min(a.End, b.End) - Math.Max(a.Start, b.Start);
        var shorter = Math.Min(a.Length, b.Length);
        return shorter <= 0 ? (common >= 0 ? 1 : 0) : common / shorter;
    }
}
