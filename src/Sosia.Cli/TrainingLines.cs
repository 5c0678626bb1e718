using System.Diagnostics;
using System.Globalization;
using Sosia.Learning.Training;
using Sosia.Video;

namespace Sosia.Cli;

/// <summary>The figures of a training as lines: every few seconds on a terminal, every minute elsewhere, and at the end of each stage.</summary>
/// <param name="say">Gets the lines.</param>
/// <param name="isFile">Whether nobody is looking.</param>
/// <param name="isOther">Whether another process of the training speaks for all; what this one alone has met it says.</param>
internal sealed class TrainingLines(Action<string> say, bool isFile, bool isOther = false) : IProgress<Metrics>
{
    private const double InputBound = 0.1; // of the time

    private readonly TimeSpan every = TimeSpan.FromSeconds(isFile ? 60 : 5);
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private TimeSpan due = TimeSpan.FromSeconds(2);
    private string? warned;
    private long skipped;

    public void Report(Metrics value)
    {
        foreach (var reason in value.Broken ?? [])
        {
            say($"left out: {Printable.Text(reason)}");
        }

        if (isOther)
        {
            return;
        }

        if (value.Skipped > skipped)
        {
            say($"{value.Stage}: {value.Skipped} steps left out, their loss or gradient was no number");
        }

        skipped = value.Skipped;
        if (clock.Elapsed < due && value.Step < value.Steps)
        {
            return;
        }

        due = clock.Elapsed + every;
        say(Line(value));
        if (value.Waiting > InputBound && value.Step > 20 && warned != value.Stage)
        {
            warned = value.Stage;
            say("the network waits for data: more workers (--set data.workers=N), a pack of a smaller side, or of raw frames (sosia pack --format raw)");
        }
    }

    internal static string Line(Metrics m)
    {
        var terms = m.Losses.Count > 1 ? $" ({string.Join(", ", m.Losses.Select(term => string.Create(CultureInfo.InvariantCulture, $"{term.Key} {term.Value:0.0000}")))})" : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{m.Stage} {m.Step}/{m.Steps}, epoch {m.Epoch}: loss {m.Loss:0.0000}{terms}, rate {m.Rate:0.0e0}, norm {m.GradientNorm:0.00}, {m.ClipsPerSecond:0} clips/s, waiting {m.Waiting:0%}, {m.Megabytes:0} MB, {(long)m.Remaining / 3600}:{TimeSpan.FromSeconds(m.Remaining):mm\\:ss} left");
    }
}
