using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>Parameters of <see cref="DynamicProgramming"/> (VCSL's code); similarities are of <c>S + 1</c>, lengths count clips.</summary>
public sealed record DynamicProgrammingParameters
{
    /// <summary>
    /// The defaults of VCSL's model class: its thresholds were meant for S and let everything pass on S + 1. For reproduction only.
    /// </summary>
    public static DynamicProgrammingParameters Defaults { get; } = new();

    /// <summary>VCSL's benchmark of 2023 (data/benchmark_parameters.txt).</summary>
    public static DynamicProgrammingParameters Benchmark2023 { get; } = new() { Discontinue = 9, MinSimilarity = 0.2f, MeanSimilarity = 1.3f };

    /// <summary>VCSL's benchmark as the TransVCL paper ran it (data/benchmark_parameters.txt).</summary>
    public static DynamicProgrammingParameters BenchmarkTransVcl { get; } = new() { MinSimilarity = 0.9f, MeanSimilarity = 1.3f };

    /// <summary>Most cells below <see cref="MinSimilarity"/> that a path passes one after the other.</summary>
    public int Discontinue { get; init; } = 3;

    /// <summary>Of <c>S + 1</c>: a cell below it counts as unmatched.</summary>
    public float MinSimilarity { get; init; }

    /// <summary>Of <c>S + 1</c>: a segment's mean must be more.</summary>
    public float MeanSimilarity { get; init; } = 0.3f;

    /// <summary>Last minus first clip of a segment, on both sides, must be more.</summary>
    public int MinLength { get; init; } = 5;

    /// <summary>Points of the longest straight run that stays in a path.</summary>
    public int DiagonalThreshold { get; init; } = 10;

    /// <summary>
    /// Of <c>S + 1</c>: ends of a segment below it are trimmed; null: <see cref="MinSimilarity"/>; <see cref="PathTrim.Off"/>: never.
    /// </summary>
    public float? Floor { get; init; }
}

/// <summary>From where a cell of the dynamic programme took its score.</summary>
public enum DynamicProgrammingStep : sbyte
{
    /// <summary>A path begins here.</summary>
    Start = -1,

    /// <summary>Both videos go on by a clip.</summary>
    Diagonal = 0,

    /// <summary>From the row above: only the query goes on.</summary>
    Above = 1,

    /// <summary>From the column to the left: only the reference goes on.</summary>
    Left = 2,
}

/// <summary>The tables of the dynamic programme, each Rows x Columns.</summary>
/// <param name="Score">Accumulated similarity.</param>
/// <param name="Unmatched">Cells below the least similarity that end the path to here, this one included.</param>
/// <param name="Steps">Where the score came from.</param>
public sealed record DynamicProgrammingTables(double[] Score, int[] Unmatched, DynamicProgrammingStep[] Steps);

/// <summary>
/// Local alignment by dynamic programming (Chou et al. 2015, as in VCSL, code vcsl/vta.py): the best path is taken, its rectangle erased, again.
/// </summary>
public static class DynamicProgramming
{
    private const int MaxPaths = 100;

    /// <summary>The copied stretches, best path first.</summary>
    public static IReadOnlyList<AlignedPath> Segments(SimilarityMatrix matrix, DynamicProgrammingParameters parameters)
    {
        // Tested on S, so that the matrix needs no second copy: mean(S + 1) > t is mean(S) > t - 1.
        var tests = new PathTests(
            parameters.DiagonalThreshold,
            parameters.MinLength,
            parameters.MeanSimilarity - 1,
            (parameters.Floor ?? parameters.MinSimilarity) - 1);
        var accepted = new List<AlignedPath>();
        if (matrix.Cells.Length == 0)
        {
            return accepted;
        }

        var tables = Tables(matrix, parameters.Discontinue, parameters.MinSimilarity);
        for (var i = 0; i < MaxPaths; i++)
        {
            var end = TensorPrimitives.IndexOfMax<double>(tables.Score); // the first of equal ones
            if (double.IsNegativeInfinity(tables.Score[end]))
            {
                break;
            }

            var path = PathTo(end, tables, matrix.Columns);
            Erase(tables.Score, AlignedPath.BoxOf(path), matrix.Columns);
            PathSegments.AddFrom(matrix, path, tests, accepted);
        }

        return accepted;
    }

    /// <summary>
    /// With <c>s = S[i][j] + 1</c>, a cell takes the largest of <c>D[i-1][j-1] + s</c>, <c>D[i-1][j] + s/2</c> and <c>D[i][j-1] + s/2</c>,
    /// the first of equal ones, unless more than <paramref name="discontinue"/> cells below the least similarity would follow each other: then a path
    /// begins with s.
    /// </summary>
    /// <param name="matrix">The similarities, not shifted.</param>
    /// <param name="discontinue">Most unmatched cells one after the other.</param>
    /// <param name="minSimilarity">Of <c>S + 1</c>.</param>
    public static DynamicProgrammingTables Tables(SimilarityMatrix matrix, int discontinue, float minSimilarity)
    {
        var (rows, columns) = (matrix.Rows, matrix.Columns);
        var score = new double[rows * columns];
        var unmatched = new int[score.Length];
        var steps = new DynamicProgrammingStep[score.Length];
        for (var here = 0; here < score.Length; here++)
        {
            var s = matrix.Cells[here] + 1f;
            (score[here], steps[here]) = (s, DynamicProgrammingStep.Start);
            if (here < columns || here % columns == 0)
            {
                continue;
            }

            var (best, from, step) = BestStep(score, here, columns, s);
            unmatched[here] = s < minSimilarity ? unmatched[from] + 1 : 0;
            if (unmatched[here] <= discontinue)
            {
                (score[here], steps[here]) = (best, step);
            }
        }

        return new DynamicProgrammingTables(score, unmatched, steps);
    }

    private static (double Score, int From, DynamicProgrammingStep Step) BestStep(double[] score, int here, int columns, double s)
    {
        var best = (score[here - columns - 1] + s, here - columns - 1, DynamicProgrammingStep.Diagonal);
        if (score[here - columns] + (s / 2) > best.Item1)
        {
            best = (score[here - columns] + (s / 2), here - columns, DynamicProgrammingStep.Above);
        }

        if (score[here - 1] + (s / 2) > best.Item1)
        {
            best = (score[here - 1] + (s / 2), here - 1, DynamicProgrammingStep.Left);
        }

        return best;
    }

    private static PathPoint[] PathTo(int end, DynamicProgrammingTables tables, int columns)
    {
        var path = new List<PathPoint>();
        for (var here = end; here >= 0 && !double.IsNegativeInfinity(tables.Score[here]); here = Before(here, tables.Steps[here], columns))
        {
            path.Add(new PathPoint(here / columns, here % columns));
        }

        path.Reverse();
        return [.. path];
    }

    private static int Before(int here, DynamicProgrammingStep step, int columns) => step switch
    {
        DynamicProgrammingStep.Diagonal => here - columns - 1,
        DynamicProgrammingStep.Above => here - columns,
        DynamicProgrammingStep.Left => here - 1,
        _ => -1,
    };

    private static void Erase(double[] score, Box box, int columns)
    {
        for (var q = box.Q0; q <= box.Q1; q++)
        {
            score.AsSpan((q * columns) + box.R0, box.R1 - box.R0 + 1).Fill(double.NegativeInfinity);
        }
    }
}
