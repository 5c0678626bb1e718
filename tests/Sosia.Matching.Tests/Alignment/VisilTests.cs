using Xunit;

namespace Sosia.Matching.Tests;

/// <summary><see cref="RegionSimilarity"/>, <see cref="VisilHead"/> and <see cref="VisilLoss"/>, beyond their vectors.</summary>
public sealed class VisilTests
{
    [Fact]
    public void OneRegionAFrameIsThePlainMatrix()
    {
        var (query, reference) = (Video(1, 3, 1), Video(2, 4, 1));
        var matrix = RegionSimilarity.Asymmetric(query, reference);
        for (var i = 0; i < 12; i++)
        {
            var expected = Enumerable.Range(0, 5).Sum(d => query[i / 4, 0][d] * reference[i % 4, 0][d]);
            Assert.Equal(expected, matrix.Cells[i], tolerance: 1e-5);
        }
    }

    [Fact]
    public void SymmetricFormIsTheTransposeOfTheExchanged()
    {
        var (query, reference) = (Video(1, 3, 2), Video(2, 4, 3));
        var back = RegionSimilarity.Symmetric(reference, query).Transposed().Cells;
        var there = RegionSimilarity.Symmetric(query, reference).Cells;
        Assert.All(there.Zip(back), static pair => Assert.Equal(pair.First, pair.Second, tolerance: 1e-5));
        Assert.Throws<ArgumentException>(() => RegionSimilarity.Asymmetric(query, reference with { Dimension = 4, Values = new float[48] }));
    }

    [Fact]
    public void AShortVideoIsDoubledUntilItHasFourFrames()
    {
        var head = Head();
        var (one, other) = (Video(1, 1, 3), Video(2, 9, 3));
        var four = one with { Values = [.. one.Values, .. one.Values, .. one.Values, .. one.Values], Frames = 4 };
        Assert.Equal(head.Score(four, other), head.Score(one, other), tolerance: 1e-6);
        Assert.InRange(head.Score(one, one), -1, 1);
        Assert.Throws<ArgumentException>(() => head.Score(one with { Values = [], Frames = 0 }, other));
    }

    [Fact]
    public void AConvolutionOfTheCentreKeepsThePicture()
    {
        var picture = new FeatureMap([1, -2, 3, 4, 5, -6], 1, 2, 3);
        float[] centre = [0, 0, 0, 0, 1, 0, 0, 0, 0];
        float[] above = [0, 1, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal([1.5f, -1.5f, 3.5f, 4.5f, 5.5f, -5.5f], new Convolution(centre, [0.5f], 3).Apply(picture).Values);
        Assert.Equal([1, -2, 3, 1, -2, 3], new Convolution(above, [0], 3).Apply(picture).Values); // the first row is replicated above itself
        Assert.Equal([1, 0, 3, 4, 5, 0], picture.Rectified().Values);
        Assert.Equal([5], picture.Pooled().Values);
        Assert.Throws<ArgumentException>(() => new Convolution(centre, [0, 0], 3).Apply(picture));
    }

    [Fact]
    public void LossGradientsAreSlopes()
    {
        var random = new Random(5);
        var (positive, negative, filtered) = (
            Matrices.Noise(random, 1, 6, -1, 1).Cells, Matrices.Noise(random, 1, 6, -1, 1).Cells, Matrices.Noise(random, 3, 4, -2, 2).Cells);
        var loss = VisilLoss.Of(positive, negative, filtered, weight: 0.1f);
        Assert.Equal(loss.Triplet + (0.1 * loss.Regulariser), loss.Total, tolerance: 1e-6);
        RequireSlope(positive, loss.PositiveGradient, x => VisilLoss.Of(x, negative, filtered, 0.1f).Total);
        RequireSlope(negative, loss.NegativeGradient, x => VisilLoss.Of(positive, x, filtered, 0.1f).Total);
        RequireSlope(filtered, loss.FilteredGradient, x => VisilLoss.Of(positive, negative, x, 0.1f).Total);
        Assert.Throws<ArgumentException>(() => VisilLoss.Of(positive, negative.AsSpan(1), filtered, 0.1f));
    }

    private static void RequireSlope(float[] at, float[] gradient, Func<float[], double> loss)
    {
        for (var i = 0; i < at.Length; i++)
        {
            float[] up = [.. at], down = [.. at];
            up[i] += 1e-3f;
            down[i] -= 1e-3f;
            Assert.Equal((loss(up) - loss(down)) / 2e-3, gradient[i], tolerance: 1e-3);
        }
    }

    private static RegionVectors Video(int seed, int frames, int regions) =>
        new(Matrices.Noise(new Random(seed), frames * regions, 5, -0.5f, 0.5f).Cells, frames, regions, 5);

    private static VisilHead Head()
    {
        var random = new Random(9);
        return new VisilHead(new VisilHeadState([0.6f, 0, 0.8f, 0, 0], Layer(1, 32, 3), Layer(32, 64, 3), Layer(64, 128, 3), Layer(128, 1, 1)));

        Convolution Layer(int from, int to, int size) => new(
            Matrices.Noise(random, to, from * size * size, -0.1f, 0.1f).Cells, Matrices.Noise(random, 1, to, -0.1f, 0.1f).Cells, size);
    }
}
