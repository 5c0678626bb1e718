namespace Sosia.Matching;

/// <summary>How sure a proposed segment is, as one number by which answers are ranked (ours).</summary>
public static class Confidence
{
    /// <summary>
    /// Mean similarity times the root of the number of distinct clips, as of independent looks, times the shares of them that lie on the line and that it goes
    /// through: two recordings of one scene are alike, but not in order.
    /// </summary>
    /// <param name="segment">Of a path.</param>
    /// <returns>0 or more; about 1 for what is just enough to be shown.</returns>
    public static double Of(MatchedSegment segment) => Math.Max(0, segment.Score) * Math.Sqrt(segment.Evidence) * segment.Straightness * segment.Coverage;
}
