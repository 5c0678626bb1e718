namespace Sosia.Matching;

/// <summary>The line along which a segment runs: <c>reference seconds = Offset + Speed * query seconds</c>.</summary>
/// <param name="Speed">Reference seconds a query second: 2 where the query shows the same at double speed, 0.5 where it is slowed down.</param>
/// <param name="Offset">Reference second that is shown at query second 0, were the segment to reach so far.</param>
public readonly record struct LineFit(double Speed, double Offset)
{
    /// <summary>The reference second at a query second.</summary>
    public double At(double querySecond) => Offset + (Speed * querySecond);
}

/// <summary>
/// A straight line through the points of a path that some wrong points do not move: the median of the slopes between pairs (Theil 1950, Sen 1968),
/// then least squares over the points near that line (ours), since clips come at whole steps and medians of whole steps are coarse.
/// </summary>
public static class SlopeFit
{
    private const int MaxPoints = 256; // 32,640 pairs; a longer path is thinned evenly

    /// <summary>Fits the line.</summary>
    /// <param name="points">The path.</param>
    /// <param name="query">One span a row of the matrix.</param>
    /// <param name="reference">One span a column of the matrix.</param>
    /// <returns>Null when fewer than two query clips take part: then nothing is known of the speed.</returns>
    public static LineFit? Of(IReadOnlyList<PathPoint> points, ReadOnlySpan<ClipSpan> query, ReadOnlySpan<ClipSpan> reference)
    {
        var x = new double[points.Count];
        var y = new double[points.Count];
        for (var i = 0; i < points.Count; i++)
        {
            (x[i], y[i]) = (query[points[i].Q].Start, reference[points[i].R].Start);
        }

        return Of(x, y);
    }

    /// <summary>Fits the line.</summary>
    /// <param name="x">Query seconds.</param>
    /// <param name="y">Reference seconds, as many.</param>
    /// <returns>Null when fewer than two different query seconds are given.</returns>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static LineFit? Of(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length)
        {
            throw new ArgumentException($"{x.Length} query and {y.Length} reference seconds", nameof(y));
        }

        var slopes = Slopes(Thinned(x), Thinned(y));
        if (slopes.Count == 0)
        {
            return null;
        }

        var speed = Median([.. slopes]);
        var robust = new LineFit(speed, Median(Residuals(new LineFit(speed, 0), x, y)));
        return LeastSquares(robust, x, y) ?? robust;
    }

    private static List<double> Slopes(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var slopes = new List<double>();
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = i + 1; j < x.Length; j++)
            {
                if (x[i] != x[j])
                {
                    slopes.Add((y[j] - y[i]) / (x[j] - x[i]));
                }
            }
        }

        return slopes;
    }

    /// <summary>Over the points within 3 median deviations of the line; null when they have no spread.</summary>
    private static LineFit? LeastSquares(LineFit line, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var residuals = Residuals(line, x, y);
        var limit = 3 * Median(Array.ConvertAll(residuals, Math.Abs));
        double count = 0, sumX = 0, sumY = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (Math.Abs(residuals[i]) <= limit)
            {
                (count, sumX, sumY) = (count + 1, sumX + x[i], sumY + y[i]);
            }
        }

        double xx = 0, xy = 0;
        for (var i = 0; i < x.Length; i++)
        {
            if (Math.Abs(residuals[i]) <= limit)
            {
                var dx = x[i] - (sumX / count);
                (xx, xy) = (xx + (dx * dx), xy + (dx * (y[i] - (sumY / count))));
            }
        }

        return xx > 0 ? new LineFit(xy / xx, (sumY - (xy / xx * sumX)) / count) : null;
    }

    private static double[] Residuals(LineFit line, ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var residuals = new double[x.Length];
        for (var i = 0; i < residuals.Length; i++)
        {
            residuals[i] = y[i] - line.At(x[i]);
        }

        return residuals;
    }

    private static ReadOnlySpan<double> Thinned(ReadOnlySpan<double> values)
    {
        if (values.Length <= MaxPoints)
        {
            return values;
        }

        var kept = new double[MaxPoints];
        for (var i = 0; i < MaxPoints; i++)
        {
            kept[i] = values[(int)((long)i * (values.Length - 1) / (MaxPoints - 1))];
        }

        return kept;
    }

    private static double Median(ReadOnlySpan<double> values)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
