using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Sosia.Matching;

/// <summary>The AVX2 kernels of <see cref="Int8Dot"/>; arguments as there.</summary>
internal static unsafe class Int8DotAvx2
{
    private const int Step = Int8Dot.Step;
    private const int Group = Int8Dot.Step * Int8Dot.GroupSteps;
    private const int Wide = Int8Dot.Wide;

    public static void TileOfFour(sbyte* rows, int count, int dimension, sbyte* queries, int* sums, int* dots)
    {
        var offsets = Sse2.LoadVector128(sums) << 7;
        var groups = dimension / Group;
        var steps = Int8Dot.Steps(dimension);
        var ones = Vector256.Create((short)1);
        var shift = Vector256.Create((byte)128);
        for (var row = 0; row < count; row++)
        {
            var x = rows + ((long)row * dimension);
            var q = queries;
            var dot0 = Vector256<int>.Zero;
            var dot1 = Vector256<int>.Zero;
            var dot2 = Vector256<int>.Zero;
            var dot3 = Vector256<int>.Zero;
            for (var group = 0; group < groups; group++)
            {
                var part = Avx.LoadVector256((byte*)x) ^ shift;
                var sum0 = Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q));
                var sum1 = Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + Step));
                var sum2 = Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (2 * Step)));
                var sum3 = Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (3 * Step)));
                part = Avx.LoadVector256((byte*)x + Step) ^ shift;
                sum0 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (4 * Step)));
                sum1 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (5 * Step)));
                sum2 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (6 * Step)));
                sum3 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (7 * Step)));
                part = Avx.LoadVector256((byte*)x + (2 * Step)) ^ shift;
                sum0 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (8 * Step)));
                sum1 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (9 * Step)));
                sum2 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (10 * Step)));
                sum3 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (11 * Step)));
                part = Avx.LoadVector256((byte*)x + (3 * Step)) ^ shift;
                sum0 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (12 * Step)));
                sum1 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (13 * Step)));
                sum2 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (14 * Step)));
                sum3 += Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (15 * Step)));
                dot0 += Avx2.MultiplyAddAdjacent(sum0, ones);
                dot1 += Avx2.MultiplyAddAdjacent(sum1, ones);
                dot2 += Avx2.MultiplyAddAdjacent(sum2, ones);
                dot3 += Avx2.MultiplyAddAdjacent(sum3, ones);
                x += Group;
                q += Group * Wide;
            }

            for (var step = groups * Int8Dot.GroupSteps; step < steps; step++)
            {
                var part = Avx.LoadVector256((byte*)rows + ((long)row * dimension) + Int8Dot.Start(step, dimension)) ^ shift;
                dot0 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q)), ones);
                dot1 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + Step)), ones);
                dot2 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (2 * Step))), ones);
                dot3 += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q + (3 * Step))), ones);
                q += Step * Wide;
            }

            var four = Avx2.HorizontalAdd(Avx2.HorizontalAdd(dot0, dot1), Avx2.HorizontalAdd(dot2, dot3));
            Sse2.Store(dots + (row * Wide), four.GetLower() + four.GetUpper() - offsets);
        }
    }

    public static void TileOfOne(sbyte* rows, int count, int dimension, sbyte* query, int sum, int* dots)
    {
        var groups = dimension / Group;
        var steps = Int8Dot.Steps(dimension);
        var ones = Vector256.Create((short)1);
        var shift = Vector256.Create((byte)128);
        for (var row = 0; row < count; row++)
        {
            var x = (byte*)rows + ((long)row * dimension);
            var q = query;
            var dot = Vector256<int>.Zero;
            for (var group = 0; group < groups; group++)
            {
                var sum0 = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x) ^ shift, Avx.LoadVector256(q));
                var sum1 = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x + Step) ^ shift, Avx.LoadVector256(q + Step));
                var sum2 = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x + (2 * Step)) ^ shift, Avx.LoadVector256(q + (2 * Step)));
                var sum3 = Avx2.MultiplyAddAdjacent(Avx.LoadVector256(x + (3 * Step)) ^ shift, Avx.LoadVector256(q + (3 * Step)));
                dot += Avx2.MultiplyAddAdjacent(sum0 + sum1 + (sum2 + sum3), ones);
                x += Group;
                q += Group;
            }

            for (var step = groups * Int8Dot.GroupSteps; step < steps; step++)
            {
                var part = Avx.LoadVector256((byte*)rows + ((long)row * dimension) + Int8Dot.Start(step, dimension)) ^ shift;
                dot += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(part, Avx.LoadVector256(q)), ones);
                q += Step;
            }

            dots[row] = Vector256.Sum(dot) - (sum << 7);
        }
    }

    public static int Fine(sbyte* row, short* query, int columns)
    {
        var dot = Vector256<int>.Zero;
        for (var i = 0; i < columns; i += 16)
        {
            dot += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(row + i), Avx.LoadVector256(query + i));
        }

        return Vector256.Sum(dot);
    }
}
