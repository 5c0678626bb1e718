namespace Sosia.Matching;

/// <summary>Makes the rows of a library from the numbers of an encoder.</summary>
/// <remarks>
/// A row is divided by its length and rounded to float16: that is the vector x, and everything is defined by it. Beside it stands x' = scale * int8,
/// with <c>scale = max|x| / 127</c>, and the length of <c>x - x'</c>, so that a scan of the int8 copy can bound what the vector itself would give.
/// </remarks>
public static class Quantiser
{
    /// <summary>The longest row: indices of columns and sums of products must fit in 31 bits.</summary>
    public const int MaxDimension = 65_536;

    /// <summary>No row that this makes is longer: rounding adds at most 2^-11 of the length and, for numbers below 2^-14, 2^-25 each.</summary>
    public const float MaxLength = 1 + (1f / 1024);

    private const int MaxLevel = 127;

    /// <summary>Normalises and quantises.</summary>
    /// <param name="dimension">D, at most <see cref="MaxDimension"/>.</param>
    /// <param name="values">N x D, of any length; a row of zeros stays zero.</param>
    /// <exception cref="ArgumentException">No whole number of rows, or a value that is not finite.</exception>
    public static VectorRows Rows(int dimension, ReadOnlySpan<float> values)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(dimension, MaxDimension);
        if (values.Length % dimension != 0)
        {
            throw new ArgumentException($"{values.Length} values are no whole number of rows of {dimension}", nameof(values));
        }

        var count = values.Length / dimension;
        var float16 = new Half[values.Length];
        var int8 = new sbyte[values.Length];
        var scale = new float[count];
        var residual = new float[count];
        for (var row = 0; row < count; row++)
        {
            var x = float16.AsSpan(row * dimension, dimension);
            Normalise(values.Slice(row * dimension, dimension), x, row);
            scale[row] = Levels(x, int8.AsSpan(row * dimension, dimension));
            residual[row] = Distance(x, scale[row], int8.AsSpan(row * dimension, dimension));
        }

        return VectorRows.OfQuantised(dimension, float16, int8, scale, residual);
    }

    /// <summary>x / |x| in float16, from a sum of squares in double: no finite float overflows or vanishes in it.</summary>
    private static void Normalise(ReadOnlySpan<float> values, Span<Half> x, int row)
    {
        var squares = 0.0;
        for (var i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"row {row} cannot be stored: value {i} of {values.Length} is {values[i]}; a vector needs finite numbers", nameof(values));
            }

            squares += (double)values[i] * values[i];
        }

        if (squares == 0)
        {
            return;
        }

        var length = Math.Sqrt(squares);
        for (var i = 0; i < values.Length; i++)
        {
            x[i] = (Half)(values[i] / length);
        }
    }

    /// <summary>Fills the levels and returns their scale, rounded up so that no level passes 127.</summary>
    private static float Levels(ReadOnlySpan<Half> x, Span<sbyte> levels)
    {
        var largest = 0f;
        foreach (var value in x)
        {
            largest = Math.Max(largest, Math.Abs((float)value));
        }

        if (largest == 0)
        {
            return 0;
        }

        var scale = MathF.BitIncrement(largest / MaxLevel);
        for (var i = 0; i < x.Length; i++)
        {
            levels[i] = (sbyte)MathF.Round((float)x[i] / scale);
        }

        return scale;
    }

    /// <summary>|x - scale * levels|, rounded up.</summary>
    private static float Distance(ReadOnlySpan<Half> x, float scale, ReadOnlySpan<sbyte> levels)
    {
        var squares = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var difference = (double)x[i] - ((double)scale * levels[i]); // the product is exact: 24 + 7 bits
            squares += difference * difference;
        }

        return ErrorBound.RoundUp(Math.Sqrt(squares));
    }
}
