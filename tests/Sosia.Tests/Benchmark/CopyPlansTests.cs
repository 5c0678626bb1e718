using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Benchmark;

/// <summary>Which copies are made: drawn, fair, and each on its own.</summary>
public sealed class CopyPlansTests
{
    private static readonly BenchmarkMakeOptions Options = new("out");

    private static readonly Original[] Originals =
        [.. Enumerable.Range(0, 30).Select(i => new Original($"/v/{i:00}.mp4", $"{i:00}.mp4", 320, 180, 2 + (i * 3.7), 1000))];

    [Fact]
    public void ACopyDependsOnSeedNumberAndOriginalsAlone()
    {
        var (plans, again) = (new CopyPlans(Originals, Options), new CopyPlans(Originals, Options with { Jobs = 7, Folder = "elsewhere" }));
        foreach (var number in new[] { 41, 3, 88, 0 })
        {
            Assert.Equal(plans[number].Plan.Graph, again[number].Plan.Graph);
            Assert.Equal(plans[number].Plan.Truth, again[number].Plan.Truth);
        }

        var other = new CopyPlans(Originals, Options with { Seed = 2 });
        Assert.NotEqual(Enumerable.Range(0, plans.Count).Select(n => plans[n].File), Enumerable.Range(0, plans.Count).Select(n => other[n].File));
    }

    // Numbers of any machine and version: a benchmark that was made once can be made again.
    [Fact]
    public void TheDrawsOfASeedStayWhatTheyAre()
    {
        var plans = new CopyPlans(Originals, Options with { Seed = 7 });
        Assert.Equal("crop scale drop colour rot3 trim", string.Join(' ', Enumerable.Range(0, 6).Select(n => plans[n].Edits)));
    }

    [Fact]
    public void EveryEditIsDrawnAboutEquallyOften()
    {
        var plans = new CopyPlans(Originals, Options with { PerVideo = 4 });
        var counts = Enumerable.Range(0, plans.Count).GroupBy(n => plans[n].Edits.Split(':')[0]).Select(g => g.Count()).ToArray();
        Assert.Equal(Edits.All.Count, counts.Length);
        Assert.InRange(counts.Max() - counts.Min(), 0, 1);
    }

    [Fact]
    public void TheTruthLiesInsideTheOriginals() => Prop.ForAll(Gen.Choose(0, 1 << 20).ToArbitrary(), Gen.Choose(0, 89).ToArbitrary(), (seed, number) =>
    {
        var copy = new CopyPlans(Originals, Options with { Seed = seed, Longest = 20 })[number];
        return copy.Source == Originals[number / 3] && copy.Other != copy.Source && copy.Plan.Truth.All(one =>
        {
            var source = one.Source == 0 ? copy.Source : copy.Other!;
            var (low, high) = (Math.Min(one.SourceStart, one.SourceEnd), Math.Max(one.SourceStart, one.SourceEnd));
            return low >= 0 && high <= source.Seconds + 1e-6 && high - low <= 20 + 1e-6;
        });
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void StretchesHaveTheLengthsThatWereAskedFor()
    {
        var plans = new CopyPlans(Originals, Options with { Stretches = [1, 2, 4, 8, 16] });
        var lengths = new List<double>();
        for (var number = 0; number < plans.Count; number++)
        {
            var copy = plans[number];
            var words = copy.Edits.Split(':');
            Assert.Equal("stretch", words[0]);
            Assert.False(Edits.Named(words[2]).TakesTwo);
            var stretch = copy.Plan.Truth[0];
            lengths.Add(double.Parse(words[1], CultureInfo.InvariantCulture));
            Assert.Equal((0, lengths[^1], lengths[^1]), (stretch.Source, Math.Round(stretch.SourceEnd - stretch.SourceStart, 3), Math.Round(stretch.CopyEnd - stretch.CopyStart, 3)));
            Assert.True(stretch.CopyStart > 0 && copy.Plan.Truth[2].CopyEnd > stretch.CopyEnd);
            Assert.Equal($"{number:00000}-stretch-{words[1]}-{words[2]}.mp4", copy.File);
        }

        Assert.All(lengths.CountBy(one => one), one => Assert.InRange(one.Value, 10, 30));
        Assert.Throws<InvalidDataException>(() => new CopyPlans(Originals, Options with { Stretches = [16] })[0]);
    }

    [Fact]
    public void AVideoAloneIsMixedWithNothing()
    {
        var plans = new CopyPlans([Originals[3]], Options with { PerVideo = 200 });
        Assert.All(Enumerable.Range(0, plans.Count), number => Assert.Null(plans[number].Other));
        Assert.Equal(0, new CopyPlans([Originals[3]], Options with { Edits = ["splice"] }).Count);
        Assert.Equal(0, new CopyPlans([Originals[3]], Options with { Stretches = [1] }).Count);
    }

    [Fact]
    public void ACopyThatBecameShorterIsToldSo()
    {
        var plans = new CopyPlans(Originals, Options with { Edits = ["crop"] });
        Assert.Equal("00000-crop.mp4,0.000,1.500,00.mp4,0.000,1.500,crop,1,false\r\n", CopyTruth.Rows(plans[0], 1.5));
        Assert.Equal("00000-crop.mp4,0.000,2.000,00.mp4,0.000,2.000,crop,1,false\r\n", CopyTruth.Rows(plans[0], 1.9)); // how long the last frame is shown
        var backwards = new CopyPlans(Originals, Options with { Edits = ["reverse"] });
        Assert.Equal("00000-reverse.mp4,0.000,1.500,00.mp4,1.500,0.000,reverse,-1,false\r\n", CopyTruth.Rows(backwards[0], 1.5));
        var spliced = new CopyPlans(Originals, Options with { Edits = ["splice"] })[0];
        Assert.Throws<VideoException>(() => CopyTruth.Rows(spliced, spliced.Plan.Truth.Max(one => one.CopyEnd) - 1));
    }

    [Fact]
    public void ANameWithACommaIsQuoted()
    {
        var named = Originals[0] with { Name = "a, \"b\".mp4" };
        Assert.Contains(",\"a, \"\"b\"\".mp4\",", CopyTruth.Rows(new CopyPlans([named], Options with { Edits = ["crop"] })[0], 2));
    }

    [Theory]
    [InlineData(0, 40, 4, "crop", "the number of copies")]
    [InlineData(1, 1, 4, "crop", "the longest excerpt")]
    [InlineData(1, double.NaN, 4, "crop", "the longest excerpt")]
    [InlineData(1, 40, 0, "crop", "stretches are from")]
    [InlineData(1, 40, 4, "melt", "no edit is named melt")]
    [InlineData(1, 40, 4, "speed", "cannot be edited by speed")]
    [InlineData(1, 40, 4, "splice", "cannot be edited by splice")]
    public void OptionsThatCannotBeAreNamed(int perVideo, double longest, double stretch, string edit, string fault) =>
        Assert.Contains(fault, (Options with { PerVideo = perVideo, Longest = longest, Stretches = [stretch], Edits = [edit] }).Fault);
}
