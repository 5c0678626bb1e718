using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Sosia.Tests.Benchmark.Given;

namespace Sosia.Tests.Benchmark;

/// <summary>The measures of a benchmark on answers of which every figure can be told by hand.</summary>
public sealed class BenchmarkScoresTests
{
    [Fact]
    public void AllThatIsTrueAndNothingElseIsPerfect()
    {
        var scores = Scores([True("a", "1"), True("b", "2", edits: "mirror")], [Answer("a", "1", 2), Answer("b", "2", 1.5)], 0, 10);
        Assert.Equal((1.0, 2, 2, 0), (scores.MicroAveragePrecision, scores.All.AtPrecision, scores.AtLowerPrecision, scores.FalseShown));
        Assert.Equal([2, 2], scores.All.AtFalse);
        Assert.Equal((2, 1.5), (scores.All.Shown, scores.Threshold));
        Assert.Equal([("crop", 1, 1), ("mirror", 1, 1)], scores.Edits.Select(e => (e.Name, e.Wanted, e.AtPrecision)));
        Assert.All([scores.Segments.Precision, scores.Segments.Recall, scores.Segments.F1], share => Assert.Equal(1, share, 5));
        Assert.Equal((2, 2, 2), (scores.Edges.Stretches, scores.Edges.BothInCopy, scores.Edges.BothInOriginal));
        Assert.Equal(new EdgeError(0, 0, 1), scores.Edges.CopyStart);
    }

    [Fact]
    public void NoAnswersFindNothing()
    {
        var scores = Scores([True("a", "1")], [], 0);
        Assert.Equal((0.0, 0, 0, 0), (scores.MicroAveragePrecision, scores.All.AtPrecision, scores.AtLowerPrecision, scores.FalseShown));
        Assert.Equal([0], scores.All.AtFalse);
        Assert.Equal((1, 0, double.PositiveInfinity), (scores.All.Wanted, scores.All.Shown, scores.Threshold));
        Assert.Equal((double.NaN, 0.0), (scores.Segments.Precision, scores.Segments.Recall));
        Assert.Equal(new EdgeError(double.NaN, double.NaN, double.NaN), scores.Edges.CopyEnd);
    }

    [Fact]
    public void FalseAnswersAloneFindNothingWhateverIsAllowed()
    {
        var scores = Scores([True("a", "1")], [Answer("a", "2", 3), Answer("b", "1", 0.5)], 0, 1, 2);
        Assert.Equal((0.0, 0, 1), (scores.MicroAveragePrecision, scores.All.AtPrecision, scores.FalseShown));
        Assert.Equal([0, 0, 0], scores.All.AtFalse);
        Assert.Equal((0.0, 0.0), (scores.Segments.Precision, scores.Segments.Recall));
    }

    [Fact]
    public void TheRankingDecidesAndNotWhatIsShown()
    {
        // true, false, true: precision 1, then 2/3.
        BenchmarkAnswer[] answers = [Answer("a", "1", 0.9, shown: false), Answer("a", "2", 0.8), Answer("b", "2", 0.7, shown: true)];
        var scores = Scores([True("a", "1"), True("b", "2"), True("c", "3")], answers, 0, 1);
        Assert.Equal((1 + (2 / 3.0)) / 3, scores.MicroAveragePrecision, 12);
        Assert.Equal([1, 2], scores.All.AtFalse);
        Assert.Equal((1, 1, 1), (scores.All.AtPrecision, scores.AtLowerPrecision, scores.All.Shown));
    }

    [Fact]
    public void EqualConfidencesComeInTogether()
    {
        TrueCopy[] truth = [True("a", "1"), True("b", "2")];
        BenchmarkAnswer[] answers = [Answer("a", "1", 2), Answer("b", "2", 1), Answer("b", "3", 1)];
        var scores = Scores(truth, answers, 0, 1);
        Assert.Equal((1 + (2 / 3.0)) / 2, scores.MicroAveragePrecision, 12);
        Assert.Equal([1, 2], scores.All.AtFalse);
        Assert.Equal(1, scores.All.AtPrecision);
        Assert.Equal(scores.MicroAveragePrecision, Scores(truth, [.. answers.Reverse()]).MicroAveragePrecision);
    }

    [Fact]
    public void PrecisionMayComeBackAfterAFalseAnswer()
    {
        // One false answer first, then 99 true ones: 99 of 100 are true at the end.
        TrueCopy[] truth = [.. Enumerable.Range(0, 99).Select(i => True($"c{i}", "1"))];
        BenchmarkAnswer[] answers = [Answer("x", "2", 1000), .. truth.Select((t, i) => Answer(t.Copy, "1", 500 - i))];
        var scores = Scores(truth, answers, 0);
        Assert.Equal([0], scores.All.AtFalse);
        Assert.Equal(99, scores.All.AtPrecision);
    }

    [Fact]
    public void RowsAndAnswersOfAPairAreOne()
    {
        TrueCopy[] truth = [True("a", "1", 0, 4), True("a", "1", 6, 10)];
        BenchmarkAnswer[] answers = [Answer("a", "1", 0.4, from: 6, to: 10), Answer("a", "1", 1.2, from: 0, to: 4), Answer("a", "1", 1.1, from: 6, to: 10)];
        var pair = Assert.Single(BenchmarkPair.Of(truth, answers));
        Assert.Equal((2, 1.2, true), (pair.Truth.Count, pair.Answer!.Confidence, pair.IsShown));
        Assert.Equal([0.0, 6], pair.Answer.Segments.Select(s => s.Query.Start)); // those that are shown
        var scores = Scores(truth, answers, 0);
        Assert.Equal((1, 1, 1.0, 2), (scores.All.Wanted, scores.All.Shown, scores.MicroAveragePrecision, scores.Edges.Stretches));
        Assert.Equal(1, scores.Segments.F1, 5);
    }

    [Fact]
    public void ACopyOfTwoSourcesHasTwoTrueAnswers()
    {
        var scores = Scores([True("a", "1", 0, 4, edits: "splice"), True("a", "2", 4, 6, edits: "splice")], [Answer("a", "1", 1, from: 0, to: 4)]);
        var splice = Assert.Single(scores.Edits);
        Assert.Equal((2, 1), (splice.Wanted, splice.Shown));
        Assert.Equal([("1.5 to 3 s", 1, 0), ("3 to 6 s", 1, 1)], scores.StretchLengths.Select(l => (l.Name, l.Wanted, l.Shown)));
    }

    [Fact]
    public void AReversedStretchIsComparedWithTheSecondsThatItCovers()
    {
        var scores = Scores([True("a", "1", 0, 8, reversed: true, edits: "reverse")], [Answer("a", "1", 1, from: 0, to: 8)]);
        Assert.Equal(1, scores.Segments.F1, 5);
        Assert.Equal(0, scores.Edges.OriginalStart.Median);
    }

    [Fact]
    public void AChainCountsAsOneKind() => Assert.Equal(
        [("chain", 2)], Scores([True("a", "1", edits: "chain:trim+crop"), True("b", "1", edits: "chain:grey+blur")], []).Edits.Select(e => (e.Name, e.Wanted)));

    [Theory]
    [InlineData(1.5, "to 1.5 s")]
    [InlineData(1.6, "1.5 to 3 s")]
    [InlineData(3, "1.5 to 3 s")]
    [InlineData(6, "3 to 6 s")]
    [InlineData(12, "6 to 12 s")]
    [InlineData(12.1, "over 12 s")]
    public void AStretchBelongsToTheClassOfItsSeconds(double seconds, string name) =>
        Assert.Equal(name, Assert.Single(Scores([True("a", "1", 0, seconds)], []).StretchLengths).Name);

    [Fact]
    public void EdgesAreHeldAgainstTheSegmentThatSharesMost()
    {
        var answer = new BenchmarkAnswer("a", "1", 1, true, [Segment(20, 30, shift: 5), Segment(1, 9.5), Segment(0, 1)]);
        var edges = Scores([True("a", "1", 0, 10)], [answer]).Edges;
        Assert.Equal((1.0, 0.5), (edges.CopyStart.Median, edges.CopyEnd.Median));
        Assert.Equal((1, 1), (edges.BothInCopy, edges.BothInOriginal));
        Assert.Equal(0, Scores([True("a", "1", 0, 10)], [Answer("a", "1", 1, from: 40, to: 50)]).Edges.Stretches);
    }

    [Fact]
    public void PercentilesAreValuesThatOccur()
    {
        Assert.Equal(new EdgeError(5, 9, 0.1), EdgeError.Of(Enumerable.Range(1, 10).Select(i => (double)i).Reverse()));
        Assert.Equal(new EdgeError(0.5, 0.5, 1), EdgeError.Of([0.5]));
    }

    [Fact]
    public void MoreFalseAnswersNeverFindLess() => FsCheck.Check.One(Config.QuickThrowOnFailure, Prop.ForAll(
        Gen.Choose(0, 8).Two().Select(n => (Copy: n.Item1, Score: n.Item2)).ListOf().ToArbitrary(), list =>
        {
            TrueCopy[] truth = [.. Enumerable.Range(0, 5).Select(i => True($"c{i}", "1"))];
            BenchmarkAnswer[] answers = [.. list.DistinctBy(a => a.Copy).Select(a => Answer($"c{a.Copy}", "1", a.Score))];
            var scores = Scores(truth, answers, 0, 1, 2, 3, 4);
            var found = scores.All.AtFalse;
            return found.SequenceEqual(found.Order()) && scores.MicroAveragePrecision is >= 0 and <= 1 && found[4] == answers.Count(a => truth.Any(t => t.Copy == a.Copy))
                && scores.All.AtPrecision <= scores.AtLowerPrecision && scores.Edits.Sum(e => e.AtPrecision) == scores.All.AtPrecision;
        }));
}
