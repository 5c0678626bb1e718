namespace Sosia.Matching;

/// <summary>The temporal network over long videos in bounded memory (ours): only the tiles of the matrix that hold hits are looked at, and paths that meet at a tile's edge are one.</summary>
public static class TiledAlignment
{
    private const int WholeMatrixCells = 1 << 22;

    /// <summary>The copied stretches of a pair.</summary>
    /// <param name="query">N clips.</param>
    /// <param name="reference">M clips.</param>
    /// <param name="candidate">Which tiles hold hits; null looks at all.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="stop">Ends it between two tiles.</param>
    public static IReadOnlyList<AlignedPath> Paths(
        ClipSequence query, ClipSequence reference, Candidate? candidate, MatchingOptions options, CancellationToken stop = default)
    {
        if ((long)query.Count * reference.Count <= WholeMatrixCells)
        {
            return TemporalNetwork.Segments(PairMatcher.Matrix(query, reference, options), options.Network);
        }

        // Each tile reaches a step over its edges, so that no path is lost between two.
        var margin = options.Network.MaxStep;
        var paths = Tiles(query, reference, candidate).SelectMany(tile => InTile(tile, query, reference, margin, options, stop)).OrderBy(p => p.Box.Q0).ThenBy(p => p.Box.R0);
        return Joined(paths, margin);
    }

    private static IEnumerable<(int Q, int R)> Tiles(ClipSequence query, ClipSequence reference, Candidate? candidate)
    {
        if (candidate is not null)
        {
            return candidate.Tiles.Order();
        }

        var rows = Enumerable.Range(0, (query.Count + Candidate.TileClips - 1) / Candidate.TileClips);
        var columns = (reference.Count + Candidate.TileClips - 1) / Candidate.TileClips;
        return rows.SelectMany(q => Enumerable.Range(0, columns).Select(r => (q, r)));
    }

    private static IEnumerable<AlignedPath> InTile(
        (int Q, int R) tile, ClipSequence query, ClipSequence reference, int margin, MatchingOptions options, CancellationToken stop)
    {
        stop.ThrowIfCancellationRequested();
        var (q0, q1) = Bounds(tile.Q, query.Count, margin);
        var (r0, r1) = Bounds(tile.R, reference.Count, margin);
        var matrix = PairMatcher.Matrix(query.Slice(q0, q1 - q0), reference.Slice(r0, r1 - r0), options);
        return TemporalNetwork.Segments(matrix, options.Network).Select(p => Moved(p, q0, r0));
    }

    private static (int Start, int End) Bounds(int tile, int count, int margin) =>
        (Math.Max(0, (tile * Candidate.TileClips) - margin), Math.Min(count, ((tile + 1) * Candidate.TileClips) + margin));

    private static AlignedPath Moved(AlignedPath path, int q, int r) => new(
        new Box(path.Box.Q0 + q, path.Box.R0 + r, path.Box.Q1 + q, path.Box.R1 + r),
        [.. path.Points.Select(p => new PathPoint(p.Q + q, p.R + r))],
        path.Score);

    private static List<AlignedPath> Joined(IEnumerable<AlignedPath> paths, int step)
    {
        var joined = new List<AlignedPath>();
        foreach (var path in paths)
        {
            var before = joined.FindLastIndex(p => Continues(p, path, step));
            if (before < 0)
            {
                joined.Add(path);
                continue;
            }

            joined[before] = Join(joined[before], path);
        }

        return joined;
    }

    // The next path begins where this one ends, give or take a step, or runs along its end.
    private static bool Continues(AlignedPath path, AlignedPath next, int step)
    {
        if (next.Box.Q0 > path.Box.Q1 + step)
        {
            return false;
        }

        var meeting = path.Points.MinBy(p => Math.Abs(p.Q - next.Box.Q0));
        return Math.Abs(next.Box.R0 - meeting.R - (next.Box.Q0 - meeting.Q)) <= step;
    }

    private static AlignedPath Join(AlignedPath path, AlignedPath next)
    {
        var fresh = next.Points.Where(p => p.Q > path.Box.Q1 && p.R >= path.Box.R1).ToArray();
        if (fresh.Length == 0)
        {
            return path;
        }

        var points = path.Points.Concat(fresh).ToArray();
        var score = ((path.Score * path.Points.Count) + (next.Score * fresh.Length)) / points.Length;
        return new AlignedPath(new Box(path.Box.Q0, path.Box.R0, points[^1].Q, points[^1].R), points, score);
    }
}
