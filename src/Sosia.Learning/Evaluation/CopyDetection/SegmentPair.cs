namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A stretch of a video and its copy in another one; seconds (VCSL: frames at 1 a second).</summary>
/// <param name="Query">Where it is in the query.</param>
/// <param name="Reference">Where it is in the reference.</param>
public readonly record struct SegmentPair(Interval Query, Interval Reference)
{
    /// <summary>From the four numbers in the order of VCSL: both starts, then both ends.</summary>
    public static SegmentPair Box(double queryStart, double referenceStart, double queryEnd, double referenceEnd) =>
        new(new Interval(queryStart, queryEnd), new Interval(referenceStart, referenceEnd));

    /// <summary>The other way round.</summary>
    public SegmentPair Swapped => new(Reference, Query);

    /// <summary>Whether both share more than a point on both sides.</summary>
    public bool Overlaps(SegmentPair other) => Query.Overlap(other.Query) > 0 && Reference.Overlap(other.Reference) > 0;
}

/// <summary>A stretch of time.</summary>
/// <param name="Start">Not after the end.</param>
/// <param name="End">Excluded: the length is the difference.</param>
public readonly record struct Interval(double Start, double End)
{
    /// <summary>End less start.</summary>
    public double Length => End - Start;

    /// <summary>The length that both share; 0 where they touch or are apart.</summary>
    public double Overlap(Interval other) => Math.Max(0, Math.Min(End, other.End) - Math.Max(Start, other.Start));

    /// <summary>What both share; only where they <see cref="Overlap"/>.</summary>
    public Interval Intersect(Interval other) => new(Math.Max(Start, other.Start), Math.Min(End, other.End));

    /// <summary>The length of all that some of them cover; those that touch are one.</summary>
    public static double Union(IEnumerable<Interval> intervals)
    {
        var (length, end) = (0.0, double.NegativeInfinity);
        foreach (var next in intervals.OrderBy(interval => interval.Start))
        {
            length += Math.Max(0, next.End - Math.Max(next.Start, end));
            end = Math.Max(end, next.End);
        }

        return length;
    }

    /// <summary>The length that both unions cover: |A| + |B| - |A u B|.</summary>
    public static double Shared(IReadOnlyList<Interval> a, IReadOnlyList<Interval> b) => Union(a) + Union(b) - Union(a.Concat(b));
}
