using Xunit;

namespace Sosia.Matching.Tests;

public sealed class OtamTests
{
    [Fact]
    public void GradientIsTheSlope()
    {
        foreach (var (rows, columns) in new[] { (1, 1), (1, 4), (5, 1), (4, 5) })
        {
            var distance = Matrices.Noise(new Random(11), rows, columns, 0, 1.2f).Cells;
            var gradient = Otam.Gradient(distance, rows, columns);
            for (var i = 0; i < distance.Length; i++)
            {
                Assert.Equal((Sum(distance, rows, columns, i, 1e-2f) - Sum(distance, rows, columns, i, -1e-2f)) / 2e-2, gradient[i], tolerance: 1e-2);
            }
        }
    }

    [Fact]
    public void BackwardIsForwardOfTheTranspose() => Matrices.ForAll(
        matrix => Assert.Equal(
            Otam.Forward(matrix.Transposed().Cells, matrix.Columns, matrix.Rows),
            Otam.Backward(matrix.Cells, matrix.Rows, matrix.Columns), tolerance: 1e-9),
        least: 1);

    [Fact]
    public void SmallLambdaIsTheHardMinimum() => Matrices.ForAll(
        matrix => Assert.Equal(HardForward(matrix), Otam.Forward(matrix.Cells, matrix.Rows, matrix.Columns, lambda: 1e-6), tolerance: 1e-3),
        least: 1,
        low: 0);

    [Fact]
    public void LargeDistancesDoNotUnderflow()
    {
        var distance = Matrices.Filled(20, 30, 1e4f).Cells;
        Assert.True(double.IsFinite(Otam.Forward(distance, 20, 30)));
        Assert.All(Otam.Gradient(distance, 20, 30), static g => Assert.True(float.IsFinite(g)));
    }

    [Fact]
    public void RefusesWhatIsNoMatrix()
    {
        Assert.Throws<ArgumentException>(() => Otam.Forward([1, 2, 3], 2, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Otam.Forward([], 0, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => Otam.Forward([1], 1, 1, lambda: 0));
    }

    private static double Sum(float[] distance, int rows, int columns, int cell, float change)
    {
        var moved = (float[])distance.Clone();
        moved[cell] += change;
        return Otam.Forward(moved, rows, columns) + Otam.Backward(moved, rows, columns);
    }

    private static double HardForward(SimilarityMatrix distance)
    {
        return Cell(distance.Rows - 1, distance.Columns + 1);

        double Own(int l, int m) => m >= 1 && m <= distance.Columns ? distance[l, m - 1] : 0;

        double Cell(int l, int m)
        {
            if (m == 0)
            {
                return 0;
            }

            if (l == 0)
            {
                return Own(0, m) + Cell(0, m - 1);
            }

            var least = Math.Min(Cell(l - 1, m - 1), Cell(l, m - 1));
            return Own(l, m) + (m == 1 || m == distance.Columns + 1 ? Math.Min(least, Cell(l - 1, m)) : least);
        }
    }
}
