using Sosia.Cli;
using Sosia.Learning.Training;
using Xunit;

namespace Sosia.Tests.Commands;

public sealed class TrainingLinesTests
{
    private static readonly Metrics Figures = new(
        "similarity", 250, 1000, 3, 1.23456, new Dictionary<string, double> { ["InfoNCE"] = 1, ["triplet"] = 0.46912 }, 0.00012, 2.346, 61.7, 0.034, 912.4, 60, 3725, 0);

    [Fact]
    public void ALineSaysAllFigures() => Assert.Equal(
        "similarity 250/1000, epoch 3: loss 1.2346 (InfoNCE 1.0000, triplet 0.4691), rate 1.2e-4, norm 2.35, 62 clips/s, waiting 3%, 912 MB, 1:02:05 left",
        TrainingLines.Line(Figures));

    [Fact]
    public void ASingleTermIsTheLossItself() => Assert.Equal(
        "similarity 250/1000, epoch 3: loss 1.2346, rate 1.2e-4, norm 2.35, 62 clips/s, waiting 3%, 912 MB, 1:02:05 left",
        TrainingLines.Line(Figures with { Losses = new Dictionary<string, double> { ["InfoNCE"] = 1.23456 } }));

    [Fact]
    public void ALossThatIsNoNumberIsSaid() =>
        Assert.Contains("loss NaN, ", TrainingLines.Line(Figures with { Loss = double.NaN, Losses = new Dictionary<string, double>() }), StringComparison.Ordinal);

    [Fact]
    public void DaysAreNotLost() =>
        Assert.EndsWith("49:00:05 left", TrainingLines.Line(Figures with { Remaining = (49 * 3600) + 5 }), StringComparison.Ordinal);

    [Fact]
    public void TheEndOfAStageIsAlwaysSaid() => Assert.Equal([TrainingLines.Line(Figures with { Step = 1000 })], Said(Figures, Figures with { Step = 1000 }));

    [Fact]
    public void StepsThatWereLeftOutAreSaidWhenTheyAreMore() =>
        Assert.Equal(
            ["similarity: 2 steps left out, their loss or gradient was no number", "similarity: 3 steps left out, their loss or gradient was no number"],
            Said(Figures with { Skipped = 2 }, Figures with { Skipped = 2 }, Figures with { Skipped = 3 }));

    [Fact]
    public void WaitingIsWarnedOfOnceAStage()
    {
        var waiting = Figures with { Step = 1000, Waiting = 0.3 };
        Assert.Single(Said(waiting, waiting), line => line.Contains("waits for data", StringComparison.Ordinal));
        Assert.Equal(2, Said(waiting, waiting with { Stage = "another" }).Count(line => line.Contains("waits for data", StringComparison.Ordinal)));
        Assert.DoesNotContain(Said(Figures with { Step = 1000 }), line => line.Contains("waits for data", StringComparison.Ordinal));
    }

    // Within the first two seconds nothing else is due.
    private static List<string> Said(params Metrics[] reports)
    {
        var said = new List<string>();
        var lines = new TrainingLines(said.Add, isFile: true);
        foreach (var report in reports)
        {
            lines.Report(report);
        }

        return said;
    }
}
