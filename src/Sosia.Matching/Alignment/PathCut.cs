namespace Sosia.Matching;

/// <summary>
/// Cuts the straight runs out of a path (VCSL, He et al. 2022, code vcsl/vta.py): where many clips of one video meet the same clip of the other,
/// the path follows nothing, and what lies between such runs are the candidates.
/// </summary>
public static class PathCut
{
    /// <summary>The parts of a path that remain, as ranges of its points in their order; none is empty.</summary>
    /// <param name="path">Neither coordinate ever falls.</param>
    /// <param name="limit">A run of points with the same row, or with the same column, is cut out when it has more points than this.</param>
    public static IReadOnlyList<Range> Cut(ReadOnlySpan<PathPoint> path, int limit)
    {
        var straight = new bool[path.Length];
        MarkRuns(path, static (a, b) => a.Q == b.Q, limit, straight);
        MarkRuns(path, static (a, b) => a.R == b.R, limit, straight);
        return Unmarked(straight);
    }

    private static void MarkRuns(ReadOnlySpan<PathPoint> path, Func<PathPoint, PathPoint, bool> same, int limit, bool[] marks)
    {
        var start = 0;
        for (var i = 1; i <= path.Length; i++)
        {
            if (i < path.Length && same(path[i - 1], path[i]))
            {
                continue;
            }

            if (i - start > limit)
            {
                marks.AsSpan(start..i).Fill(true);
            }

            start = i;
        }
    }

    private static List<Range> Unmarked(ReadOnlySpan<bool> marks)
    {
        var ranges = new List<Range>();
        for (var start = 0; start < marks.Length;)
        {
            var length = marks[start..].IndexOf(!marks[start]);
            var end = length < 0 ? marks.Length : start + length;
            if (!marks[start])
            {
                ranges.Add(start..end);
            }

            start = end;
        }

        return ranges;
    }
}
