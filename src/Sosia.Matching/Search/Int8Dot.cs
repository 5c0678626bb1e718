namespace Sosia.Matching;

/// <summary>Dot products of int8 rows and integer queries, exactly, in 32 bits.</summary>
/// <remarks>
/// AVX2 multiplies unsigned by signed bytes and adds pairs of products into 16 bits (<c>vpmaddubsw</c>), saturating. Rows are made unsigned by
/// adding 128, which adds 128 * (sum of the query's levels) to the product. The sums of <see cref="GroupSteps"/> such instructions stay in 16 bits
/// before they are widened: no row can overflow them, because the levels of one sign that meet in a lane add up to <see cref="MaxLaneSum"/> at
/// most, and 255 * 128 &lt; 2^15.
/// A row is read in steps of 32 columns; where 32 does not divide D, the last step is the row's last 32 columns and the query is zero at those that
/// were read before. Rows shorter than a step are left to the plain loops.
/// </remarks>
internal static class Int8Dot
{
    /// <summary>Columns that one instruction takes.</summary>
    public const int Step = 32;

    /// <summary>16-bit sums that one instruction gives.</summary>
    public const int Lanes = Step / 2;

    /// <summary>Steps that are summed in 16 bits.</summary>
    public const int GroupSteps = 8;

    /// <summary>The most that levels of one sign may add up to in a lane; see the remarks.</summary>
    public const int MaxLaneSum = 128;

    /// <summary>Queries that one pass over the rows compares.</summary>
    public const int Wide = 4;

    /// <summary>Steps of a row of D columns.</summary>
    public static int Steps(int dimension) => (dimension + Step - 1) / Step;

    /// <summary>First column of a step.</summary>
    public static int Start(int step, int dimension) => Math.Max(Math.Min(step * Step, dimension - Step), 0);

    /// <summary>Where the level of a column stands in a query laid out in steps.</summary>
    public static int Place(int column, int dimension)
    {
        var step = column / Step;
        return (step * Step) + column - Start(step, dimension);
    }

    /// <summary>The 16-bit lane that a column is added to.</summary>
    public static int Lane(int column, int dimension)
    {
        var place = Place(column, dimension);
        return (place / (Step * GroupSteps) * Lanes) + (place % Step / 2);
    }

    /// <summary>Products of a tile of rows and the queries of a group.</summary>
    /// <param name="level">Kernel to run.</param>
    /// <param name="rows">Count x D.</param>
    /// <param name="dimension">D.</param>
    /// <param name="queries">Steps x Width x 32 levels.</param>
    /// <param name="sums">Width: sum of each query's levels.</param>
    /// <param name="dots">Count x Width.</param>
    /// <param name="next">Rows that are wanted soon: brought to the second-level cache meanwhile.</param>
    public static unsafe void Tile(
        SimdLevel level,
        ReadOnlySpan<sbyte> rows,
        int dimension,
        ReadOnlySpan<sbyte> queries,
        ReadOnlySpan<int> sums,
        Span<int> dots,
        ReadOnlySpan<sbyte> next = default)
    {
        var count = rows.Length / dimension;
        if (level == SimdLevel.Scalar || dimension < Step)
        {
            TileScalar(rows, dimension, queries, sums.Length, dots);
            return;
        }

        fixed (sbyte* x = rows, q = queries)
        {
            fixed (int* s = sums, d = dots)
            {
                if (sums.Length == Wide)
                {
                    Int8DotAvx2.TileOfFour(x, count, dimension, q, s, d, next);
                }
                else
                {
                    Int8DotAvx2.TileOfOne(x, count, dimension, q, s[0], d, next);
                }
            }
        }
    }

    /// <summary>One row and one query of 16-bit levels.</summary>
    /// <param name="level">Kernel to run.</param>
    /// <param name="row">D.</param>
    /// <param name="query">D.</param>
    public static unsafe int Fine(SimdLevel level, ReadOnlySpan<sbyte> row, ReadOnlySpan<short> query)
    {
        if (level == SimdLevel.Scalar)
        {
            return FineScalar(row, query);
        }

        fixed (sbyte* x = row)
        {
            fixed (short* q = query)
            {
                var whole = row.Length & ~15;
                return Int8DotAvx2.Fine(x, q, whole) + FineScalar(row[whole..], query[whole..]);
            }
        }
    }

    private static void TileScalar(ReadOnlySpan<sbyte> rows, int dimension, ReadOnlySpan<sbyte> queries, int width, Span<int> dots)
    {
        for (var at = 0; at < dots.Length; at++)
        {
            var row = rows.Slice(at / width * dimension, dimension);
            var query = at % width;
            var dot = 0;
            for (var column = 0; column < dimension; column++)
            {
                var place = Place(column, dimension);
                dot += row[column] * queries[(((place / Step * width) + query) * Step) + (place % Step)];
            }

            dots[at] = dot;
        }
    }

    private static int FineScalar(ReadOnlySpan<sbyte> row, ReadOnlySpan<short> query)
    {
        var dot = 0;
        for (var column = 0; column < row.Length; column++)
        {
            dot += row[column] * query[column];
        }

        return dot;
    }
}
