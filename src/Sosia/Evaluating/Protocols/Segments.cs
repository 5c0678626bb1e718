using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>What the product finds, in the protocols' words.</summary>
internal static class Segments
{
    public static SegmentPair Of(CopiedSegment segment) =>
        new(new Interval(segment.Query.Start, segment.Query.End), new Interval(segment.Reference.Start, segment.Reference.End));
}
