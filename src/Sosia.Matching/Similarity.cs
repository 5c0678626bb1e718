using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Sosia.Matching;

/// <summary>Similarity of every row of one video with every row of another; the same cell for cell on every machine.</summary>
public static class Similarity
{
    /// <summary>
    /// Bits: <c>1 - 2 * distance / 256</c>. Numbers: cosine of the float16 rows, cut to [-1, 1]: to the bit the score of <see cref="ExactSearch"/>.
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
            Cosine(query.Float16.Span, reference.Float16.Span, query.Dimension, cells);
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

    private static void Cosine(ReadOnlySpan<Half> queries, ReadOnlySpan<Half> references, int dimension, Span<float> cells)
    {
        const int Tile = 64; // references that stay in the cache while all queries pass
        var query = Float16Dot.Padded(queries, dimension, out var stride).AsSpan();
        var reference = Float16Dot.Padded(references, dimension, out _).AsSpan();
        var columns = references.Length / dimension;
        for (var tile = 0; tile < columns; tile += Tile)
        {
            var count = Math.Min(Tile, columns - tile);
            var rows = reference.Slice(tile * stride, count * stride);
            for (var q = 0; q < queries.Length / dimension; q++)
            {
                Float16Dot.Scores(query.Slice(q * stride, stride), rows, cells.Slice((q * columns) + tile, count));
            }
        }

        TensorPrimitives.Clamp(cells, -1f, 1f, cells);
    }
}
