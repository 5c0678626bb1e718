using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Matching.Tests;

public sealed class SlopeFitTests
{
    [Fact]
    public void ALineIsFoundExactly()
    {
        var lines =
            from speed in Gen.Choose(25, 400)
            from offset in Gen.Choose(-1000, 1000)
            from count in Gen.Choose(2, 60)
            select (speed / 100.0, offset / 10.0, count);
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll(lines.ToArbitrary(), line =>
        {
            var (speed, offset, count) = line;
            var x = Enumerable.Range(0, count).Select(static i => (double)i).ToArray();
            var fit = SlopeFit.Of(x, Array.ConvertAll(x, at => offset + (speed * at)));
            Assert.NotNull(fit);
            Assert.Equal(speed, fit.Value.Speed, tolerance: 1e-9);
            Assert.Equal(offset, fit.Value.Offset, tolerance: 1e-6);
        }));
    }

    [Fact]
    public void ALongPathIsThinnedNotCut()
    {
        // The second half runs at another speed: a fit that saw only one half would say 1 or 3.
        var x = Enumerable.Range(0, 2000).Select(static i => (double)i).ToArray();
        var y = Array.ConvertAll(x, static at => at < 1000 ? at : (3 * at) - 2000);
        Assert.InRange(SlopeFit.Of(x, y)!.Value.Speed, 1.5, 2.5);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.02)]
    [InlineData(1.25)]
    [InlineData(2.0)]
    [InlineData(0.5)]
    [InlineData(0.96)]
    public void JitterAndWholeStepsMoveTheSpeedLittle(double speed)
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var x = Enumerable.Range(0, 60).Where(_ => random.NextDouble() < 0.8).Select(static i => (double)i).ToArray();
            var y = Array.ConvertAll(x, at => Math.Round(30 + (speed * at) + random.NextDouble() - 0.5));
            Assert.InRange(SlopeFit.Of(x, y)!.Value.Speed, speed - 0.025, speed + 0.025);
        }
    }

    [Fact]
    public void AFifthOfWrongPointsDoesNotMatter()
    {
        var random = new Random(3);
        var x = Enumerable.Range(0, 100).Select(static i => (double)i).ToArray();
        var y = Array.ConvertAll(x, at => 5 + (1.5 * at) + (at % 5 == 0 ? 40 * random.NextDouble() : 0.02 * random.NextDouble()));
        var fit = SlopeFit.Of(x, y)!.Value;
        Assert.Equal(1.5, fit.Speed, tolerance: 1e-2);
        Assert.Equal(5, fit.Offset, tolerance: 1e-1);
        Assert.Equal(fit.Offset + (10 * fit.Speed), fit.At(10), tolerance: 1e-9);
    }

    [Fact]
    public void WithoutTwoQueryTimesNothingIsKnown()
    {
        Assert.Null(SlopeFit.Of([], []));
        Assert.Null(SlopeFit.Of([3], [4]));
        Assert.Null(SlopeFit.Of([3, 3, 3], [4, 5, 6]));
        Assert.Throws<ArgumentException>(() => SlopeFit.Of([1, 2], [1]));
    }

    [Fact]
    public void APathIsMeasuredInTheSecondsOfItsClips()
    {
        var query = Enumerable.Range(0, 20).Select(static i => new ClipSpan(i, i + 1, 90)).ToArray();
        var reference = Enumerable.Range(0, 20).Select(static i => new ClipSpan(2 * i, 2 * (i + 1), 90)).ToArray();
        var path = Enumerable.Range(2, 10).Select(static i => new PathPoint(i, i + 3)).ToList();
        var fit = SlopeFit.Of(path, query, reference)!.Value;
        Assert.Equal(2, fit.Speed, tolerance: 1e-9);
        Assert.Equal(6, fit.Offset, tolerance: 1e-9);
    }
}
