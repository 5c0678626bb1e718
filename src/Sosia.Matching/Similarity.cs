using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Matching;

/// <summary>Similarity of every row of one video with every row of another; the same cell for cell on every machine.</summary>
public static class Similarity
{
    /// <summary>
    /// Bits: <c>1 - 2 * distance / 256</c>. Numbers: cosine of the float16 rows, summed in float32 in one fixed order, cut to [-1, 1].
    /// </summary>
    /// <param name="query">N rows.</param>
    /// <param name="reference">M rows of the same kind and dimension.</param>
    /// <returns>N x M.</returns>
    /// <exception cref="ArgumentException">The kinds or the dimensions differ.</exception>
    public static SimilarityMatrix Matrix(VectorRows query, VectorRows reference)
    {
        if (query.Kind != reference.Kind || query.Dimension != reference.Dimension)
        {
            throw new ArgumentException(
                $"cannot compare {query.Kind} of {query.Dimension} with {reference.Kind} of {reference.Dimension} dimensions", nameof(reference));
        }

        var cells = new float[checked(query.Count * reference.Count)];
        if (query.Kind == VectorKind.Bits256)
        {
            Hamming(query.Bits.Span, reference.Bits.Span, cells);
        }
        else
        {
            Cosine(ToSingle(query.Float16.Span), ToSingle(reference.Float16.Span), query.Dimension, cells);
        }

        return new SimilarityMatrix(cells, query.Count, reference.Count);
    }

    /// <summary>Similarity of two rows, as <see cref="Matrix"/> has it.</summary>
    /// <param name="a">Rows.</param>
    /// <param name="i">Row of <paramref name="a"/>.</param>
    /// <param name="b">Rows of the same kind and dimension.</param>
    /// <param name="j">Row of <paramref name="b"/>.</param>
    public static float Of(VectorRows a, int i, VectorRows b, int j) => Matrix(a.Slice(i, 1), b.Slice(j, 1))[0, 0];

    private static void Hamming(ReadOnlySpan<byte> query, ReadOnlySpan<byte> reference, Span<float> cells)
    {
        const int Words = VectorRows.BitRowBytes / sizeof(ulong);
        var queryWords = MemoryMarshal.Cast<byte, ulong>(query);
        var referenceWords = MemoryMarshal.Cast<byte, ulong>(reference);
        var cell = 0;
        for (var q = 0; q < queryWords.Length; q += Words)
        {
            var (a, b, c, d) = (queryWords[q], queryWords[q + 1], queryWords[q + 2], queryWords[q + 3]);
            for (var r = 0; r < referenceWords.Length; r += Words)
            {
                var distance = BitOperations.PopCount(a ^ referenceWords[r]) + BitOperations.PopCount(b ^ referenceWords[r + 1])
                    + BitOperations.PopCount(c ^ referenceWords[r + 2]) + BitOperations.PopCount(d ^ referenceWords[r + 3]);
                cells[cell++] = 1f - (2f * distance / 256f);
            }
        }
    }

    private static void Cosine(ReadOnlySpan<float> query, ReadOnlySpan<float> reference, int dimension, Span<float> cells)
    {
        const int Tile = 64; // references that stay in the cache while all queries pass
        var columns = reference.Length / dimension;
        for (var tile = 0; tile < columns; tile += Tile)
        {
            for (var q = 0; q < query.Length / dimension; q++)
            {
                var row = query.Slice(q * dimension, dimension);
                for (var r = tile; r < Math.Min(tile + Tile, columns); r++)
                {
                    cells[(q * columns) + r] = Math.Clamp(Dot(row, reference.Slice(r * dimension, dimension)), -1f, 1f);
                }
            }
        }
    }

    /// <summary>Four sums of eight lanes whatever the processor, no fused multiply-add: so that every machine gives the same.</summary>
    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x = MemoryMarshal.Cast<float, Vector256<float>>(a);
        var y = MemoryMarshal.Cast<float, Vector256<float>>(b);
        var (s0, s1, s2, s3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var i = 0;
        for (; i <= x.Length - 4; i += 4)
        {
            s0 += x[i] * y[i];
            s1 += x[i + 1] * y[i + 1];
            s2 += x[i + 2] * y[i + 2];
            s3 += x[i + 3] * y[i + 3];
        }

        for (; i < x.Length; i++)
        {
            s0 += x[i] * y[i];
        }

        var eight = s0 + s1 + (s2 + s3);
        var four = eight.GetLower() + eight.GetUpper();
        var sum = four[0] + four[1] + (four[2] + four[3]);
        for (var tail = x.Length * Vector256<float>.Count; tail < a.Length; tail++)
        {
            sum += a[tail] * b[tail];
        }

        return sum;
    }

    private static float[] ToSingle(ReadOnlySpan<Half> rows)
    {
        var single = new float[rows.Length];
        TensorPrimitives.ConvertToSingle(rows, single);
        return single;
    }
}
