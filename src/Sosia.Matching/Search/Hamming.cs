using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Matching;

/// <summary>Distances of rows of 256 bits.</summary>
internal static class Hamming
{
    private const int Words = 4;

    /// <summary><c>1 - 2 * distance / 256</c>, exactly.</summary>
    public static float Similarity(int distance) => 1 - (distance / 128f);

    /// <summary>Number of bits that differ: the definition.</summary>
    public static int Distance(ReadOnlySpan<ulong> a, ReadOnlySpan<ulong> b)
    {
        var distance = 0;
        for (var word = 0; word < Words; word++)
        {
            distance += BitOperations.PopCount(a[word] ^ b[word]);
        }

        return distance;
    }

    /// <summary>The next row, from <paramref name="from"/> on, at most <paramref name="farthest"/> away; -1 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Next(SimdLevel level, ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, int from, int farthest, out int distance)
    {
        if (level == SimdLevel.Scalar)
        {
            return NextScalar(query, rows, from, farthest, out distance);
        }

        ref var x = ref MemoryMarshal.GetReference(rows);
        var (q0, q1, q2, q3) = (query[0], query[1], query[2], query[3]);
        for (var row = from; row < rows.Length / Words; row++)
        {
            ref var at = ref Unsafe.Add(ref x, row * Words);
            distance = BitOperations.PopCount(at ^ q0) + BitOperations.PopCount(Unsafe.Add(ref at, 1) ^ q1)
                + (BitOperations.PopCount(Unsafe.Add(ref at, 2) ^ q2) + BitOperations.PopCount(Unsafe.Add(ref at, 3) ^ q3));
            if (distance <= farthest)
            {
                return row;
            }
        }

        distance = 0;
        return -1;
    }

    private static int NextScalar(ReadOnlySpan<ulong> query, ReadOnlySpan<ulong> rows, int from, int farthest, out int distance)
    {
        for (var row = from; row < rows.Length / Words; row++)
        {
            distance = Distance(query, rows.Slice(row * Words, Words));
            if (distance <= farthest)
            {
                return row;
            }
        }

        distance = 0;
        return -1;
    }
}
