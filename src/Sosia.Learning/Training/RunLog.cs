using System.Diagnostics;
using System.Text.Json;

namespace Sosia.Learning.Training;

/// <summary>Figures of some steps together: means, where not said otherwise.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Step">Steps of the stage that are done.</param>
/// <param name="Steps">Of the whole stage.</param>
/// <param name="Epoch">Passes over the videos that are over.</param>
/// <param name="Loss">The sum that is minimised.</param>
/// <param name="Losses">Its terms by name, without their weights.</param>
/// <param name="Rate">The last learning rate.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="ClipsPerSecond">Samples, of all processes together.</param>
/// <param name="Waiting">Share of the time that was spent waiting for data.</param>
/// <param name="Megabytes">Of memory that the process holds now.</param>
/// <param name="Elapsed">Seconds of training so far, all stages together.</param>
/// <param name="Remaining">Seconds that the stage will still take at this pace.</param>
/// <param name="Skipped">Steps of the stage left out so far, because a loss or gradient was no number.</param>
/// <param name="Broken">Videos met since the last line whose frames cannot be read, each with the reason; null: none.</param>
public sealed record Metrics(
    string Stage,
    long Step,
    long Steps,
    long Epoch,
    double Loss,
    IReadOnlyDictionary<string, double> Losses,
    double Rate,
    double GradientNorm,
    double ClipsPerSecond,
    double Waiting,
    double Megabytes,
    double Elapsed,
    double Remaining,
    long Skipped,
    IReadOnlyList<string>? Broken = null);

/// <summary>Gathers the figures of steps, and writes a line of JSON for every few of them.</summary>
internal sealed class RunLog : IDisposable
{
    private const int LinesAStage = 1000; // about: curves need no more

    private readonly StreamWriter? file;
    private readonly IProgress<Metrics> report;
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private readonly double before;
    private readonly Dictionary<string, double> terms = new(StringComparer.Ordinal);
    private (double Loss, double Norm, long Steps, double Since, double Waited) window;
    private (Stage Stage, Loader Loader)? now;
    private readonly HashSet<string> broken = new(StringComparer.Ordinal);
    private double lastCheckpoint;
    private long skipped;
    private long skippedBefore; // steps of the stage that the checkpoint is of

    /// <summary>Goes on with a file.</summary>
    /// <param name="path">Lines after the checkpoint are taken out; null: nothing is written.</param>
    /// <param name="at">Where the training stands.</param>
    /// <param name="stages">Of the recipe.</param>
    /// <param name="report">Gets every line.</param>
    public RunLog(string? path, Checkpoint at, IReadOnlyList<Stage> stages, IProgress<Metrics> report)
    {
        (this.report, before) = (report, at.Elapsed);
        if (path is null)
        {
            return;
        }

        Metrics[] kept = [.. Read(path).Where(line => IsBefore(line, at, stages))];
        Run.Write(path, string.Concat(kept.Select(line => Line(line) + "\n")));
        skippedBefore = kept.LastOrDefault() is { } last && last.Stage == stages.ElementAtOrDefault(at.Stage)?.Name ? last.Skipped : 0;
        file = new StreamWriter(path, append: true) { AutoFlush = true };
    }

    /// <summary>Seconds of training so far, of earlier processes too.</summary>
    public double Elapsed => before + clock.Elapsed.TotalSeconds;

    /// <summary>Whether the recipe wants a checkpoint now.</summary>
    public bool IsCheckpointDue => clock.Elapsed.TotalMinutes - lastCheckpoint > now!.Value.Stage.CheckpointMinutes;

    /// <summary>The lines of a file; a torn last one is left out.</summary>
    public static IReadOnlyList<Metrics> Read(string path)
    {
        if (!File.Exists(path))
        {
            return [];
        }

        // Its writer has it open, which not every system forgives otherwise.
        using var lines = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return [.. lines.ReadToEnd().Split('\n').Select(Parse).OfType<Metrics>()];
    }

    /// <summary>A stage begins.</summary>
    public void Begin(Stage stage, Loader loader)
    {
        now = (stage, loader);
        (skipped, skippedBefore) = (skippedBefore, 0);
        Reset();
    }

    /// <summary>The figures of a step.</summary>
    public void Add(Progress at, LossFigures losses, double norm, double rate, bool isTaken)
    {
        skipped += isTaken ? 0 : 1;
        window = window with { Loss = window.Loss + losses.Total, Norm = window.Norm + norm, Steps = window.Steps + 1 };
        foreach (var (name, value) in losses.Terms)
        {
            terms[name] = terms.GetValueOrDefault(name) + value;
        }

        var done = at.Step + 1;
        if (done % Math.Max(1, at.Steps / LinesAStage) == 0 || done == at.Steps)
        {
            Write(at with { Step = done }, rate);
        }
    }

    /// <summary>The time to the next one begins.</summary>
    public void CheckpointWritten() => lastCheckpoint = clock.Elapsed.TotalMinutes;

    /// <inheritdoc/>
    public void Dispose() => file?.Dispose();

    private void Write(Progress at, double rate)
    {
        var ((stage, loader), steps) = (now!.Value, window.Steps);
        var seconds = Math.Max(1e-9, clock.Elapsed.TotalSeconds - window.Since);
        var pace = seconds / steps;
        var line = new Metrics(
            stage.Name, at.Step, at.Steps, at.Epoch, window.Loss / steps, terms.ToDictionary(term => term.Key, term => term.Value / steps, StringComparer.Ordinal), rate, window.Norm / steps,
            stage.Batch / pace, (loader.Waited.TotalSeconds - window.Waited) / seconds, Environment.WorkingSet / 1e6, Elapsed, pace * (at.Steps - at.Step), skipped, NewlyBroken(loader));
        file?.WriteLine(Line(line));
        report.Report(line);
        Reset();
    }

    private string[]? NewlyBroken(Loader loader)
    {
        string[] found = [.. loader.Broken.Where(video => broken.Add(video.Key)).Select(video => video.Value)];
        return found.Length == 0 ? null : found;
    }

    private void Reset()
    {
        window = (0, 0, 0, clock.Elapsed.TotalSeconds, now!.Value.Loader.Waited.TotalSeconds);
        terms.Clear();
    }

    private static bool IsBefore(Metrics line, Checkpoint at, IReadOnlyList<Stage> stages)
    {
        var number = stages.Index().FirstOrDefault(stage => stage.Item.Name == line.Stage, (Index: int.MaxValue, null!)).Index;
        return number < at.Stage || (number == at.Stage && line.Step <= at.Step);
    }

    private static string Line(Metrics metrics) => JsonSerializer.Serialize(metrics, MetricsJson.Default.Metrics);

    private static Metrics? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, MetricsJson.Default.Metrics);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
