using Xunit;

namespace Sosia.Matching.Tests;

public sealed class SimilarityTests
{
    [Fact]
    public void BitsCountTheDifferent()
    {
        var random = new Random(1);
        var (query, reference) = (new byte[3 * 32], new byte[5 * 32]);
        random.NextBytes(query);
        random.NextBytes(reference);
        query.AsSpan(0, 32).CopyTo(reference); // the same
        for (var i = 0; i < 32; i++)
        {
            reference[32 + i] = (byte)~query[i]; // the opposite
        }

        var matrix = Similarity.Matrix(VectorRows.OfBits(query), VectorRows.OfBits(reference));
        Assert.Equal((3, 5), (matrix.Rows, matrix.Columns));
        Assert.Equal([1, -1], matrix.Cells[..2]);
        for (var cell = 0; cell < 15; cell++)
        {
            var distance = Enumerable.Range(0, 32).Sum(i => byte.PopCount((byte)(query[(cell / 5 * 32) + i] ^ reference[(cell % 5 * 32) + i])));
            Assert.Equal(1 - (distance / 128f), matrix.Cells[cell]);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(37)]
    [InlineData(256)]
    [InlineData(771)]
    public void NumbersGiveTheCosine(int dimension)
    {
        var (query, reference) = (Rows(1, 5, dimension), Rows(2, 70, dimension));
        var matrix = Similarity.Matrix(query, reference);
        for (var cell = 0; cell < matrix.Cells.Length; cell++)
        {
            var (q, r) = (cell / 70, cell % 70);
            var exact = 0.0;
            for (var d = 0; d < dimension; d++)
            {
                exact += (double)query.Float16.Span[(q * dimension) + d] * (double)reference.Float16.Span[(r * dimension) + d];
            }

            Assert.Equal(Math.Clamp(exact, -1, 1), matrix[q, r], tolerance: 1e-5);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(37)]
    [InlineData(256)]
    public void NumbersAreTheScoresOfTheSearchToTheBit(int dimension)
    {
        var (query, reference) = (Rows(1, 5, dimension), Rows(2, 71, dimension));
        var matrix = Similarity.Matrix(query, reference);
        for (var q = 0; q < query.Count; q++)
        {
            var row = query.Float16.Span.Slice(q * dimension, dimension).ToArray().Select(static half => (float)half).ToArray();
            for (var r = 0; r < reference.Count; r++)
            {
                var score = Float16Dot.Score(SimdLevel.Scalar, row, reference.Float16.Span.Slice(r * dimension, dimension));
                Assert.Equal(Math.Clamp(score, -1, 1), matrix[q, r]);
                Assert.Equal(matrix[q, r], Similarity.Of(query, q, reference, r));
            }
        }
    }

    [Fact]
    public void ExchangedVideosGiveTheSameNumbersToTheBit()
    {
        var (query, reference) = (Rows(1, 9, 100), Rows(2, 70, 100));
        Assert.Equal(Similarity.Matrix(query, reference).Cells, Similarity.Matrix(reference, query).Transposed().Cells);
    }

    [Fact]
    public void AVideoWithoutClipsGivesNoCells() =>
        Assert.Equal((0, 4), (Similarity.Matrix(Rows(1, 0, 8), Rows(2, 4, 8)).Rows, Similarity.Matrix(Rows(1, 0, 8), Rows(2, 4, 8)).Columns));

    [Fact]
    public void RefusesOtherKindsAndDimensions()
    {
        Assert.Throws<ArgumentException>(() => Similarity.Matrix(Rows(1, 2, 8), Rows(1, 2, 9)));
        Assert.Throws<ArgumentException>(() => Similarity.Matrix(Rows(1, 2, 256), VectorRows.OfBits(new byte[32])));
    }

    private static VectorRows Rows(int seed, int count, int dimension)
    {
        var random = new Random(seed);
        var rows = new Half[count * dimension];
        for (var row = 0; row < count; row++)
        {
            var values = Enumerable.Range(0, dimension).Select(_ => random.NextDouble() - 0.5).ToArray();
            var norm = Math.Sqrt(values.Sum(static v => v * v));
            for (var d = 0; d < dimension; d++)
            {
                rows[(row * dimension) + d] = (Half)(values[d] / norm);
            }
        }

        return VectorRows.OfQuantised(dimension, rows, new sbyte[rows.Length], new float[count], new float[count]);
    }
}
