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
public readonly record struct ClipSpan(double Start, double End, byte Quality)
{
    /// <summary>Seconds.</summary>
    public double Length => End - Start;
}

/// <summary>The clips of one video in the order of their times.</summary>
/// <param name="Rows">N rows.</param>
/// <param name="Spans">N spans, by rising start.</param>
public sealed record ClipSequence(VectorRows Rows, ReadOnlyMemory<ClipSpan> Spans)
{
    /// <summary>N: number of clips.</summary>
    public int Count => Rows.Count;

    /// <summary>A run of these clips, sharing their memory.</summary>
    /// <param name="start">First clip.</param>
    /// <param name="count">Number of clips.</param>
    public ClipSequence Slice(int start, int count) => new(Rows.Slice(start, count), Spans.Slice(start, count));

    /// <summary>At most so many of these clips, evenly spread: for pictures, where all would be more than can be seen.</summary>
    /// <param name="most">At least 1.</param>
    public ClipSequence Thinned(int most)
    {
        if (Count <= most)
        {
            return this;
        }

        var kept = Enumerable.Range(0, most).Select(i => (int)((long)i * Count / most)).ToArray();
        return new ClipSequence(
            VectorRows.Join(Rows.Kind, Rows.Dimension, [.. kept.Select(i => Rows.Slice(i, 1))]), kept.Select(i => Spans.Span[i]).ToArray());
    }
}
