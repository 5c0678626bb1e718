using Xunit;

namespace Sosia.Matching.Tests;

public sealed class TemporalHoughTests
{
    [Fact]
    public void EveryDiagonalScoresItsVotingCells() => Matrices.ForAll(
        matrix =>
        {
            var votes = TemporalHough.Votes(matrix, new TemporalHoughParameters { MinSimilarity = 0.2f, MaxIou = 1 });
            var sums = from q in Enumerable.Range(0, matrix.Rows)
                       from r in Enumerable.Range(0, matrix.Columns)
                       where matrix[q, r] >= 0.2f
                       group (double)matrix[q, r] by r - q into diagonal
                       select (diagonal.Key, Math.Round(diagonal.Sum(), 4));
            Assert.Equal(sums.Order(), votes.Select(static v => (v.Offset, Math.Round(v.Score, 4))).Order());
            Assert.Equal(votes.OrderByDescending(static v => v.Score), votes);
        });

    [Fact]
    public void TheBestVoteIsThePlantedOffset()
    {
        var matrix = Matrices.Noise(new Random(3), 40, 50, -0.15f, 0.2f);
        Matrices.Plant(matrix, 5, 17, length: 12);
        var best = TemporalHough.Votes(matrix, new TemporalHoughParameters { MinSimilarity = 0.3f })[0];
        Assert.Equal(12, best.Offset);
        Assert.Equal(new Box(0, 12, 37, 49), best.Box); // all of the diagonal
    }

    [Fact]
    public void LooksAtNoMoreThanItsPeaks() =>
        Assert.Equal(3, TemporalHough.Votes(Matrices.Filled(9, 9, 1), new TemporalHoughParameters { MaxPeaks = 3 }).Count);
}
