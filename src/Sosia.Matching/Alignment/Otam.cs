namespace Sosia.Matching;

/// <summary>
/// Ordered temporal alignment (OTAM, Cao et al. 2020, section 3.3; details from the few-shot code whose function is OTAM_cum_dist): a differentiable
/// distance
/// of two short sequences, for training. It gives no segments.
/// </summary>
/// <remarks>
/// The distances D (N x M) get a column of zeros on both sides, so that a path may enter and leave anywhere. Row 0 of the table is the running sum of
/// its distances;
/// then <c>C[l][m] = D[l][m] + softmin(C[l-1][m-1], C[l][m-1])</c>, in the first and the last column also over <c>C[l-1][m]</c>;
/// <c>softmin(x) = -lambda log sum exp(-x / lambda)</c>. The distance is the last cell. The paper relaxes row 0 too.
/// </remarks>
public static class Otam
{
    /// <summary>Smoothing of the minimum; the code's.</summary>
    public const double DefaultLambda = 0.1;

    /// <summary>Distance in one direction.</summary>
    /// <param name="distance">N x M, row-major: 1 - cosine.</param>
    /// <param name="rows">N, at least 1.</param>
    /// <param name="columns">M, at least 1.</param>
    /// <param name="lambda">More than 0.</param>
    /// <exception cref="ArgumentException">The shape does not agree, or lambda is not positive.</exception>
    public static double Forward(ReadOnlySpan<float> distance, int rows, int columns, double lambda = DefaultLambda) =>
        Table(distance, rows, columns, lambda)[^1];

    /// <summary>Distance of the transpose.</summary>
    /// <inheritdoc cref="Forward"/>
    public static double Backward(ReadOnlySpan<float> distance, int rows, int columns, double lambda = DefaultLambda) =>
        Forward(Transposed(distance, rows, columns), columns, rows, lambda);

    /// <summary>Gradient of the sum of both directions by the distances.</summary>
    /// <returns>N x M.</returns>
    /// <inheritdoc cref="Forward"/>
    public static float[] Gradient(ReadOnlySpan<float> distance, int rows, int columns, double lambda = DefaultLambda)
    {
        var forward = GradientForward(distance, rows, columns, lambda);
        var backward = Transposed(GradientForward(Transposed(distance, rows, columns), columns, rows, lambda), columns, rows);
        for (var i = 0; i < forward.Length; i++)
        {
            forward[i] += backward[i];
        }

        return forward;
    }

    /// <summary>N x (M + 2).</summary>
    private static double[] Table(ReadOnlySpan<float> distance, int rows, int columns, double lambda)
    {
        Require(distance, rows, columns, lambda);
        var width = columns + 2;
        var table = new double[rows * width];
        Span<int> before = stackalloc int[3];
        for (var here = 0; here < table.Length; here++)
        {
            var (l, m) = (here / width, here % width);
            if (m == 0)
            {
                continue;
            }

            var own = m <= columns ? distance[(l * columns) + m - 1] : 0;
            table[here] = own + (l == 0 ? table[here - 1] : SoftMin(table, before[..Before(here, width, before)], lambda));
        }

        return table;
    }

    private static float[] GradientForward(ReadOnlySpan<float> distance, int rows, int columns, double lambda)
    {
        var table = Table(distance, rows, columns, lambda);
        var width = columns + 2;
        var byCell = new double[table.Length];
        byCell[^1] = 1;
        var gradient = new float[distance.Length];
        Span<int> before = stackalloc int[3];
        for (var here = table.Length - 1; here >= 0; here--)
        {
            var (l, m) = (here / width, here % width);
            if (m == 0)
            {
                continue;
            }

            if (m <= columns)
            {
                gradient[(l * columns) + m - 1] = (float)byCell[here];
            }

            if (l == 0)
            {
                byCell[here - 1] += byCell[here];
                continue;
            }

            var from = before[..Before(here, width, before)];
            var softMin = SoftMin(table, from, lambda);
            foreach (var cell in from)
            {
                byCell[cell] += byCell[here] * Math.Exp((softMin - table[cell]) / lambda);
            }
        }

        return gradient;
    }

    /// <summary>The cells of the table that a cell below row 0 follows; their number.</summary>
    private static int Before(int here, int width, Span<int> before)
    {
        (before[0], before[1], before[2]) = (here - width - 1, here - 1, here - width);
        return here % width == 1 || here % width == width - 1 ? 3 : 2;
    }

    /// <summary>Through the smallest, against underflow.</summary>
    private static double SoftMin(double[] table, ReadOnlySpan<int> cells, double lambda)
    {
        var least = double.PositiveInfinity;
        foreach (var cell in cells)
        {
            least = Math.Min(least, table[cell]);
        }

        var sum = 0.0;
        foreach (var cell in cells)
        {
            sum += Math.Exp((least - table[cell]) / lambda);
        }

        return least - (lambda * Math.Log(sum));
    }

    private static float[] Transposed(ReadOnlySpan<float> values, int rows, int columns) =>
        new SimilarityMatrix(values.ToArray(), rows, columns).Transposed().Cells;

    private static void Require(ReadOnlySpan<float> distance, int rows, int columns, double lambda)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(lambda);
        if (distance.Length != (long)rows * columns)
        {
            throw new ArgumentException($"{distance.Length} distances are no {rows} x {columns}", nameof(distance));
        }
    }
}
