using Xunit;

namespace Sosia.Matching.Tests;

public sealed class DynamicTimeWarpingTests
{
    [Fact]
    public void CostIsTheLeastOfAllPaths() => Matrices.ForAll(
        matrix => Assert.Equal(Least(matrix, matrix.Rows - 1, matrix.Columns - 1), DynamicTimeWarping.Accumulated(matrix)[^1], tolerance: 1e-5),
        least: 1,
        most: 5);

    [Fact]
    public void ThePathIsConnectedAndCostsWhatItSays() => Matrices.ForAll(
        matrix =>
        {
            var path = DynamicTimeWarping.Path(matrix);
            Assert.Equal(new PathPoint(0, 0), path[0]);
            Assert.Equal(new PathPoint(matrix.Rows - 1, matrix.Columns - 1), path[^1]);
            var steps = path.Zip(path.Skip(1), static (a, b) => (b.Q - a.Q, b.R - a.R));
            Assert.All(steps, static step => Assert.True(step is (1, 1) or (1, 0) or (0, 1)));
            Assert.Equal(DynamicTimeWarping.Accumulated(matrix)[^1], path.Sum(p => 1.0 - matrix[p.Q, p.R]), tolerance: 1e-5);
        },
        least: 1);

    [Fact]
    public void CostIsTheSameInBothDirections() => Matrices.ForAll(
        matrix => Assert.Equal(
            DynamicTimeWarping.Accumulated(matrix)[^1], DynamicTimeWarping.Accumulated(matrix.Transposed())[^1], tolerance: 1e-5),
        least: 1);

    [Fact]
    public void FindsACopyAndTrimsItsEnds()
    {
        var matrix = Matrices.Noise(new Random(4), 30, 40, -0.15f, 0.2f);
        Matrices.Plant(matrix, 8, 14, length: 16);
        var path = Assert.Single(DynamicTimeWarping.Segments(matrix, new DynamicTimeWarpingParameters { Floor = 0.3f }));
        Assert.Equal(new Box(8, 14, 23, 29), path.Box);
    }

    private static double Least(SimilarityMatrix matrix, int i, int j)
    {
        var own = 1.0 - matrix[i, j];
        return (i, j) switch
        {
            (0, 0) => own,
            (0, _) => own + Least(matrix, 0, j - 1),
            (_, 0) => own + Least(matrix, i - 1, 0),
            _ => own + Math.Min(Least(matrix, i - 1, j - 1), Math.Min(Least(matrix, i - 1, j), Least(matrix, i, j - 1))),
        };
    }
}
