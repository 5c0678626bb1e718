using System.CommandLine;
using System.Globalization;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia benchmark run COPIES ORIGINALS...`: models side by side on edited copies whose truth is known.</summary>
internal static class BenchmarkRunCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var copies = new Argument<string>("copies") { Description = "folder of edited copies, with truth.csv" };
        var originals = new Argument<string[]>("originals") { Description = "folders of originals: the first holds the sources of the copies, the others distract", Arity = ArgumentArity.OneOrMore };
        var models = new Option<string[]>("--model") { Description = $"models, with commas between them [default: {Embedders.Default.Model},{Embedders.Pdq.Model}]", HelpName = "NAMES" };
        var truth = new Option<string?>("--truth") { Description = "the truth about the copies [default: truth.csv in their folder]", HelpName = "FILE" };
        var falseAnswers = new Option<string[]>("--false-answers") { Description = "tell the recall at this many false answers; several with commas between them [default: 0,10]", HelpName = "N" };
        var cache = new Option<string?>("--cache") { Description = "keep the libraries of the originals here, and use those that are", HelpName = "DIR" };
        var variants = VariantsOption.Create();
        var output = new ReportOptions(row: "an answer");
        var command = new Command("run", "Look for every copy among the originals, with each model, and hold the answers against the truth.") { copies, originals, models, truth, falseAnswers, cache, variants };
        Help.Examples(
            command, "sosia benchmark run copies ~/Videos", "sosia benchmark run copies originals more --model pdq,trunk --html benchmark.html --csv answers.csv",
            "sosia benchmark run copies originals --cache libraries --false-answers 0,5,50 --json", "sosia benchmark run copies originals --model trunk --variants mirrored,turned");
        output.AddTo(command);
        command.SetAction(parsed =>
        {
            IEmbedder[] embedders = [.. Listed(parsed.GetValue(models), [Embedders.Default.Model, Embedders.Pdq.Model]).Select(Embedders.Named).Distinct()];
            var choice = VariantChoice.Parse(parsed.GetRequiredValue(variants));
            Array.ForEach(embedders, embedder => choice.For(embedder)); // before the first of them is measured
            var set = BenchmarkSet.Open(new BenchmarkOptions(parsed.GetRequiredValue(copies), parsed.GetRequiredValue(originals), globals.Threads(parsed))
            {
                Truth = parsed.GetValue(truth),
                FalseAnswers = [.. Listed(parsed.GetValue(falseAnswers), ["0", "10"]).Select(Number).Distinct()],
                Cache = parsed.GetValue(cache),
                Variants = choice,
            });
            using var files = output.Open(parsed);
            using var interruption = new Interruption();
            var result = new BenchmarkResult(
                set, [.. embedders.Select(embedder => ProgressDisplay.Run(embedder.Model, progress => BenchmarkRun.Of(set, embedder, progress, interruption.Token)))]);
            FailedFile[] failures = [.. set.Missing, .. result.Models.SelectMany(m => m.Failures).Distinct()];
            Print(failures, set.Missing.Count);
            ReportOptions.Print(globals.Json(parsed), stream => JsonReport.Write(stream, result), () => BenchmarkText.Of(result));
            files.Write(table => CsvReport.Write(table, result), stream => BenchmarkPage.Write(stream, result, interruption.Token));
            return failures.Length > 0 ? ExitCode.SomeFailed : ExitCode.Done;
        });
        return command;
    }

    private static string[] Listed(string[]? given, string[] otherwise)
    {
        string[] names = [.. (given ?? []).SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        return names.Length > 0 ? names : otherwise;
    }

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new UsageException($"--false-answers {Printable.Text(text)} is no number of answers");

    private static void Print(FailedFile[] failures, int missing)
    {
        FileFaults.Print([], [.. failures.Select(f => (f.Path, f.Reason))], []);
        if (missing > 0)
        {
            Console.Error.WriteLine($"{missing} {(missing == 1 ? "line" : "lines")} of the truth left out");
        }

        if (failures.Length > missing)
        {
            Console.Error.WriteLine($"{failures.Length - missing} {(failures.Length - missing == 1 ? "file" : "files")} not read");
        }
    }
}
