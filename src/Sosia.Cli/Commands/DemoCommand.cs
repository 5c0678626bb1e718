using System.CommandLine;
using Sosia.Library;
using Sosia.Reports;
using Sosia.Video;
using Spectre.Console;

namespace Sosia.Cli.Commands;

/// <summary>`sosia demo`: makes videos and copies of them, finds the copies, and checks itself.</summary>
internal static class DemoCommand
{
    private const int Seed = 8;
    private const string LibraryFolder = "demo-library"; // not the name that a library of one's own has
    private const int RowWidth = 160; // holds the longest names and times
    private const string Marker = "made-by-sosia-demo";

    public static Command Create(GlobalOptions globals)
    {
        var folder = new Argument<string?>("folder") { Description = "your own videos (read only) instead of made ones", Arity = ArgumentArity.ZeroOrOne };
        var output = new Option<string>("--output") { Description = "where the demo's files go", HelpName = "DIR", DefaultValueFactory = _ => "sosia-demo" };
        var command = new Command("demo", "Make a few videos and edited copies of them, find the copies, compare with what was made, and write an HTML report.") { folder, output };
        Help.Examples(command, "sosia demo", "sosia demo ~/Videos --output /tmp/demo");
        command.SetAction(parsed =>
        {
            using var interruption = new Interruption();
            var place = Directory.CreateDirectory(parsed.GetRequiredValue(output)).FullName;
            return Run(place, parsed.GetValue(folder), globals.Threads(parsed), globals.Json(parsed), interruption.Token);
        });
        return command;
    }

    private static int Run(string place, string? folder, int threads, bool json, CancellationToken stop)
    {
        Embedders.Default.Prepare(); // what is missing is said before the minute that making videos takes
        var report = Path.Combine(place, "report.html");
        using var page = ReportFile.Open(report);
        using var library = Fresh(Path.Combine(place, LibraryFolder));
        var made = folder is null ? ProgressDisplay.Run("making videos", p => DemoVideos.Make(Path.Combine(place, "videos"), Seed, threads, p, stop)) : null;
        string[] paths = made is null ? [folder!] : [.. made.Originals, .. made.Copies.Select(c => c.Path)];
        var added = ProgressDisplay.Run("reading", p => Ingest.Add(library, Embedders.Default, paths, new IngestOptions([], threads), p, stop));
        using var finder = new Finder(library, Embedders.Default, threads);
        var result = ProgressDisplay.Run("comparing", p => finder.Duplicates(p, stop));
        IReadOnlyList<DemoCheck> checks = made is null ? [] : Demo.Checks(made, result, Embedders.Default);

        PrintFailures(added);
        if (json)
        {
            StandardOutput.Json(stream => WriteJson(stream, made is not null, checks, result, report));
        }
        else
        {
            Print(checks, result);
        }

        page.Write(stream => ReportPages.Write(stream, ReportModel.Of(result) with { Demo = checks }, finder, null, library, stop));
        return checks.Any(c => c.Outcome == DemoOutcome.Wrong) || added.Failures.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    // The demo's library is made anew each time; what is deleted carries the demo's own mark.
    private static VideoLibrary Fresh(string folder)
    {
        var marker = Path.Combine(folder, Marker);
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
        {
            RequireMark(folder, marker);
            if (VideoLibrary.Exists(folder))
            {
                VideoLibrary.OpenWrite(folder).Dispose(); // not while another demo writes it
            }

            Directory.Delete(folder, recursive: true);
        }

        var library = VideoLibrary.Create(folder, Embedders.Default.Identity);
        File.WriteAllText(marker, "`sosia demo` deletes this folder and makes it anew.\n");
        return library;
    }

    private static void RequireMark(string folder, string marker)
    {
        if (!File.Exists(marker))
        {
            throw new UsageException($"{folder} is not empty and was not made by the demo: name another folder with --output");
        }
    }

    // About own videos nothing is known to check: the answer is that of `duplicates`.
    private static void WriteJson(Stream stream, bool isMade, IReadOnlyList<DemoCheck> checks, DuplicatesResult result, string report)
    {
        if (isMade)
        {
            JsonReport.Write(stream, checks, report);
            return;
        }

        JsonReport.Write(stream, result);
    }

    private static void PrintFailures(IngestResult added)
    {
        foreach (var (path, reason) in added.Failures)
        {
            Console.Error.WriteLine($"failed: {Printable.Text(path)}: {Printable.Text(reason)}");
        }
    }

    private static void Print(IReadOnlyList<DemoCheck> checks, DuplicatesResult result)
    {
        if (checks.Count == 0)
        {
            Console.Out.Write(TextReport.Duplicates(result));
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).AddColumns("edit", "copy", "shows", "found", "");
        foreach (var check in checks)
        {
            table.AddRow([.. new[] { check.Edit, check.Copy, check.Expected, check.Found, Word(check.Outcome) }.Select(t => Markup.Escape(Printable.Text(t)))]);
        }

        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Width = RowWidth; // a file has no edge to wrap at
        }

        AnsiConsole.Write(table);
        var found = checks.Count(c => c.Outcome == DemoOutcome.Found);
        Console.Out.WriteLine($"{found} of {checks.Count(c => c.Edit != "none")} copies found with the right seconds, {checks.Count(c => c.Edit == "none")} false");
    }

    private static string Word(DemoOutcome outcome) => outcome switch
    {
        DemoOutcome.Found => "found",
        DemoOutcome.BeyondEmbedder => "beyond this embedder",
        _ => "WRONG",
    };
}
