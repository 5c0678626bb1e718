using System.Runtime.InteropServices;
using Xunit;

namespace Sosia.Matching.Tests;

/// <summary>Each vector kernel against its scalar twin.</summary>
public class SearchKernelTests
{
    public static TheoryData<int> Dimensions => [1, 7, 15, 16, 17, 31, 32, 33, 64, 95, 96, 100, 127, 128, 129, 160, 256, 300, 512, 768, 1000];

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Float16_scores_are_equal_bits(int dimension)
    {
        var random = new Random(dimension);
        foreach (var shape in SearchCases.Shapes)
        {
            var rows = Quantiser.Rows(dimension, SearchCases.Values(random, shape, 20, dimension));
            for (var row = 1; row < rows.Count; row++)
            {
                var query = MemoryMarshal.ToEnumerable(rows.Float16[..dimension]).Select(static value => (float)value).ToArray();
                var x = rows.Float16.Span.Slice(row * dimension, dimension);
                var scalar = Float16Dot.Score(SimdLevel.Scalar, query, x);

                Assert.Equal(BitConverter.SingleToUInt32Bits(scalar), BitConverter.SingleToUInt32Bits(Float16Dot.Score(Simd.Best, query, x)));
                Assert.Equal(SearchCases.Score(rows, 0, rows, row), scalar);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Every_finite_float16_is_widened_exactly(int dimension)
    {
        var query = new float[dimension];
        query[dimension - 1] = 1;
        for (var bits = dimension - 1; bits <= ushort.MaxValue; bits += dimension)
        {
            var row = new Half[dimension];
            row[^1] = BitConverter.UInt16BitsToHalf((ushort)bits);
            if (Half.IsFinite(row[^1]))
            {
                Assert.Equal((float)row[^1], Float16Dot.Score(Simd.Best, query, row));
            }
        }
    }

    /// <summary>Rows of every byte, -128 too, and queries as full as their lanes allow: the sums in 16 bits come to their ends.</summary>
    [Theory]
    [MemberData(nameof(Dimensions))]
    public void Integer_dots_are_equal(int dimension)
    {
        var random = new Random(dimension);
        foreach (var shape in SearchCases.Shapes)
        {
            var queries = Quantiser.Rows(dimension, SearchCases.Values(random, shape, 4, dimension));
            var scans = Enumerable.Range(0, 4).Select(query => new ScanQuery(queries.Float16.Span.Slice(query * dimension, dimension))).ToArray();
            var rows = new sbyte[9 * dimension];
            random.NextBytes(MemoryMarshal.AsBytes(rows.AsSpan()));
            rows.AsSpan(0, dimension).Fill(sbyte.MaxValue);
            rows.AsSpan(dimension, dimension).Fill(sbyte.MinValue);
            for (var column = 0; column < dimension; column++)
            {
                rows[(2 * dimension) + column] = queries.Int8.Span[column] > 0 ? sbyte.MaxValue : sbyte.MinValue;
                rows[(3 * dimension) + column] = queries.Int8.Span[column] > 0 ? sbyte.MinValue : sbyte.MaxValue;
            }

            foreach (var width in new[] { 1, 4 })
            {
                var steps = Int8Dot.Steps(dimension);
                var levels = new sbyte[steps * width * Int8Dot.Step];
                for (var place = 0; place < levels.Length; place++)
                {
                    var (step, query, at) = (place / (width * Int8Dot.Step), place / Int8Dot.Step % width, place % Int8Dot.Step);
                    levels[place] = scans[query].Coarse.Levels[(step * Int8Dot.Step) + at];
                }

                var sums = scans.Take(width).Select(static scan => scan.Coarse.Levels.Sum(static level => level)).ToArray();
                var (scalar, simd) = (new int[9 * width], new int[9 * width]);
                Int8Dot.Tile(SimdLevel.Scalar, rows, dimension, levels, sums, scalar);
                Int8Dot.Tile(Simd.Best, rows, dimension, levels, sums, simd);
                Assert.Equal(scalar, simd);
            }

            for (var row = 0; row < 9; row++)
            {
                var x = rows.AsSpan(row * dimension, dimension);
                Assert.Equal(Int8Dot.Fine(SimdLevel.Scalar, x, scans[0].Fine.Levels), Int8Dot.Fine(Simd.Best, x, scans[0].Fine.Levels));
            }
        }
    }

    [Fact]
    public void Hamming_distances_are_equal()
    {
        var random = new Random(6);
        var words = MemoryMarshal.Cast<byte, ulong>(SearchCases.Bits(random, "cluster", 200).Bits.Span).ToArray();
        for (var farthest = -1; farthest <= 256; farthest++)
        {
            var from = random.Next(200);
            var scalar = Hamming.Next(SimdLevel.Scalar, words.AsSpan(0, 4), words, from, farthest, out var expected);
            Assert.Equal(scalar, Hamming.Next(Simd.Best, words.AsSpan(0, 4), words, from, farthest, out var distance));
            Assert.Equal(expected, distance);
        }
    }
}
