using System.Diagnostics;
using Spectre.Console;

namespace Sosia.Cli;

/// <summary>Progress on standard error: a bar with rate and remaining time on a terminal, a line a minute elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work that reports its progress.</summary>
    /// <param name="what">What is done, in a word.</param>
    /// <param name="work">Gets the place to report to; may report from any thread.</param>
    public static T Run<T>(string what, Func<IProgress<IngestProgress>, T> work)
    {
        if (Console.IsErrorRedirected)
        {
            return work(new LineAMinute(what));
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress().AutoClear(true)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context => work(new Bar(context.AddTask(what), what)));
    }

    private static string Text(string what, IngestProgress at, TimeSpan elapsed)
    {
        var rate = at.Seconds > 0 ? $", {at.Seconds / elapsed.TotalSeconds:0} x real time" : "";
        return $"{what} {at.Done}/{at.Total}{rate}";
    }

    private sealed class Bar(ProgressTask task, string what) : IProgress<IngestProgress>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();

        public void Report(IngestProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            task.Description = Markup.Escape(Text(what, value, clock.Elapsed));
        }
    }

    private sealed class LineAMinute(string what) : IProgress<IngestProgress>
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private readonly Lock writing = new();
        private TimeSpan due = TimeSpan.FromMinutes(1);

        public void Report(IngestProgress value)
        {
            lock (writing)
            {
                if (clock.Elapsed < due)
                {
                    return;
                }

                due = clock.Elapsed + TimeSpan.FromMinutes(1);
                var left = TimeSpan.FromSeconds((value.Total - value.Done) * clock.Elapsed.TotalSeconds / Math.Max(1, value.Done));
                Console.Error.WriteLine($"{Text(what, value, clock.Elapsed)}, {left:h\\:mm\\:ss} left");
            }
        }
    }
}
