using System.CommandLine;
using Sosia.Evaluating;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Reports;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>`sosia evaluate PROTOCOL`: a model measured by a public protocol, on its published files and the user's videos; and `sosia evaluate RUN`.</summary>
internal static class EvaluateCommand
{
    private const string DefaultCache = ".sosia-evaluate";

    public static Command Create(GlobalOptions globals)
    {
        var what = new Argument<string>("what") { Description = $"a protocol of copy detection ({string.Join(", ", Protocol.All.Select(p => p.Name))}), or the folder of a RUN or an imported model, whose features are measured" };
        var annotations = new Option<string[]>("--annotations")
        {
            Description = "the published files, or the folder that holds them",
            HelpName = "PATH",
            AllowMultipleArgumentsPerToken = true,
        };
        var videos = new Option<string?>("--videos") { Description = "the folder of videos; a protocol finds them by their ids, anywhere in it", HelpName = "DIR" };
        var model = new Option<string?>("--model") { Description = $"what a protocol measures: see `sosia models` [default: {Embedders.Default.Model}]", HelpName = "NAME" };
        var cache = new Option<string>("--cache")
        {
            Description = "where embeddings are kept, in ordinary libraries for each model, and features; a folder for each benchmark is searched faster",
            HelpName = "DIR",
            DefaultValueFactory = _ => DefaultCache,
        };
        var missing = new Option<string?>("--missing") { Description = "leave-out: measure on the videos that can be read; count: those that cannot are not found [default: as the protocol has it]", HelpName = "RULE" };
        missing.AcceptOnlyFromAmong("leave-out", "count");
        var split = new Option<string?>("--split") { Description = "which pairs of VCSL: train, val or test [default: test]; which split of ucf101 or hmdb51: 1, 2, 3, or all, each by itself and then their mean; features of a video are computed once and kept in --cache [default: 1]", HelpName = "NAME" };
        split.AcceptOnlyFromAmong("train", "val", "test", "1", "2", "3", EvaluateEncoder.EverySplit);
        var plain = new Option<bool>("--no-mirrored") { Description = "do not look for queries mirrored, too; embeds each query once instead of twice" };
        var retry = new Option<bool>("--retry") { Description = "try files again that failed before and have not changed" };
        var csv = new Option<string?>("--csv") { Description = "write a table too: the figures, and every missing video", HelpName = "FILE" };
        var encoder = new EncoderTaskOptions();
        var command = new Command("evaluate", "Measure a model by a public protocol of copy detection, or what the features of a trained encoder know of classes. Videos are embedded once and kept; Ctrl-C and the same command goes on.")
        {
            what, annotations, videos, model, cache, missing, split, plain, retry, csv,
        };
        encoder.AddTo(command);
        Help.Section(
            command,
            "Published files, by protocol and data set (docs/evaluation.md has their layout):",
            [.. Protocol.All.Select(p => (p.Name, p.Files)), .. PublishedSet.All.Select(set => (set.Name, set.Files))]);
        Help.Examples(
            command,
            "sosia evaluate fivr-200k --annotations FIVR-200K/dataset --videos fivr --cache fivr.cache",
            "sosia evaluate vcdb --annotations VCDB/annotation --videos VCDB/core_dataset --model pdq --csv vcdb.csv",
            "sosia evaluate vcsl --annotations VCSL/data --videos vcsl --split val --json",
            "sosia evaluate runs/fame-1 --data actions --tasks knn,linear,retrieval",
            "sosia evaluate runs/slic-1 --data videos --tasks clusters --clusters clusters.csv",
            "sosia evaluate runs/carl-1 --frames phases.csv --videos pouring --rate 20 --stride 5",
            "sosia evaluate runs/svt-1 --dataset ucf101 --annotations ucfTrainTestlist --videos UCF-101 --split all --tasks linear");
        command.SetAction(parsed =>
        {
            var (name, json, table) = (parsed.GetRequiredValue(what), globals.Json(parsed), parsed.GetValue(csv));
            var rule = parsed.GetValue(missing) switch { null => (MissingTreatment?)null, "count" => MissingTreatment.NotFound, _ => MissingTreatment.LeftOut };
            if (IsEncoder(name))
            {
                Option[] foreign = [model, plain, retry];
                Refuse(name, foreign.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name));
                var asked = new EncoderCommand(
                    name, parsed.GetValue(annotations) ?? [], parsed.GetValue(videos), parsed.GetValue(split), parsed.GetRequiredValue(cache), rule ?? MissingTreatment.NotFound, globals.Threads(parsed));
                return EvaluateEncoder.Run(asked, encoder, parsed, table, json);
            }

            var protocol = Named(name);
            Refuse(name, encoder.Given(parsed));
            var request = new EvaluationRequest(
                protocol,
                parsed.GetValue(annotations) is { Length: > 0 } published ? published : throw new UsageException($"{name} needs --annotations PATH: {protocol.Files}"),
                parsed.GetValue(videos) ?? throw new UsageException($"{name} needs --videos DIR"),
                Embedders.Named(parsed.GetValue(model) ?? Embedders.Default.Model),
                parsed.GetRequiredValue(cache))
            {
                Missing = rule,
                Split = Pairs(parsed.GetValue(split)),
                Mirrored = !parsed.GetValue(plain),
                Threads = globals.Threads(parsed),
                Retry = parsed.GetValue(retry),
            };
            return Run(request, table, json);
        });
        return command;
    }

    // A protocol's name goes before a folder of that name: ./NAME is the folder.
    private static bool IsEncoder(string name) => Protocol.All.All(protocol => protocol.Name != name) && EvaluatedEncoder.Is(name);

    private static Protocol Named(string name) => Protocol.All.FirstOrDefault(protocol => protocol.Name == name) ?? throw new UsageException(
        $"there is no protocol {Printable.Text(name)}: choose one of {string.Join(", ", Protocol.All.Select(protocol => protocol.Name))}, or name the folder of a training or an imported model");

    private static string Pairs(string? split) => split switch
    {
        null => "test",
        "train" or "val" or "test" => split,
        _ => throw new UsageException($"--split {split} is for ucf101 and hmdb51"),
    };

    private static void Refuse(string name, IEnumerable<string> options)
    {
        if (options.FirstOrDefault() is { } option)
        {
            throw new UsageException($"{option} is not for {Printable.Text(name)}");
        }
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
