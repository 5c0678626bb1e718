namespace Sosia.Matching;

/// <summary>Parameters of <see cref="DynamicTimeWarping"/> (VCSL's code); lengths count clips.</summary>
public sealed record DynamicTimeWarpingParameters
{
    /// <summary>The defaults of VCSL's model class.</summary>
    public static DynamicTimeWarpingParameters Defaults { get; } = new();

    /// <summary>VCSL's benchmark of 2023 (data/benchmark_parameters.txt).</summary>
    public static DynamicTimeWarpingParameters Benchmark2023 { get; } = new() { Discontinue = 9, MinSimilarity = 0.3f };

    /// <summary>Points of the longest straight run that stays in the path.</summary>
    public int Discontinue { get; init; } = 3;

    /// <summary>A segment's mean similarity must be more.</summary>
    public float MinSimilarity { get; init; } = 0.2f;

    /// <summary>Last minus first clip of a segment, on both sides, must be more.</summary>
    public int MinLength { get; init; } = 5;

    /// <summary>Ends of a segment below it are trimmed; null: <see cref="MinSimilarity"/>; <see cref="PathTrim.Off"/>: never.</summary>
    public float? Floor { get; init; }
}

/// <summary>
/// Dynamic time warping of the cost <c>1 - S</c>, cut at its straight runs (VCSL, He et al. 2022, code vcsl/vta.py; ties as in tslearn).
/// It explains the whole matrix monotonically, so of reordered copies it finds one.
/// </summary>
public static class DynamicTimeWarping
{
    /// <summary>The copied stretches, by rising query clip.</summary>
    public static IReadOnlyList<AlignedPath> Segments(SimilarityMatrix matrix, DynamicTimeWarpingParameters parameters)
    {
        var tests = new PathTests(
            parameters.Discontinue, parameters.MinLength, parameters.MinSimilarity, parameters.Floor ?? parameters.MinSimilarity);
        var accepted = new List<AlignedPath>();
        PathSegments.AddFrom(matrix, Path(matrix), tests, accepted);
        return accepted;
    }

    /// <summary>Least cost of a path from cell (0, 0) to each cell: <c>A[i][j] = 1 - S[i][j] + min(A[i-1][j-1], A[i-1][j], A[i][j-1])</c>.</summary>
    /// <returns>Rows x Columns.</returns>
    public static double[] Accumulated(SimilarityMatrix matrix)
    {
        var (rows, columns) = (matrix.Rows, matrix.Columns);
        var cost = new double[rows * columns];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
            {
                var here = (i * columns) + j;
                cost[here] = 1.0 - matrix.Cells[here] + (i, j) switch
                {
                    (0, 0) => 0,
                    (0, _) => cost[here - 1],
                    (_, 0) => cost[here - columns],
                    _ => Math.Min(cost[here - columns - 1], Math.Min(cost[here - columns], cost[here - 1])),
                };
            }
        }

        return cost;
    }

    /// <summary>
    /// The cheapest path from (0, 0) to the last cell; of equal ways the diagonal, then the row above, then the column to the left.
    /// </summary>
    /// <returns>Empty for a matrix without cells.</returns>
    public static PathPoint[] Path(SimilarityMatrix matrix)
    {
        if (matrix.Cells.Length == 0)
        {
            return [];
        }

        var cost = Accumulated(matrix);
        var path = new List<PathPoint>(matrix.Rows + matrix.Columns);
        var point = new PathPoint(matrix.Rows - 1, matrix.Columns - 1);
        for (; point != default; point = Before(cost, matrix.Columns, point))
        {
            path.Add(point);
        }

        path.Add(point);
        path.Reverse();
        return [.. path];
    }

    private static PathPoint Before(double[] cost, int columns, PathPoint point)
    {
        var (i, j) = point;
        if (i == 0 || j == 0)
        {
            return i == 0 ? new PathPoint(0, j - 1) : new PathPoint(i - 1, 0);
        }

        var here = (i * columns) + j;
        var (diagonal, above, left) = (cost[here - columns - 1], cost[here - columns], cost[here - 1]);
        if (diagonal <= above && diagonal <= left)
        {
            return new PathPoint(i - 1, j - 1);
        }

        return above <= left ? new PathPoint(i - 1, j) : new PathPoint(i, j - 1);
    }
}
