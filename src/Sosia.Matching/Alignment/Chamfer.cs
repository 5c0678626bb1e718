using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>
/// Video scores from a similarity matrix: how much of the query is found in the reference (ViSiL, Kordopatis-Zilos et al. 2019, code; top k: 3D-CSL,
/// code).
/// A matrix without cells scores 0.
/// </summary>
public static class Chamfer
{
    /// <summary>Mean over the query's clips of their best reference: <c>mean_i max_j S[i][j]</c>.</summary>
    public static double Score(SimilarityMatrix matrix) => MeanOfBest(RowMaxima(matrix), int.MaxValue);

    /// <summary>The same with query and reference exchanged.</summary>
    public static double Reverse(SimilarityMatrix matrix) => MeanOfBest(ColumnMaxima(matrix), int.MaxValue);

    /// <summary>Mean of both directions.</summary>
    public static double Symmetric(SimilarityMatrix matrix) => (Score(matrix) + Reverse(matrix)) / 2;

    /// <summary>
    /// Mean of the k query clips that are found best (3D-CSL: k = 3); of all, where there are fewer. Finds a short copy in a long video.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="k"/> is not positive.</exception>
    public static double TopK(SimilarityMatrix matrix, int k)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        return MeanOfBest(RowMaxima(matrix), k);
    }

    /// <summary>Mean of the best share of the query's clips (ours): top k with <c>k = max(1, ceil(fraction * rows))</c>.</summary>
    /// <param name="matrix">The similarities.</param>
    /// <param name="fraction">0 to 1.</param>
    public static double BestFraction(SimilarityMatrix matrix, double fraction)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fraction);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(fraction, 1);
        return TopK(matrix, Math.Max(1, (int)Math.Ceiling(fraction * matrix.Rows)));
    }

    /// <summary>The largest cell: the aggregation of the VSC2022 baseline.</summary>
    public static double Max(SimilarityMatrix matrix) => matrix.Cells.Length == 0 ? 0 : TensorPrimitives.Max<float>(matrix.Cells);

    /// <summary>Gradient of <see cref="Score"/> by the cells; a tied maximum gives all of it to its first column.</summary>
    /// <returns>Rows x Columns.</returns>
    public static float[] Gradient(SimilarityMatrix matrix)
    {
        var gradient = new float[matrix.Cells.Length];
        for (var q = 0; q < matrix.Rows && matrix.Columns > 0; q++)
        {
            gradient[(q * matrix.Columns) + Row(matrix, q).IndexOf(TensorPrimitives.Max(Row(matrix, q)))] = 1f / matrix.Rows;
        }

        return gradient;
    }

    /// <summary>One matrix of a padded batch, without its padding, which so takes part neither in maxima nor in means.</summary>
    /// <param name="batch">B x paddedRows x paddedColumns, row-major.</param>
    /// <param name="index">Which of the B.</param>
    /// <param name="paddedRows">Rows of each, padding included.</param>
    /// <param name="paddedColumns">Columns of each, padding included.</param>
    /// <param name="rows">Clips of this query.</param>
    /// <param name="columns">Clips of this reference.</param>
    public static SimilarityMatrix Unpadded(ReadOnlySpan<float> batch, int index, int paddedRows, int paddedColumns, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, paddedRows);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, paddedColumns);
        var cells = new float[rows * columns];
        for (var q = 0; q < rows; q++)
        {
            batch.Slice(((index * paddedRows) + q) * paddedColumns, columns).CopyTo(cells.AsSpan(q * columns));
        }

        return new SimilarityMatrix(cells, rows, columns);
    }

    private static ReadOnlySpan<float> Row(SimilarityMatrix matrix, int q) => matrix.Cells.AsSpan(q * matrix.Columns, matrix.Columns);

    private static float[] RowMaxima(SimilarityMatrix matrix)
    {
        var maxima = new float[matrix.Columns == 0 ? 0 : matrix.Rows];
        for (var q = 0; q < maxima.Length; q++)
        {
            maxima[q] = TensorPrimitives.Max(Row(matrix, q));
        }

        return maxima;
    }

    private static float[] ColumnMaxima(SimilarityMatrix matrix)
    {
        if (matrix.Rows == 0)
        {
            return [];
        }

        var maxima = Row(matrix, 0).ToArray();
        for (var q = 1; q < matrix.Rows; q++)
        {
            TensorPrimitives.Max(maxima, Row(matrix, q), maxima);
        }

        return maxima;
    }

    private static double MeanOfBest(float[] maxima, int k)
    {
        if (maxima.Length == 0)
        {
            return 0;
        }

        Array.Sort(maxima, static (a, b) => b.CompareTo(a));
        var sum = 0.0;
        foreach (var value in maxima.AsSpan(0, Math.Min(k, maxima.Length)))
        {
            sum += value;
        }

        return sum / Math.Min(k, maxima.Length);
    }
}
