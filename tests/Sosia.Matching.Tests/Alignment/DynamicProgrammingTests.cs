using Xunit;

namespace Sosia.Matching.Tests;

public sealed class DynamicProgrammingTests
{
    private static readonly DynamicProgrammingParameters Strict = new() { MinSimilarity = 1.25f, MeanSimilarity = 1.3f };

    [Fact]
    public void WithoutALimitTheScoreIsTheBestWayFromTheBorder() => Matrices.ForAll(
        matrix =>
        {
            var tables = DynamicProgramming.Tables(matrix, int.MaxValue, 0);
            for (var cell = 0; cell < matrix.Cells.Length; cell++)
            {
                Assert.Equal(Best(matrix, cell / matrix.Columns, cell % matrix.Columns), tables.Score[cell], tolerance: 1e-5);
            }
        },
        most: 5);

    [Fact]
    public void TablesOfTheTransposeAreTheTransposed() => Matrices.ForAll(matrix =>
    {
        var there = DynamicProgramming.Tables(matrix, int.MaxValue, 0).Score;
        var back = DynamicProgramming.Tables(matrix.Transposed(), int.MaxValue, 0).Score;
        for (var cell = 0; cell < there.Length; cell++)
        {
            Assert.Equal(there[cell], back[(cell % matrix.Columns * matrix.Rows) + (cell / matrix.Columns)], tolerance: 1e-5);
        }
    });

    [Fact]
    public void ARunOfUnmatchedCellsBeginsAnew()
    {
        var matrix = new SimilarityMatrix([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 4, 4);
        var tables = DynamicProgramming.Tables(matrix, 1, 1.5f);
        Assert.Equal([0, 1, 2], [tables.Unmatched[0], tables.Unmatched[5], tables.Unmatched[10]]);
        Assert.Equal(DynamicProgrammingStep.Diagonal, tables.Steps[5]);
        Assert.Equal(DynamicProgrammingStep.Start, tables.Steps[10]);
        Assert.Equal(1, tables.Score[10], tolerance: 1e-6);
    }

    [Fact]
    public void FindsReorderedPartsAndTrimsTheirEnds()
    {
        var matrix = Matrices.Noise(new Random(6), 40, 40, -0.15f, 0.2f);
        Matrices.Plant(matrix, 2, 22, length: 12);
        Matrices.Plant(matrix, 20, 4, length: 14);
        var boxes = DynamicProgramming.Segments(matrix, Strict).Select(static p => p.Box);
        Assert.Equal([new Box(20, 4, 33, 17), new Box(2, 22, 13, 33)], boxes);
    }

    [Fact]
    public void UnrelatedVideosShareNothing() =>
        Assert.Empty(DynamicProgramming.Segments(Matrices.Noise(new Random(9), 50, 50, -0.15f, 0.2f), Strict));

    private static double Best(SimilarityMatrix matrix, int i, int j)
    {
        var s = matrix[i, j] + 1f;
        return i == 0 || j == 0 ? s : Math.Max(Best(matrix, i - 1, j - 1) + s, Math.Max(Best(matrix, i - 1, j), Best(matrix, i, j - 1)) + (s / 2));
    }
}
