using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Matching;

/// <summary>
/// The AVX2 kernels of <see cref="Int8Dot"/>; arguments as there. Compiled fully at the first call: one search may be all that a process does.
/// </summary>
internal static unsafe class Int8DotAvx2
{
    private const int Step = Int8Dot.Step;
    private const int Group = Step * Int8Dot.GroupSteps;
    private const int Wide = Int8Dot.Wide;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TileOfFour(sbyte* rows, int count, int dimension, sbyte* queries, int* sums, int* dots, ReadOnlySpan<sbyte> next)
    {
        var offsets = Sse2.LoadVector128(sums) << 7;
        var ones = Vector256.Create((short)1);
        var flip = Vector256.Create((byte)128);
        var prefetch = new Prefetch(next, count);
        for (var row = 0; row < count; row++)
        {
            prefetch.Advance();
            var x = (byte*)rows + ((long)row * dimension);
            var end = x + dimension;
            var q = queries;
            var dot0 = Vector256<int>.Zero;
            var dot1 = Vector256<int>.Zero;
            var dot2 = Vector256<int>.Zero;
            var dot3 = Vector256<int>.Zero;
            for (; x + Group <= end; x += Group, q += Group * Wide)
            {
                var columns = Avx.LoadVector256(x) ^ flip;
                var sum0 = Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q));
                var sum1 = Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + Step));
                var sum2 = Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + (2 * Step)));
                var sum3 = Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + (3 * Step)));
                for (var step = 1; step < Int8Dot.GroupSteps; step++)
                {
                    var levels = q + (step * Step * Wide);
                    columns = Avx.LoadVector256(x + (step * Step)) ^ flip;
                    sum0 += Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(levels));
                    sum1 += Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(levels + Step));
                    sum2 += Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(levels + (2 * Step)));
                    sum3 += Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(levels + (3 * Step)));
                }

                dot0 += Avx2.MultiplyAddAdjacent(sum0, ones);
                dot1 += Avx2.MultiplyAddAdjacent(sum1, ones);
                dot2 += Avx2.MultiplyAddAdjacent(sum2, ones);
                dot3 += Avx2.MultiplyAddAdjacent(sum3, ones);
            }

            for (; x < end; x += Step, q += Step * Wide)
            {
                var columns = Avx.LoadVector256(Last(x, end)) ^ flip;
                dot0 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q)), ones);
                dot1 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + Step)), ones);
                dot2 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + (2 * Step))), ones);
                dot3 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(columns, Avx.LoadVector256(q + (3 * Step))), ones);
            }

            var four = Avx2.HorizontalAdd(Avx2.HorizontalAdd(dot0, dot1), Avx2.HorizontalAdd(dot2, dot3));
            Sse2.Store(dots + (row * Wide), four.GetLower() + four.GetUpper() - offsets);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void TileOfOne(sbyte* rows, int count, int dimension, sbyte* query, int sum, int* dots, ReadOnlySpan<sbyte> next)
    {
        var ones = Vector256.Create((short)1);
        var flip = Vector256.Create((byte)128);
        var prefetch = new Prefetch(next, count);
        for (var row = 0; row < count; row++)
        {
            prefetch.Advance();
            var x = (byte*)rows + ((long)row * dimension);
            var end = x + dimension;
            var q = query;
            var dot = Vector256<int>.Zero;
            for (; x + Group <= end; x += Group, q += Group)
            {
                var group = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x) ^ flip, Avx.LoadVector256(q));
                for (var step = 1; step < Int8Dot.GroupSteps; step++)
                {
                    group += Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x + (step * Step)) ^ flip, Avx.LoadVector256(q + (step * Step)));
                }

                dot += Avx2.MultiplyAddAdjacent(group, ones);
            }

            for (; x < end; x += Step, q += Step)
            {
                dot += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(Avx.LoadVector256(Last(x, end)) ^ flip, Avx.LoadVector256(q)), ones);
            }

            dots[row] = Vector256.Sum(dot) - (sum << 7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Fine(sbyte* row, short* query, int columns)
    {
        var dot = Vector256<int>.Zero;
        for (var i = 0; i < columns; i += 16)
        {
            dot += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(row + i), Avx.LoadVector256(query + i));
        }

        return Vector256.Sum(dot);
    }

    /// <summary>Where the step at x is read: the last columns where fewer are left.</summary>
    private static byte* Last(byte* x, byte* end) => x + Step <= end ? x : end - Step;

    /// <summary>Brings lines to the second-level cache evenly over the rows of a tile. Such an instruction never faults.</summary>
    private ref struct Prefetch(ReadOnlySpan<sbyte> lines, int rows)
    {
        private const int CacheLine = 64;

        private readonly nint stride = lines.Length / rows;
        private nint line = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(lines));
        private nint end = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(lines));

        public void Advance()
        {
            for (end += stride; line < end; line += CacheLine)
            {
                Sse.Prefetch1((void*)line);
            }
        }
    }
}
