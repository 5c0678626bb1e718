using System.CommandLine;
using System.Globalization;
using Sosia.Learning.Training;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia runs`: what was trained, and its curves.</summary>
internal static class RunsCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var folders = new Argument<string[]>("folder") { Description = "runs, or folders that hold runs [default: runs]", Arity = ArgumentArity.ZeroOrMore };
        var html = new Option<string?>("--html") { Description = "write a page with the curves of all of them side by side; it needs no network", HelpName = "FILE" };
        var command = new Command("runs", "List trainings: how far they are, their last figures, and what came out.") { folders, html };
        Help.Examples(command, "sosia runs", "sosia runs --html runs.html", "sosia runs runs/3d-csl-tiny-1 runs/3d-csl-tiny-2 --html two.html");
        command.SetAction(parsed =>
        {
            var runs = Found(parsed.GetValue(folders) is { Length: > 0 } given ? given : Directory.Exists("runs") ? ["runs"] : []);
            if (parsed.GetValue(html) is { } page)
            {
                using var file = ReportFile.Open(page);
                file.Write(stream => RunsPage.Write(stream, runs));
            }

            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, runs));
                return ExitCode.Done;
            }

            Print(runs);
            return ExitCode.Done;
        });
        return command;
    }

    // The newest first. A broken one is said, and stops no other.
    private static IReadOnlyList<Run> Found(string[] folders)
    {
        var candidates = folders.SelectMany(folder => Run.Is(folder) ? [folder] : Directory.Exists(folder) ? Directory.GetDirectories(folder).Where(Run.Is) : throw new UsageException($"no such folder: {folder}"));
        return [.. candidates.Select(Opened).OfType<Run>().OrderByDescending(run => run.Start.Started)];
    }

    private static Run? Opened(string folder)
    {
        try
        {
            return Run.Open(folder);
        }
        catch (RecipeException error)
        {
            Console.Error.WriteLine($"left out: {Printable.Text(error.Message)}");
            return null;
        }
    }

    private static void Print(IReadOnlyList<Run> runs)
    {
        foreach (var run in runs)
        {
            Console.Out.WriteLine($"{Printable.Text(Path.GetRelativePath(Environment.CurrentDirectory, run.Folder)),-28}  {run.Start.Started:yyyy-MM-dd HH:mm}  {Printable.Text(State(run))}");
        }

        if (runs.Count == 0)
        {
            Console.Error.WriteLine("no runs here; `sosia train` makes some");
        }
    }

    private static string State(Run run)
    {
        if (run.Metrics() is not [.., var last])
        {
            return "nothing yet";
        }

        var at = string.Create(CultureInfo.InvariantCulture, $"{last.Stage} {last.Step}/{last.Steps}, loss {last.Loss:0.0000}");
        return run.Result is not { } result ? (run.IsTrained ? $"done, {at}" : at) : string.Create(
            CultureInfo.InvariantCulture,
            $"done, {at}; retrieval {result.Trained.MeanReciprocalRank:0.00} plain, {result.Trained.MirroredMeanReciprocalRank:0.00} mirrored (untrained {result.Untrained.MeanReciprocalRank:0.00}, {result.Untrained.MirroredMeanReciprocalRank:0.00})");
    }
}
