using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class RunLogTests : IDisposable
{
    private static readonly Stage First = new("first", new PredMaeOptions(), new OptimiserOptions(1e-3), CheckpointMinutes: 1000);
    private static readonly Stage Second = First with { Name = "second" };

    private readonly PaintedPack pack = PaintedPack.Of(4, frames: 2);
    private readonly Dataset data;
    private readonly Loader loader;

    public RunLogTests()
    {
        data = pack.Open();
        loader = new Loader(data.Training, new ViewPlan(new ClipPlan("clip", 1, [0.25], 4)), 2, 1, new DataOptions(), World.Single);
    }

    private string Path => pack.At("metrics.jsonl");

    [Fact]
    public void Every_step_of_a_short_stage_is_a_line()
    {
        var reported = new Reported();
        Write(new Checkpoint(0, 0, 0), reported, (First, 0, 3), (Second, 0, 2));
        var lines = RunLog.Read(Path);
        Assert.Equal([("first", 1), ("first", 2), ("first", 3), ("second", 1), ("second", 2)], lines.Select(line => (line.Stage, line.Step)));
        Assert.Equal([10.0, 11, 12, 10, 11], lines.Select(line => line.Loss));
        Assert.Equal([20.0, 22, 24, 20, 22], lines.Select(line => line.Losses["double"]));
        Assert.All(lines, line => Assert.Equal((0.5, 3, 0), (line.Rate, line.GradientNorm, line.Skipped)));
        Assert.All(lines, line => Assert.True(line.ClipsPerSecond > 0 && line.Megabytes > 1 && line.Waiting >= 0));
        Assert.Equal(0, lines[2].Remaining);
        Assert.Equal(lines.Select(line => line.Elapsed).Order(), lines.Select(line => line.Elapsed));
        Assert.Equal(lines.Select(Text), reported.Lines.Select(Text));
    }

    [Fact]
    public void Of_a_long_stage_a_line_is_the_mean_of_some_steps()
    {
        using (var log = new RunLog(Path, new Checkpoint(0, 0, 0), [First], new Reported()))
        {
            log.Begin(First, loader);
            for (var step = 0; step < 6; step++)
            {
                log.Add(new Progress(step, 2000, 100), Losses(step), step, 0.5, isTaken: step != 2);
            }
        }

        var lines = RunLog.Read(Path);
        Assert.Equal([2L, 4, 6], lines.Select(line => line.Step));
        Assert.Equal([0.5, 2.5, 4.5], lines.Select(line => line.Loss));
        Assert.Equal([0.5, 2.5, 4.5], lines.Select(line => line.GradientNorm));
        Assert.Equal([0L, 1, 1], lines.Select(line => line.Skipped));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(0, 2, 2)]
    [InlineData(1, 0, 3)]
    [InlineData(1, 1, 4)]
    [InlineData(2, 0, 5)]
    public void Lines_after_the_checkpoint_are_taken_out(int stage, int step, int kept)
    {
        Write(new Checkpoint(0, 0, 0), new Reported(), (First, 0, 3), (Second, 0, 2));
        var before = File.ReadAllLines(Path);
        new RunLog(Path, new Checkpoint(stage, step, 5), [First, Second], new Reported()).Dispose();
        Assert.Equal(before[..kept], File.ReadAllLines(Path));
    }

    [Fact]
    public void A_run_that_goes_on_has_the_lines_of_one_that_never_stopped()
    {
        Write(new Checkpoint(0, 0, 0), new Reported(), (First, 0, 3));
        File.AppendAllText(Path, """{"stage":"first","step":4,"ste"""); // the machine stopped here
        Assert.Equal(3, RunLog.Read(Path).Count);
        Write(new Checkpoint(0, 2, 100), new Reported(), (First, 2, 5));
        var lines = RunLog.Read(Path);
        Assert.Equal([1L, 2, 3, 4, 5], lines.Select(line => line.Step));
        Assert.All(lines.Skip(2), line => Assert.True(line.Elapsed >= 100));
        Assert.Equal(5, File.ReadAllLines(Path).Length);
    }

    [Fact]
    public void Skipped_steps_are_counted_on_after_a_stop()
    {
        Write(new Checkpoint(0, 0, 0), new Reported(), isTaken: false, (First, 0, 3));
        Write(new Checkpoint(0, 2, 0), new Reported(), isTaken: false, (First, 2, 4), (Second, 0, 1));
        Assert.Equal([1L, 2, 3, 4, 1], RunLog.Read(Path).Select(line => line.Skipped));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_loss_that_is_no_number_is_written_and_read(double loss)
    {
        using (var log = new RunLog(Path, new Checkpoint(0, 0, 0), [First], new Reported()))
        {
            log.Begin(First, loader);
            log.Add(new Progress(0, 2, 1), Losses(loss), loss, 0.5, isTaken: false);
            log.Add(new Progress(1, 2, 1), Losses(1), 1, 0.5, isTaken: true);
        }

        new RunLog(Path, new Checkpoint(1, 0, 0), [First], new Reported()).Dispose(); // and written again
        var lines = RunLog.Read(Path);
        Assert.Equal([loss, 1], lines.Select(line => line.Loss));
        Assert.Equal([loss, 1], lines.Select(line => line.GradientNorm));
        Assert.Equal([2 * loss, 2], lines.Select(line => line.Losses["double"]));
    }

    [Fact]
    public void It_can_be_read_while_it_is_written()
    {
        using var log = new RunLog(Path, new Checkpoint(0, 0, 0), [First], new Reported());
        log.Begin(First, loader);
        log.Add(new Progress(0, 2, 1), Losses(1), 1, 0.5, isTaken: true);
        Assert.Single(RunLog.Read(Path));
    }

    [Fact]
    public void Other_processes_write_nothing_and_report()
    {
        var reported = new Reported();
        using var log = new RunLog(null, new Checkpoint(0, 0, 0), [First], reported);
        log.Begin(First, loader);
        log.Add(new Progress(0, 1, 1), Losses(1), 1, 0.5, isTaken: true);
        Assert.Single(reported.Lines);
        Assert.False(File.Exists(Path));
    }

    [Fact]
    public void Losses_of_the_parts_of_a_step_are_averaged()
    {
        var figures = new LossFigures();
        foreach (var value in new[] { 1.0, 4 })
        {
            using var scope = TensorScope.Enter();
            var losses = new Losses(new LossTerm("a", Tensor.Of(value)), new LossTerm("b", Tensor.Of(10 * value), 0.5));
            figures.Add(losses, losses.Total(), 2, World.Single);
        }

        Assert.Equal(15, figures.Total, 1e-12);
        Assert.Equal([("a", 2.5), ("b", 25)], figures.Terms.Select(term => (term.Key, term.Value)));
    }

    public void Dispose()
    {
        loader.Dispose();
        data.Dispose();
        pack.Dispose();
    }

    private static string Text(Metrics line) => $"{line with { Losses = new Dictionary<string, double>() } with { Losses = null! }} {string.Join(' ', line.Losses)}";

    private static LossFigures Losses(double value)
    {
        using var scope = TensorScope.Enter();
        var figures = new LossFigures();
        var losses = new Losses(new LossTerm("double", Tensor.Of(2 * value), 0.5));
        figures.Add(losses, losses.Total(), 1, World.Single);
        return figures;
    }

    private void Write(Checkpoint at, Reported reported, params (Stage Stage, int From, int Steps)[] parts) => Write(at, reported, true, parts);

    private void Write(Checkpoint at, Reported reported, bool isTaken, params (Stage Stage, int From, int Steps)[] parts)
    {
        using var log = new RunLog(Path, at, [First, Second], reported);
        foreach (var (stage, from, steps) in parts)
        {
            log.Begin(stage, loader);
            for (var step = from; step < steps; step++)
            {
                log.Add(new Progress(step, steps, 2), Losses(10 + step), 3, 0.5, isTaken);
            }
        }
    }

    private sealed class Reported : IProgress<Metrics>
    {
        public List<Metrics> Lines { get; } = [];

        public void Report(Metrics value) => Lines.Add(value);
    }
}
