using Xunit;

namespace Sosia.Matching.Tests;

public sealed class ChamferTests
{
    [Fact]
    public void ScoreIsTheMeanOfTheRowsMaxima() => Matrices.ForAll(
        matrix =>
        {
            var maxima = matrix.Cells.Chunk(matrix.Columns).Select(static row => (double)row.Max());
            Assert.Equal(maxima.Average(), Chamfer.Score(matrix), tolerance: 1e-6);
        },
        least: 1);

    [Fact]
    public void ReverseIsTheScoreOfTheTranspose() => Matrices.ForAll(matrix =>
    {
        Assert.Equal(Chamfer.Score(matrix.Transposed()), Chamfer.Reverse(matrix), tolerance: 1e-6);
        Assert.Equal(Chamfer.Symmetric(matrix.Transposed()), Chamfer.Symmetric(matrix), tolerance: 1e-6);
    });

    [Fact]
    public void FewerRowsScoreNoLess() => Matrices.ForAll(
        matrix =>
        {
            Assert.True(Chamfer.Max(matrix) >= Chamfer.TopK(matrix, 2) - 1e-6);
            Assert.True(Chamfer.TopK(matrix, 2) >= Chamfer.TopK(matrix, 3) - 1e-6);
            Assert.Equal(Chamfer.Score(matrix), Chamfer.TopK(matrix, matrix.Rows), tolerance: 1e-6);
            Assert.Equal(Chamfer.Score(matrix), Chamfer.BestFraction(matrix, 1), tolerance: 1e-6);
            Assert.Equal(Chamfer.Max(matrix), Chamfer.BestFraction(matrix, 0), tolerance: 1e-6);
        },
        least: 1);

    [Fact]
    public void TopKFindsAShortCopyInALongVideo()
    {
        var matrix = Matrices.Noise(new Random(1), 450, 40, -0.1f, 0.1f);
        Matrices.Plant(matrix, 200, 10, length: 3, value: 0.8f);
        Assert.True(Chamfer.TopK(matrix, 3) > 0.6);
        Assert.True(Chamfer.Score(matrix) < 0.2);
    }

    [Fact]
    public void GradientIsTheSlope()
    {
        var matrix = Matrices.Noise(new Random(2), 4, 5, -1, 1);
        var gradient = Chamfer.Gradient(matrix);
        for (var i = 0; i < matrix.Cells.Length; i++)
        {
            var moved = (float[])matrix.Cells.Clone();
            moved[i] += 1e-3f;
            Assert.Equal((Chamfer.Score(matrix with { Cells = moved }) - Chamfer.Score(matrix)) / 1e-3, gradient[i], tolerance: 1e-2);
        }
    }

    [Fact]
    public void PaddingTakesNoPart()
    {
        var inner = Matrices.Noise(new Random(3), 3, 4, -1, 0);
        var batch = new float[2 * 5 * 6];
        Array.Fill(batch, 9f);
        for (var q = 0; q < 3; q++)
        {
            inner.Cells.AsSpan(q * 4, 4).CopyTo(batch.AsSpan(30 + (q * 6)));
        }

        Assert.Equal(inner.Cells, Chamfer.Unpadded(batch, 1, 5, 6, 3, 4).Cells);
        Assert.Throws<ArgumentOutOfRangeException>(() => Chamfer.Unpadded(batch, 1, 5, 6, 6, 4));
    }

    [Fact]
    public void RefusesShareAndCountOutOfRange()
    {
        var matrix = Matrices.Filled(2, 2, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Chamfer.TopK(matrix, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chamfer.BestFraction(matrix, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Chamfer.BestFraction(matrix, -0.1));
    }
}
