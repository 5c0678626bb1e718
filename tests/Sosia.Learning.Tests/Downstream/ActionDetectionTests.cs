using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;

namespace Sosia.Learning.Tests;

public sealed class ActionDetectionTests
{
    private static readonly ActionRegion Left = new(0, 0, 1, 0.5);
    private static readonly ActionRegion Right = new(0, 0.5, 1, 1);

    [Fact]
    public void TruthAsDetectionsIsPerfect()
    {
        ActionBox[] truth = [new("a", 1, Left), new("a", 2, Left), new("a", 1, Right), new("b", 1, Left)];
        var figures = ActionDetection.Measure(truth, truth);
        Assert.Equal(1, figures.MeanAveragePrecision);
        Assert.All(figures.Hits, Assert.True);
    }

    [Fact]
    public void ABoxIsTakenOnce()
    {
        var figures = ActionDetection.Measure([new("a", 1, Left)], [new("a", 1, Left, 0.4), new("a", 1, Left, 0.9)]);
        Assert.Equal([false, true], figures.Hits);
        Assert.Equal(1, figures.Precisions[1]);
    }

    // The box of largest overlap is taken already; the other one would do, but is not asked.
    [Fact]
    public void TheNearestBoxAloneIsAsked()
    {
        ActionRegion wide = new(0, 0, 1, 0.9), narrow = new(0, 0, 1, 0.8);
        var figures = ActionDetection.Measure([new("a", 1, wide), new("a", 1, narrow)], [new("a", 1, wide, 0.9), new("a", 1, wide, 0.8)]);
        Assert.Equal([true, false], figures.Hits);
    }

    [Fact]
    public void OtherPicturesAndClassesDoNotCount()
    {
        var figures = ActionDetection.Measure([new("a", 1, Left)], [new("b", 1, Left), new("a", 2, Left), new("a", 1, Right)]);
        Assert.DoesNotContain(true, figures.Hits);
        Assert.Equal(0, figures.MeanAveragePrecision);
        Assert.Equal([1], figures.Precisions.Keys); // class 2 has no true box
    }

    [Fact]
    public void ClassesThatAreNotMeasuredAreLeftOut()
    {
        ActionBox[] truth = [new("a", 1, Left), new("a", 2, Left)];
        Assert.Equal([2], ActionDetection.Measure(truth, truth, classes: new HashSet<int> { 2 }).Precisions.Keys);
        Assert.Equal(double.NaN, ActionDetection.Measure([], truth).MeanAveragePrecision);
        Assert.Equal(0, ActionDetection.Measure(truth, []).MeanAveragePrecision);
    }

    [Fact]
    public void ScoresThatAreNoNumbersAreRefused() =>
        Assert.Throws<ArgumentException>(() => ActionDetection.Measure([new("a", 1, Left)], [new("a", 1, Left, double.NaN)]));

    [Fact]
    public void PrecisionIsTheBestFromThereOn()
    {
        // hit, miss, hit, hit: 1, 2/3 -> 3/4, 3/4.
        Assert.Equal((1 + 0.75 + 0.75) / 4, AllPointsPrecision.Of([new(4, true), new(3, false), new(2, true), new(1, true)], 4), 12);
        Assert.Equal(0, AllPointsPrecision.Of([], 3));
        Assert.Equal(double.NaN, AllPointsPrecision.Of([], 0));
        Assert.Throws<ArgumentException>(() => AllPointsPrecision.Of([new(1, true)], 0));
    }

    [Fact]
    public void ReadsTheFilesOfAva()
    {
        using var folder = new TextFolder();
        var excluded = Ava.ReadExcluded(folder.Write("excluded.csv", "v1,0903\r\n"));
        var truth = Ava.ReadTruth(folder.Write("truth.csv", "v1,0902,0.1,0.2,0.3,0.4,12,1\n\nv1,0903,0,0,1,1,3,1\nv1,0904\n"), excluded);
        var detections = Ava.ReadDetections(folder.Write("found.csv", "v1,902,0.1,0.2,0.3,0.4,12,0.75\n"));
        Assert.Equal([new ActionBox("v1,902", 12, new ActionRegion(0.2, 0.1, 0.4, 0.3))], truth);
        Assert.Equal(0.75, Assert.Single(detections).Score);
        Assert.Equal(1, ActionDetection.Measure(truth, detections).MeanAveragePrecision);
        var error = Assert.Throws<AnnotationException>(() => Ava.ReadDetections(folder.Write("short.csv", "v1,902,0.1,0.2,0.3,0.4,12\n")));
        Assert.Equal(1, error.Line);
        Assert.Throws<AnnotationException>(() => Ava.ReadTruth(folder.Write("word.csv", "v1,902,0.1,0.2,0.3,0.4,run\n")));
    }
}
