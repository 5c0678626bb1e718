namespace Sosia.Matching;

/// <summary>How sure a proposed segment is, as one number (ours): below a threshold it is not shown, and benchmarks rank answers by it.</summary>
public static class Confidence
{
    private const double Growth = 0.6; // independent looks would add up by their root; the first few, of a scene that hardly moves, prove less

    /// <summary>
    /// Mean similarity times a power of the number of distinct clips, times the shares of them that lie on the line and that it goes through: two recordings
    /// of one scene are alike, but not in order.
    /// </summary>
    /// <param name="segment">Of a path.</param>
    /// <returns>0 or more; the same scale for one kind of rows only.</returns>
    public static double Of(MatchedSegment segment) => Math.Max(0, segment.Score) * Weight(segment.Evidence) * segment.Straightness * segment.Coverage;

    /// <summary>What a segment needs to be shown: <see cref="MatchingOptions.MinConfidence"/>, or what clips have that show one picture as surely as one alone must.</summary>
    /// <param name="evidence">Its number of distinct clips, at least 1.</param>
    /// <param name="options">Thresholds.</param>
    public static double Needed(int evidence, MatchingOptions options) => Math.Min(options.MinConfidence, options.AloneSimilarity * Weight(evidence));

    private static double Weight(int evidence) => Math.Pow(evidence, Growth);
}
