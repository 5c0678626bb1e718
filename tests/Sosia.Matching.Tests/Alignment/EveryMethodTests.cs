using Xunit;

namespace Sosia.Matching.Tests;

/// <summary>What holds for all scores and alignments alike.</summary>
public sealed class EveryMethodTests
{
    private static readonly Dictionary<string, Func<SimilarityMatrix, IReadOnlyList<AlignedPath>>> Paths = new()
    {
        ["network"] = static m => TemporalNetwork.Segments(m, TemporalNetworkParameters.ClipsOf8Seconds),
        ["network untrimmed"] = static m =>
            TemporalNetwork.Segments(m, TemporalNetworkParameters.Defaults with { MinLength = -1, Floor = PathTrim.Off }),
        ["programming"] = static m =>
            DynamicProgramming.Segments(m, new DynamicProgrammingParameters { MinSimilarity = 1.2f, MeanSimilarity = 1, MinLength = 0 }),
        ["warping"] = static m => DynamicTimeWarping.Segments(m, new DynamicTimeWarpingParameters { MinLength = 0, MinSimilarity = -1 }),
    };

    private static readonly Dictionary<string, Func<SimilarityMatrix, double>> Scores = new()
    {
        ["chamfer"] = Chamfer.Score,
        ["reverse"] = Chamfer.Reverse,
        ["symmetric"] = Chamfer.Symmetric,
        ["top 3"] = static m => Chamfer.TopK(m, 3),
        ["best 40 %"] = static m => Chamfer.BestFraction(m, 0.4),
        ["max"] = Chamfer.Max,
    };

    [Fact]
    public void NoneChangesItsInput() => Matrices.ForAll(matrix =>
    {
        var before = (float[])matrix.Cells.Clone();
        RunAll(matrix);
        Assert.Equal(before, matrix.Cells);
    });

    [Fact]
    public void OddShapesGiveNumbersAndBoxesInside()
    {
        foreach (var matrix in Matrices.Odd())
        {
            RunAll(matrix);
        }
    }

    [Fact]
    public void PathsLieInTheMatrixAndGoForward() => Matrices.ForAll(RunAll, most: 12);

    [Fact]
    public void WithoutCellsNothingIsFound()
    {
        var empty = Matrices.Filled(0, 4, 0);
        Assert.All(Paths.Values, method => Assert.Empty(method(empty)));
        Assert.All(Scores.Values, score => Assert.Equal(0, score(empty)));
        Assert.Empty(TemporalHough.Votes(empty, TemporalHoughParameters.Defaults));
    }

    private static void RunAll(SimilarityMatrix matrix)
    {
        foreach (var score in Scores.Values)
        {
            Assert.InRange(score(matrix), -1, 1);
        }

        foreach (var path in Paths.Values.SelectMany(method => method(matrix)))
        {
            RequireSound(matrix, path);
        }

        foreach (var vote in TemporalHough.Votes(matrix, TemporalHoughParameters.Defaults))
        {
            Assert.True(float.IsFinite(vote.Score));
            Assert.Equal(vote.Box.Q1 - vote.Box.Q0, vote.Box.R1 - vote.Box.R0);
        }
    }

    private static void RequireSound(SimilarityMatrix matrix, AlignedPath path)
    {
        Assert.InRange(path.Score, -1, 1);
        Assert.Equal((path.Points[0].Q, path.Points[0].R), (path.Box.Q0, path.Box.R0));
        Assert.Equal((path.Points[^1].Q, path.Points[^1].R), (path.Box.Q1, path.Box.R1));
        for (var i = 0; i < path.Points.Count; i++)
        {
            Assert.InRange(path.Points[i].Q, i == 0 ? 0 : path.Points[i - 1].Q, matrix.Rows - 1);
            Assert.InRange(path.Points[i].R, i == 0 ? 0 : path.Points[i - 1].R, matrix.Columns - 1);
        }
    }
}
