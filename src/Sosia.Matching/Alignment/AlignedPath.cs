namespace Sosia.Matching;

/// <summary>Clip <c>Q</c> of the query is clip <c>R</c> of the reference.</summary>
/// <param name="Q">Row of the similarity matrix.</param>
/// <param name="R">Column of the similarity matrix.</param>
public readonly record struct PathPoint(int Q, int R);

/// <summary>A stretch of the query that is a stretch of the reference, and the way through the matrix that says so.</summary>
/// <param name="Box">The extremes of <paramref name="Points"/>.</param>
/// <param name="Points">At least one; neither Q nor R ever falls. After trimming, where the ends are trimmed.</param>
/// <param name="Score">Mean similarity of the points, -1 to 1.</param>
public sealed record AlignedPath(Box Box, IReadOnlyList<PathPoint> Points, float Score)
{
    /// <summary>The path over these points of a matrix.</summary>
    /// <param name="matrix">The similarities, not shifted.</param>
    /// <param name="points">At least one; neither Q nor R ever falls.</param>
    internal static AlignedPath Of(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> points) =>
        new(BoxOf(points), points.ToArray(), (float)MeanOf(matrix, points));

    /// <summary>The extremes of a path on which neither coordinate falls: its first and its last point.</summary>
    internal static Box BoxOf(ReadOnlySpan<PathPoint> points) => new(points[0].Q, points[0].R, points[^1].Q, points[^1].R);

    /// <summary>Mean of the cells at the points.</summary>
    internal static double MeanOf(SimilarityMatrix matrix, ReadOnlySpan<PathPoint> points)
    {
        var sum = 0.0;
        foreach (var (q, r) in points)
        {
            sum += matrix[q, r];
        }

        return sum / points.Length;
    }
}
