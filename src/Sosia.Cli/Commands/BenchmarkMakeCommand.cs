using System.CommandLine;
using System.Globalization;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia benchmark make VIDEOS... --out DIR`: edited copies with the truth about them.</summary>
internal sealed class BenchmarkMakeCommand
{
    private static readonly BenchmarkMakeOptions Defaults = new("");

    private readonly Argument<string[]> videos = new("videos") { Description = "folders and files to copy; folders are walked", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<string?> output = new("--out") { Description = "folder of the copies, truth.csv and benchmark.json; one that was begun with the same options is gone on with", HelpName = "DIR" };
    private readonly Option<int> seed = new("--seed") { Description = "decides every draw", HelpName = "N", DefaultValueFactory = _ => Defaults.Seed };
    private readonly Option<int> perVideo = new("--per-video") { Description = "copies of each video", HelpName = "N", DefaultValueFactory = _ => Defaults.PerVideo };
    private readonly Option<string?> edits = new("--edits") { Description = "draw from these only, with commas between [default: all]", HelpName = "NAMES" };
    private readonly Option<string?> stretch = new("--stretch") { Description = "put edited stretches of exactly these lengths into other videos instead: 1,2,4,8,16", HelpName = "SECONDS" };
    private readonly Option<double> longest = new("--longest") { Description = "seconds: of longer videos an excerpt is copied", HelpName = "N", DefaultValueFactory = _ => Defaults.Longest };
    private readonly Option<int?> jobs = new("--jobs") { Description = "copies made at a time [default: --threads]", HelpName = "N" };
    private readonly Option<bool> list = new("--list") { Description = "show the edits and make nothing" };
    private readonly Option<bool> markdown = new("--markdown") { Description = "with --list: as the table of docs/edits.md" };

    public static Command Create(GlobalOptions globals)
    {
        var options = new BenchmarkMakeCommand();
        var command = new Command("make", "Make edited copies of videos, and truth.csv, which tells what seconds of them show what. The same seed, options and videos give the same copies; doing it again goes on where it stopped.")
        {
            options.videos, options.output, options.seed, options.perVideo, options.edits, options.stretch, options.longest, options.jobs, options.list, options.markdown,
        };
        Help.Examples(
            command,
            "sosia benchmark make ~/Videos --out copies",
            "sosia benchmark make ~/Videos --out crops --edits crop,zoom,screen --per-video 5 --seed 7",
            "sosia benchmark make ~/Videos --out lengths --stretch 1,2,4,8,16",
            "sosia benchmark make --list");
        command.SetAction(parsed => options.Run(parsed, globals));
        return command;
    }

    private int Run(ParseResult parsed, GlobalOptions globals)
    {
        if (parsed.GetValue(list))
        {
            PrintEdits(parsed.GetValue(markdown));
            return ExitCode.Done;
        }

        var (given, options) = (parsed.GetValue(videos) ?? [], Options(parsed, globals));
        if (given.Length == 0 || !given.Any(Path.Exists))
        {
            throw new UsageException(given.Length == 0 ? "nothing to copy: name folders or files of videos" : $"no such file or folder: {string.Join(", ", given)}");
        }

        using var interruption = new Interruption();
        var result = ProgressDisplay.Run("making copies", progress => BenchmarkMaker.Make(given, options, progress, interruption.Token));
        Print(result, globals.Json(parsed));
        return result.Failures.Count > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private BenchmarkMakeOptions Options(ParseResult parsed, GlobalOptions globals) =>
        new(parsed.GetValue(output) is { Length: > 0 } folder ? folder : throw new UsageException("name the folder that the copies go to: --out DIR"))
        {
            Seed = parsed.GetValue(seed),
            PerVideo = parsed.GetValue(perVideo),
            Edits = Words(parsed.GetValue(edits)),
            Stretches = [.. Words(parsed.GetValue(stretch)).Select(Length)],
            Longest = parsed.GetValue(longest),
            Jobs = parsed.GetValue(jobs) ?? globals.Threads(parsed),
        };

    private static string[] Words(string? text) => text?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];

    private static double Length(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? seconds
            : throw new UsageException($"--stretch takes seconds with commas between, as 1,2,4: {text} is no number");

    private static void PrintEdits(bool asMarkdown)
    {
        var width = Edits.All.Max(edit => edit.Name.Length);
        var lines = asMarkdown ? EditTable.Markdown : Edits.All.Select(edit => $"{edit.Name.PadRight(width)}  {EditTable.GroupName(edit),-8}  {edit.What} ({edit.Range})");
        foreach (var line in lines)
        {
            Console.Out.WriteLine(line);
        }
    }

    private static void Print(BenchmarkMade result, bool json)
    {
        if (json)
        {
            StandardOutput.Json(stream => Reports.JsonReport.Write(stream, result));
            return;
        }

        foreach (var (path, reason) in result.Skipped)
        {
            Console.Error.WriteLine($"skipped: {Printable.Text(path)}: {Printable.Text(reason)}");
        }

        FileFaults.Print([], result.Failures, []);
        var before = result.Kept > 0 ? $", {result.Kept} from before" : "";
        Console.Out.WriteLine($"{result.Made} copies of {result.Sources} videos made{before}: {Printable.Text(Path.Combine(result.Folder, "truth.csv"))}");
    }
}
