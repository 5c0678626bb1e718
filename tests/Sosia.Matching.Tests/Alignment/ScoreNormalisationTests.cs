using Xunit;

namespace Sosia.Matching.Tests;

public sealed class ScoreNormalisationTests
{
    [Fact]
    public void AnInnerProductIsTheCosineLessTheLikenessToTheBackground()
    {
        var (background, query, reference) = (Rows(1, 20, 6), Rows(2, 5, 6), Rows(3, 4, 6));
        for (var row = 0; row < 20; row++)
        {
            background.Values[(row * 6) + 4] = 0.25f; // no variance: the one to drop
        }

        var normalisation = new ScoreNormalisation(background);
        var (q, r) = (normalisation.Query(query, beta: 1.2f), normalisation.Reference(reference));
        Assert.Equal(4, normalisation.Dropped);
        for (var i = 0; i < 20; i++)
        {
            var (a, b) = (i / 4, i % 4);
            var likeness = Enumerable.Range(0, 20).Max(g => CosineWithout(4, query[a], background[g]));
            Assert.Equal(CosineWithout(4, query[a], reference[b]) - (1.2 * likeness), Dot(q[a], r[b]), tolerance: 1e-5);
        }
    }

    [Fact]
    public void WhatResemblesTheBackgroundScoresLow()
    {
        var background = Rows(1, 30, 8);
        var normalisation = new ScoreNormalisation(background);
        var query = normalisation.Query(new DescriptorRows(background[7].ToArray(), 1, 8), beta: 1);
        Assert.Equal(-1, query.Values[^1], tolerance: 1e-5);
        Assert.Equal(0, Dot(query[0], normalisation.Reference(new DescriptorRows(background[7].ToArray(), 1, 8))[0]), tolerance: 1e-5);
    }

    [Fact]
    public void AZeroDescriptorGivesZeroAndNotNaN()
    {
        var normalisation = new ScoreNormalisation(Rows(1, 5, 4));
        Assert.Equal([0, 0, 0, 1], normalisation.Reference(new DescriptorRows(new float[4], 1, 4)).Values);
        Assert.All(normalisation.Query(new DescriptorRows(new float[4], 1, 4), 1.2f).Values, static x => Assert.Equal(0, x));
    }

    [Fact]
    public void ScoresOfVideosAreSetAgainstTheirBackground()
    {
        Assert.Equal([0.1f, -0.4f], ScoreNormalisation.Shifted([0.6f, 0.1f], [0.2f, 0.5f], 1), new Near());
        Assert.Equal([0, 2], ScoreNormalisation.ZScores([1, 5], [-1, 3]), new Near());
        Assert.Equal([0], ScoreNormalisation.ZScores([1], [1, 1]), new Near());
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        Assert.Throws<ArgumentException>(() => new ScoreNormalisation(Rows(1, 0, 4)));
        Assert.Throws<ArgumentException>(() => new ScoreNormalisation(Rows(1, 3, 1)));
        Assert.Throws<ArgumentException>(() => new ScoreNormalisation(Rows(1, 3, 4)).Query(Rows(1, 2, 5), 1));
        Assert.Throws<ArgumentException>(() => ScoreNormalisation.Shifted([1], [], 1));
    }

    private static DescriptorRows Rows(int seed, int rows, int dimension) =>
        new(Matrices.Noise(new Random(seed), rows, dimension, -1, 1).Cells, rows, dimension);

    private static double CosineWithout(int dropped, ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double ab = 0, aa = 0, bb = 0;
        for (var d = 0; d < a.Length; d++)
        {
            if (d != dropped)
            {
                (ab, aa, bb) = (ab + (a[d] * b[d]), aa + (a[d] * a[d]), bb + (b[d] * b[d]));
            }
        }

        return ab / Math.Sqrt(aa * bb);
    }

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0.0;
        for (var d = 0; d < a.Length; d++)
        {
            sum += a[d] * b[d];
        }

        return sum;
    }

    private sealed class Near : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) < 1e-5;

        public int GetHashCode(float obj) => 0;
    }
}
