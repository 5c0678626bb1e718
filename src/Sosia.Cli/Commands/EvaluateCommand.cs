using System.CommandLine;
using Sosia.Evaluating;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Reports;

namespace Sosia.Cli.Commands;

/// <summary>`sosia evaluate PROTOCOL`: a model measured by a public protocol, on its published files and the user's videos.</summary>
internal static class EvaluateCommand
{
    private const string DefaultCache = ".sosia-evaluate";

    public static Command Create(GlobalOptions globals)
    {
        var protocol = new Argument<string>("protocol") { Description = $"one of {string.Join(", ", Protocol.All.Select(p => p.Name))}" };
        var annotations = new Option<string[]>("--annotations")
        {
            Description = "the published files, or the folder that holds them",
            HelpName = "PATH",
            Required = true,
            AllowMultipleArgumentsPerToken = true,
        };
        var videos = new Option<string>("--videos") { Description = "the folder of videos, each named by its id, anywhere in it", HelpName = "DIR", Required = true };
        var model = new Option<string?>("--model") { Description = $"what is measured: see `sosia models` [default: {Embedders.Default.Model}]", HelpName = "NAME" };
        var cache = new Option<string>("--cache")
        {
            Description = "where embeddings are kept, in ordinary libraries for each model; a folder for each benchmark is searched faster",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultCache,
        };
        var missing = new Option<string?>("--missing") { Description = "leave-out: measure on the videos that can be read; count: those that cannot are not found [default: as the protocol has it]", HelpName = "RULE" };
        missing.AcceptOnlyFromAmong("leave-out", "count");
        var split = new Option<string>("--split") { Description = "which pairs of VCSL: train, val or test", HelpName = "NAME", DefaultValueFactory = _ => "test" };
        split.AcceptOnlyFromAmong("train", "val", "test");
        var plain = new Option<bool>("--no-mirrored") { Description = "do not look for queries mirrored, too; embeds each query once instead of twice" };
        var retry = new Option<bool>("--retry") { Description = "try files again that failed before and have not changed" };
        var csv = new Option<string?>("--csv") { Description = "write a table too: the figures, and every missing video", HelpName = "FILE" };
        var command = new Command("evaluate", "Measure a model by a public protocol of copy detection. Videos are embedded once and kept; Ctrl-C and the same command goes on.")
        {
            protocol, annotations, videos, model, cache, missing, split, plain, retry, csv,
        };
        Help.Section(command, "Published files, by protocol (docs/evaluation.md has their layout):", Protocol.All.Select(p => (p.Name, p.Files)));
        Help.Examples(
            command,
            "sosia evaluate fivr-200k --annotations FIVR-200K/dataset --videos fivr --cache fivr.cache",
            "sosia evaluate vcdb --annotations VCDB/annotation --videos VCDB/core_dataset --model pdq --csv vcdb.csv",
            "sosia evaluate vcsl --annotations VCSL/data --videos vcsl --split val --json");
        command.SetAction(parsed =>
        {
            var request = new EvaluationRequest(
                Protocol.Named(parsed.GetRequiredValue(protocol)),
                parsed.GetRequiredValue(annotations),
                parsed.GetRequiredValue(videos),
                Embedders.Named(parsed.GetValue(model) ?? Embedders.Default.Model),
                parsed.GetRequiredValue(cache))
            {
                Missing = parsed.GetValue(missing) switch { null => null, "count" => MissingTreatment.NotFound, _ => MissingTreatment.LeftOut },
                Split = parsed.GetRequiredValue(split),
                Mirrored = !parsed.GetValue(plain),
                Threads = globals.Threads(parsed),
                Retry = parsed.GetValue(retry),
            };
            return Run(request, parsed.GetValue(csv), globals.Json(parsed));
        });
        return command;
    }

    private static int Run(EvaluationRequest request, string? csv, bool json)
    {
        using var interruption = new Interruption();
        using var evaluation = new Evaluation(request, interruption.Token);
        using var files = new ReportFiles(csv is null ? null : ReportFile.Open(csv), null);
        ProgressDisplay.Run("embedding", progress =>
        {
            evaluation.Embed(progress, interruption.Token);
            return true;
        });
        foreach (var ingested in evaluation.Ingested)
        {
            FileFaults.Print(ingested.Damaged, ingested.Failures, ingested.FailedBefore);
        }

        var report = ProgressDisplay.Run("searching", progress => evaluation.Measure(progress, interruption.Token));
        ReportOptions.Print(json, stream => JsonReport.Write(stream, report), () => EvaluationText.Of(report));
        files.Write(table => CsvReport.Write(table, report), static _ => { });
        return evaluation.Ingested.Any(ingested => ingested.Failures.Count > 0) ? ExitCode.SomeFailed : ExitCode.Done;
    }
}
