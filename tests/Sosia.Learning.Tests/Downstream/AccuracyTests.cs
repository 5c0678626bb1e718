using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Evaluation;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class AccuracyTests
{
    private const double None = double.NaN;

    [Fact]
    public void EqualScoresAreOrderedByClass()
    {
        double[] scores = [0.5, 0.9, 0.5, 0.9];
        Assert.Equal([2, 0, 3, 1], Enumerable.Range(0, 4).Select(label => Accuracy.Rank(scores, label)));
        Assert.Equal(1, Accuracy.Best(scores));
    }

    [Fact]
    public void RanksAreAPermutation() => Prop.ForAll<byte[]>(scores =>
    {
        var row = Array.ConvertAll(scores, score => (double)(score % 4)); // many ties
        Assert.Equal(Enumerable.Range(0, row.Length), Enumerable.Range(0, row.Length).Select(label => Accuracy.Rank(row, label)).Order());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void MissingExamplesAreWrong()
    {
        Assert.Equal(50, Accuracy.TopK([0, 0], 1, missing: 2));
        Assert.Equal(0, Accuracy.TopK([], 1, missing: 3));
        Assert.Equal(100, Accuracy.TopK([0, 3, 9], 99));
        Assert.Equal(None, Accuracy.TopK([], 1));
    }

    [Fact]
    public void WhatIsNoNumberHasNoRank()
    {
        Assert.Throws<ArgumentException>(() => Accuracy.Rank([0.1, double.NaN], 0));
        Assert.Throws<ArgumentException>(() => Accuracy.Best([double.NaN]));
        Assert.Throws<ArgumentException>(() => Accuracy.Rank([0.1], 1));
        Assert.Throws<ArgumentException>(() => Accuracy.Rank([0.1], -1));
        Assert.Throws<ArgumentException>(() => Accuracy.Ranks([[0.1]], [0, 0]));
    }

    [Fact]
    public void MeansOverClassesDoNotHangOnTheirSizes()
    {
        // 9 of 10 of class 0, none of class 1; class 2 does not occur.
        var matrix = ConfusionMatrix.Of([.. Enumerable.Repeat(0, 10), 1], [.. Enumerable.Repeat(0, 9), 1, 0], classes: 3);
        Assert.Equal([0.9, 0, None], matrix.ClassAccuracies);
        Assert.Equal(0.45, matrix.MeanClassAccuracy, 12);
        Assert.Equal([9 / 11.0, 0, None], matrix.IntersectionsOverUnion);
    }

    [Fact]
    public void AnExampleWithoutPredictionIsWrong()
    {
        var matrix = ConfusionMatrix.Of([0, 0], [0, -1], classes: 1);
        Assert.Equal(0.5, matrix.MeanClassAccuracy);
        Assert.Equal(0.5, matrix.MeanIntersectionOverUnion);
    }

    [Fact]
    public void NothingHasNoMean()
    {
        Assert.Equal(None, ConfusionMatrix.Of([], [], classes: 2).MeanClassAccuracy);
        Assert.Equal(None, ConfusionMatrix.Of([255], [0], classes: 2, ignore: 255).MeanDice);
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([2], [0], classes: 2));
        Assert.Throws<ArgumentException>(() => ConfusionMatrix.Of([0], [], classes: 2));
    }

    [Fact]
    public void ViewsAreAveragedPerVideo()
    {
        using var scope = TensorScope.Enter();
        var logits = Tensor.Randn([5, 3], new Generator(1));
        var one = ViewAverage.Of(logits, [0, 1, 0, 1, 1]);
        Assert.Equal([2L, 3], one.Shape);
        Assert.All(one.Sum([1]).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-6));
        var swapped = ViewAverage.Of(logits.Flip([0]), [1, 1, 0, 1, 0]); // the order of views says nothing
        Assert.All((one - swapped).ToArray<float>(), difference => Assert.Equal(0, difference, 1e-6));
        Assert.Throws<ArgumentException>(() => ViewAverage.Of(logits, [0, 2, 0, 2, 2]));
        Assert.Throws<ArgumentException>(() => ViewAverage.Of(logits, [0]));
    }

    [Fact]
    public void AVerbThatSeveralNameCountsOnce()
    {
        double[] scores = [9, 8, 7, 6, 5, 4, 3];
        var figures = VerbRecall.Measure([scores, scores], [[0, 0, 6], [6]]);
        Assert.Equal((50, 50), (figures.Accuracy1, figures.Accuracy5));
        Assert.Equal(50, figures.MacroRecall5); // verb 0 always, verb 6 never
        Assert.Equal(new VerbRecall(None, None, None), VerbRecall.Measure([], []));
    }
}
