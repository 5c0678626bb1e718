namespace Sosia.Matching;

/// <summary>How sure a proposed segment is, as one number by which answers are ranked (ours).</summary>
public static class Confidence
{
    private const double AfterFailure = 0.5;

    /// <summary>The mean similarity over the one that is asked for, halved where a later check fails: 1 is the least that is accepted.</summary>
    /// <param name="checks">That of the similarity first; at least one.</param>
    public static double Of(IReadOnlyList<SegmentCheck> checks) =>
        Math.Max(0, checks[0].Value) / checks[0].Needed * (checks.Skip(1).All(c => c.Passed) ? 1 : AfterFailure);
}
