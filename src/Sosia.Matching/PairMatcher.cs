namespace Sosia.Matching;

/// <summary>A stretch of the query that shows a stretch of the reference.</summary>
/// <param name="Query">Seconds of the query.</param>
/// <param name="Reference">Seconds of the reference.</param>
/// <param name="Score">Mean similarity of the clips on the path, 0 to 1.</param>
/// <param name="Speed">Seconds of the reference a second of the query: above 1 the query plays faster.</param>
/// <param name="Evidence">Distinct clips on the path: a still picture proves as much as one.</param>
/// <param name="Straightness">Share of the clips on the path within half a second of its straight line.</param>
/// <param name="Coverage">Share of the clips between the path's ends that it goes through, the geometric mean of both sides; those of low quality do not count.</param>
public sealed record MatchedSegment(Stretch Query, Stretch Reference, double Score, double Speed, int Evidence, double Straightness, double Coverage);

/// <summary>A question that a segment was asked.</summary>
/// <param name="Name">What is measured.</param>
/// <param name="Value">What was measured.</param>
/// <param name="Needed">What is asked for.</param>
/// <param name="Passed">The answer.</param>
public sealed record SegmentCheck(string Name, double Value, double Needed, bool Passed);

/// <summary>A segment that the alignment proposed, and what was asked of it.</summary>
/// <param name="Segment">The segment.</param>
/// <param name="Checks">Every question with its numbers.</param>
public sealed record SegmentVerdict(MatchedSegment Segment, IReadOnlyList<SegmentCheck> Checks)
{
    /// <summary>Whether every check passed.</summary>
    public bool Accepted => Checks.All(c => c.Passed);

    /// <summary>How sure it is, see <see cref="Matching.Confidence"/>.</summary>
    public double Confidence => Matching.Confidence.Of(Segment);
}

/// <summary>Two videos' clips in, copied stretches out: matrix, temporal network, ends trimmed, cut at jumps, every stretch examined.</summary>
public static class PairMatcher
{
    private const double LineTolerance = 0.5; // seconds
    private const double SlowestSpeed = 0.4;
    private const double FastestSpeed = 2.6;

    /// <summary>The accepted segments, best first.</summary>
    public static IReadOnlyList<MatchedSegment> Match(
        ClipSequence query, ClipSequence reference, Candidate? candidate, MatchingOptions options, CancellationToken stop = default) =>
        Accepted(Examine(query, reference, candidate, options, stop));

    /// <summary>The accepted segments among those examined, best first.</summary>
    public static IReadOnlyList<MatchedSegment> Accepted(IEnumerable<SegmentVerdict> verdicts) =>
        [.. verdicts.Where(v => v.Accepted).Select(v => v.Segment).OrderByDescending(s => s.Score)];

    /// <summary>Every segment that the alignment proposes, each with its checks.</summary>
    /// <param name="query">N clips.</param>
    /// <param name="reference">M clips.</param>
    /// <param name="candidate">Which tiles hold hits; null looks at the whole matrix.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="stop">Ends it between two tiles of the matrix.</param>
    public static IReadOnlyList<SegmentVerdict> Examine(
        ClipSequence query, ClipSequence reference, Candidate? candidate, MatchingOptions options, CancellationToken stop = default)
    {
        if (query.Count == 0 || reference.Count == 0)
        {
            return [];
        }

        if (PictureMatcher.IsPicture(query) || PictureMatcher.IsPicture(reference))
        {
            return PictureMatcher.Examine(query, reference, options);
        }

        return [.. TiledAlignment.Paths(query, reference, candidate, options, stop)
            .SelectMany(p => JumpCuts.Pieces([.. p.Points], query.Spans.Span, reference.Spans.Span))
            .Select(piece => Judge(piece, query, reference, options))];
    }

    /// <summary>Similarities of all clips, 0 where a clip is of low quality.</summary>
    public static SimilarityMatrix Matrix(ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var matrix = Similarity.Matrix(query.Rows, reference.Rows);
        var cells = matrix.Cells;
        for (var q = 0; q < matrix.Rows; q++)
        {
            var row = cells.AsSpan(q * matrix.Columns, matrix.Columns);
            if (query.Spans.Span[q].Quality < options.MinQuality)
            {
                row.Clear();
                continue;
            }

            for (var r = 0; r < row.Length; r++)
            {
                row[r] = reference.Spans.Span[r].Quality < options.MinQuality ? 0 : row[r];
            }
        }

        return matrix;
    }

    private static SegmentVerdict Judge(ArraySegment<PathPoint> path, ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var segment = Measure(path, query, reference, options);
        var (sure, needed) = (Confidence.Of(segment), Confidence.Needed(segment.Evidence, options));
        return new SegmentVerdict(segment,
        [
            new("confidence", sure, needed, sure >= needed),
            new("mean similarity", segment.Score, options.LeastSimilarity, segment.Score >= options.LeastSimilarity),
            new("straightness", segment.Straightness, options.MinStraightness, segment.Straightness >= options.MinStraightness),
            new("coverage", segment.Coverage, options.MinCoverage, segment.Coverage >= options.MinCoverage),
            new("slowest speed", segment.Speed, SlowestSpeed, segment.Speed >= SlowestSpeed),
            new("fastest speed", segment.Speed, FastestSpeed, segment.Speed <= FastestSpeed),
        ]);
    }

    private static MatchedSegment Measure(ArraySegment<PathPoint> path, ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var line = SlopeFit.Of(path, query.Spans.Span, reference.Spans.Span) ?? new LineFit(0, 0);
        var straight = path.Where(p => Math.Abs(line.At(query.Spans.Span[p.Q].Start) - reference.Spans.Span[p.R].Start) <= LineTolerance).ToArray();
        var (from, to) = straight.Length == 0 ? (path[0], path[^1]) : (straight[0], straight[^1]);
        var (first, last) = LineExtension.Of(line, from, to, query, reference, options);
        return new MatchedSegment(
            new Stretch(query.Spans.Span[first.Q].Start, query.Spans.Span[last.Q].End),
            new Stretch(reference.Spans.Span[first.R].Start, reference.Spans.Span[last.R].End),
            Math.Clamp(path.Average(p => (double)Similarity.Of(query.Rows, p.Q, reference.Rows, p.R)), 0, 1),
            line.Speed,
            Evidence(path, query, reference, options),
            straight.Length / (double)path.Count,
            Coverage(path, query, reference, options));
    }

    // Two recordings of one scene resemble each other everywhere: a path through them hops from likeness to likeness and leaves most clips out.
    private static double Coverage(ArraySegment<PathPoint> path, ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var clips = Math.Sqrt(Good(query, path[0].Q, path[^1].Q, options.MinQuality) * (double)Good(reference, path[0].R, path[^1].R, options.MinQuality));
        return path.Count / Math.Max(path.Count, clips);
    }

    private static int Good(ClipSequence clips, int first, int last, byte quality)
    {
        var count = 0;
        foreach (var span in clips.Spans.Span[first..(last + 1)])
        {
            count += span.Quality >= quality ? 1 : 0;
        }

        return count;
    }

    // Distinct clips on the poorer side: a moving video that resembles a still one proves no more than the still.
    private static int Evidence(ArraySegment<PathPoint> path, ClipSequence query, ClipSequence reference, MatchingOptions options) =>
        Math.Min(
            Distinct(query, path.Select(p => p.Q), options.DistinctSimilarity),
            Distinct(reference, path.Select(p => p.R), options.DistinctSimilarity));

    private static int Distinct(ClipSequence clips, IEnumerable<int> along, float same)
    {
        var count = 0;
        var last = -1;
        foreach (var clip in along)
        {
            if (last >= 0 && Similarity.Of(clips.Rows, last, clips.Rows, clip) >= same)
            {
                continue;
            }

            last = clip;
            count++;
        }

        return count;
    }
}
