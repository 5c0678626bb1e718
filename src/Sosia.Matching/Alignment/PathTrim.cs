namespace Sosia.Matching;

/// <summary>
/// Drops weak points from both ends of a path (ours). Every path method overshoots: the temporal network asks only the target of an edge for its
/// similarity, dynamic programming and DTW drift along noise. Trimmed, they give planted copies their exact ends.
/// </summary>
public static class PathTrim
{
    /// <summary>As a floor: nothing is dropped, as in the authors' code.</summary>
    public const float Off = float.NegativeInfinity;

    /// <summary>The part of a path from its first to its last cell that reaches the floor; empty when none does.</summary>
    /// <param name="matrix">The similarities.</param>
    /// <param name="path">Points of the matrix.</param>
    /// <param name="floor">Similarity.</param>
    public static ReadOnlySpan<PathPoint> Trim(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> path, float floor)
    {
        while (!path.IsEmpty && matrix[path[0].Q, path[0].R] < floor)
        {
            path = path[1..];
        }

        while (!path.IsEmpty && matrix[path[^1].Q, path[^1].R] < floor)
        {
            path = path[..^1];
        }

        return path;
    }
}
