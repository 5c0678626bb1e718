using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Matching;

/// <summary>The score of a query and a row: their dot product in float32, in one fixed order.</summary>
/// <remarks>
/// The order is the definition: column i is added to partial sum i mod 16, columns rising; then partial sum j takes j + 8, then j + 4, j + 2, j + 1.
/// A product of two float16 is exact in float32, so fused and separate multiplication and addition give the same bits.
/// </remarks>
internal static class Float16Dot
{
    private const int Lanes = 16;
    private const int RowsAtOnce = 4; // so that the additions of one row need not wait for each other

    /// <param name="level">Kernel to run.</param>
    /// <param name="query">D float16 values, as float32.</param>
    /// <param name="row">D.</param>
    public static float Score(SimdLevel level, ReadOnlySpan<float> query, ReadOnlySpan<Half> row) =>
        level == SimdLevel.Scalar ? ScoreScalar(query, row) : ScoreVector(query, row);

    /// <summary>Scores of one query and many rows that <see cref="Padded"/> made ready: the same numbers, faster.</summary>
    /// <param name="query">D, padded.</param>
    /// <param name="rows">N x D, padded.</param>
    /// <param name="scores">N.</param>
    public static void Scores(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, Span<float> scores)
    {
        var row = 0;
        for (; row + RowsAtOnce <= scores.Length; row += RowsAtOnce)
        {
            ScoreFour(query, rows.Slice(row * query.Length, RowsAtOnce * query.Length), scores.Slice(row, RowsAtOnce));
        }

        for (; row < scores.Length; row++)
        {
            scores[row] = ScoreOne(query, rows.Slice(row * query.Length, query.Length));
        }
    }

    /// <summary>Float16 rows as float32, each with zeros up to a whole number of lanes.</summary>
    /// <param name="rows">N x D.</param>
    /// <param name="dimension">D.</param>
    /// <param name="stride">Columns of the result.</param>
    /// <returns>N x stride.</returns>
    public static float[] Padded(ReadOnlySpan<Half> rows, int dimension, out int stride)
    {
        stride = (dimension + Lanes - 1) / Lanes * Lanes;
        var padded = new float[checked(rows.Length / dimension * stride)];
        for (var row = 0; row < rows.Length / dimension; row++)
        {
            TensorPrimitives.ConvertToSingle(rows.Slice(row * dimension, dimension), padded.AsSpan(row * stride, dimension));
        }

        return padded;
    }

    private static float ScoreScalar(ReadOnlySpan<float> query, ReadOnlySpan<Half> row)
    {
        Span<float> sums = stackalloc float[Lanes];
        sums.Clear();
        for (var i = 0; i < query.Length; i++)
        {
            sums[i % Lanes] += query[i] * (float)row[i];
        }

        for (var step = Lanes / 2; step > 0; step /= 2)
        {
            for (var j = 0; j < step; j++)
            {
                sums[j] += sums[j + step];
            }
        }

        return sums[0];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ScoreVector(ReadOnlySpan<float> query, ReadOnlySpan<Half> row)
    {
        var low = Vector256<float>.Zero;
        var high = Vector256<float>.Zero;
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var x = ref MemoryMarshal.GetReference(MemoryMarshal.Cast<Half, ushort>(row));
        var whole = query.Length - (query.Length % Lanes);
        for (nuint i = 0; i < (nuint)whole; i += Lanes)
        {
            var halves = Vector256.LoadUnsafe(ref x, i);
            low += Vector256.LoadUnsafe(ref q, i) * Single(Vector256.WidenLower(halves));
            high += Vector256.LoadUnsafe(ref q, i + 8) * Single(Vector256.WidenUpper(halves));
        }

        if (whole < query.Length)
        {
            // Zeros beyond the end change no partial sum: none is ever -0.
            Span<float> tail = stackalloc float[Lanes];
            tail.Clear();
            TensorPrimitives.ConvertToSingle(row[whole..], tail);
            TensorPrimitives.Multiply(tail[..(query.Length - whole)], query[whole..], tail);
            low += Vector256.Create<float>(tail);
            high += Vector256.Create<float>(tail[8..]);
        }

        return Sum(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float ScoreOne(ReadOnlySpan<float> query, ReadOnlySpan<float> row)
    {
        var (low, high) = (Vector256<float>.Zero, Vector256<float>.Zero);
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var x = ref MemoryMarshal.GetReference(row);
        for (nuint i = 0; i < (nuint)query.Length; i += Lanes)
        {
            low += Vector256.LoadUnsafe(ref q, i) * Vector256.LoadUnsafe(ref x, i);
            high += Vector256.LoadUnsafe(ref q, i + 8) * Vector256.LoadUnsafe(ref x, i + 8);
        }

        return Sum(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ScoreFour(ReadOnlySpan<float> query, ReadOnlySpan<float> rows, Span<float> scores)
    {
        var (low0, low1, low2, low3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (high0, high1, high2, high3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        ref var q = ref MemoryMarshal.GetReference(query);
        ref var x0 = ref MemoryMarshal.GetReference(rows);
        ref var x1 = ref Unsafe.Add(ref x0, query.Length);
        ref var x2 = ref Unsafe.Add(ref x1, query.Length);
        ref var x3 = ref Unsafe.Add(ref x2, query.Length);
        for (nuint i = 0; i < (nuint)query.Length; i += Lanes)
        {
            var (low, high) = (Vector256.LoadUnsafe(ref q, i), Vector256.LoadUnsafe(ref q, i + 8));
            low0 += low * Vector256.LoadUnsafe(ref x0, i);
            high0 += high * Vector256.LoadUnsafe(ref x0, i + 8);
            low1 += low * Vector256.LoadUnsafe(ref x1, i);
            high1 += high * Vector256.LoadUnsafe(ref x1, i + 8);
            low2 += low * Vector256.LoadUnsafe(ref x2, i);
            high2 += high * Vector256.LoadUnsafe(ref x2, i + 8);
            low3 += low * Vector256.LoadUnsafe(ref x3, i);
            high3 += high * Vector256.LoadUnsafe(ref x3, i + 8);
        }

        (scores[0], scores[1], scores[2], scores[3]) = (Sum(low0, high0), Sum(low1, high1), Sum(low2, high2), Sum(low3, high3));
    }

    /// <summary>The sixteen partial sums, added up in the order of the definition.</summary>
    private static float Sum(Vector256<float> low, Vector256<float> high)
    {
        var eight = low + high;
        var four = eight.GetLower() + eight.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two[0] + two[1];
    }

    /// <summary>Eight finite float16 as float32, exactly: the bits in their places, the exponent put right by a product with 2^112.</summary>
    private static Vector256<float> Single(Vector256<uint> halves)
    {
        var magnitude = ((halves & Vector256.Create(0x7FFFu)) << 13).AsSingle() * Vector256.Create(BitConverter.UInt32BitsToSingle(0x77800000u));
        var sign = (halves & Vector256.Create(0x8000u)) << 16;
        return (magnitude.AsUInt32() | sign).AsSingle();
    }
}
