namespace Sosia.Matching;

/// <summary>
/// The exact ends of a segment (ours): from both ends of a path along its line, as long as the clips there are alike. The temporal network stops
/// where a scene stands still, since a still clip resembles many; the line knows which of them it is.
/// </summary>
public static class LineExtension
{
    private const int MostMisses = 2; // clips in a row that may be unlike, say a flash

    /// <summary>The first and the last pair of clips.</summary>
    /// <param name="line">Reference seconds for query seconds.</param>
    /// <param name="from">Where the path begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="query">N clips.</param>
    /// <param name="reference">M clips.</param>
    /// <param name="options">How alike is alike.</param>
    public static (PathPoint First, PathPoint Last) Of(
        LineFit line, PathPoint from, PathPoint to, ClipSequence query, ClipSequence reference, MatchingOptions options) => (
        Walk(from, -1, line, query, reference, options),
        Walk(to, +1, line, query, reference, options));

    private static PathPoint Walk(PathPoint from, int step, LineFit line, ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var (end, misses) = (from, 0);
        for (var q = from.Q + step; q >= 0 && q < query.Count && misses <= MostMisses && line.Speed > 0; q += step)
        {
            var r = ClipAt(reference, line.At(query.Spans.Span[q].Start));
            if (r < 0 || (r - end.R) * step < 0)
            {
                break;
            }

            var alike = Similarity.Of(query.Rows, q, reference.Rows, r) >= options.ExtensionSimilarity;
            (end, misses) = alike ? (new PathPoint(q, r), 0) : (end, misses + 1);
        }

        return end;
    }

    // The clip whose start is nearest, or none where the time lies outside the video.
    private static int ClipAt(ClipSequence clips, double seconds)
    {
        var spans = clips.Spans.Span;
        var (low, high) = (0, spans.Length - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = spans[middle].Start < seconds ? (middle + 1, high) : (low, middle);
        }

        var nearest = low > 0 && seconds - spans[low - 1].Start < spans[low].Start - seconds ? low - 1 : low;
        var half = Math.Max(spans[nearest].Length, 0.1) / 2;
        return Math.Abs(spans[nearest].Start - seconds) <= half + 1e-6 ? nearest : -1;
    }
}
