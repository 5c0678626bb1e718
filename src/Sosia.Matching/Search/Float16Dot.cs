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

    /// <param name="level">Kernel to run.</param>
    /// <param name="query">D float16 values, as float32.</param>
    /// <param name="row">D.</param>
    public static float Score(SimdLevel level, ReadOnlySpan<float> query, ReadOnlySpan<Half> row) =>
        level == SimdLevel.Scalar ? ScoreScalar(query, row) : ScoreVector(query, row);

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
