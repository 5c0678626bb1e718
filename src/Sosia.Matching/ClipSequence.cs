namespace Sosia.Matching;

/// <summary>A stretch of time in a video.</summary>
/// <param name="Start">Seconds from the first shown frame.</param>
/// <param name="End">Seconds; not before <paramref name="Start"/>.</param>
public readonly record struct Stretch(double Start, double End)
{
    /// <summary>Seconds.</summary>
    public double Length => End - Start;
}

/// <summary>When a clip is shown and how much it can prove.</summary>
/// <param name="Start">Seconds from the first shown frame.</param>
/// <param name="End">Seconds; where the next clip begins, or the last frame ends.</param>
/// <param name="Quality">0 to 100; black, flat and noise-free frames are near 0 and never make a match alone.</param>
public readonly record struct ClipSpan(double Start, double End, byte Quality);

/// <summary>The clips of one video in the order of their times.</summary>
/// <param name="Rows">N rows.</param>
/// <param name="Spans">N spans, by rising start.</param>
public sealed record ClipSequence(VectorRows Rows, ReadOnlyMemory<ClipSpan> Spans)
{
    /// <summary>N: number of clips.</summary>
    public int Count => Rows.Count;
}
