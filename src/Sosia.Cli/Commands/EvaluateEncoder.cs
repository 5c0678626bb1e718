using System.CommandLine;
using Sosia.Evaluating;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Reports;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>What `sosia evaluate` takes for protocols and for encoders alike.</summary>
/// <param name="What">The run's folder, or the model.</param>
/// <param name="Annotations">Published files.</param>
/// <param name="Videos">Their folder.</param>
/// <param name="Split">As it was typed: a number, or all; null: the first.</param>
/// <param name="Cache">Where features are kept.</param>
/// <param name="Missing">What becomes of videos that cannot be read.</param>
/// <param name="Threads">Videos at a time.</param>
internal sealed record EncoderCommand(string What, IReadOnlyList<string> Annotations, string? Videos, string? Split, string Cache, MissingTreatment Missing, int Threads);

/// <summary>`sosia evaluate RUN`: what the features of an encoder are worth.</summary>
internal static class EvaluateEncoder
{
    /// <summary>In place of a split's number.</summary>
    public const string EverySplit = "all";

    public static int Run(EncoderCommand command, EncoderTaskOptions options, ParseResult parsed, string? csv, bool json)
    {
        var tasks = options.TasksOf(parsed);
        var (sets, frames) = (parsed.GetValue(options.Frames) is null ? Sets(command, options, parsed, tasks) : [], Frames(command, options, parsed));
        using var interruption = new Interruption();
        using var files = new ReportFiles(csv is null ? null : ReportFile.Open(csv), null);
        using var clusters = new ReportFiles(parsed.GetValue(options.Clusters) is { } path ? ReportFile.Open(path) : null, null);
        TorchSetup.Prepare();
        TorchRuntime.Threads = command.Threads;
        var device = DeviceOption.KindOf(parsed.GetValue(options.Device)) == DeviceType.Cuda ? Device.Cuda(0) : Device.Cpu;
        using var encoder = EvaluatedEncoder.Open(command.What, parsed.GetValue(options.Untrained));
        encoder.Encoder.To(device);
        var report = ProgressDisplay.Run("evaluating", progress => frames is null
            ? Measure([.. sets.Select(set => Request(encoder, set, command, options, parsed, tasks) with { Device = device })], parsed.GetValue(options.Dataset), progress, interruption.Token)
            : new FrameEvaluation(Request(encoder, frames, command, options, parsed) with { Device = device }).Measure(progress, interruption.Token));
        ReportOptions.Print(json, stream => JsonReport.WriteEncoder(stream, report), () => EvaluationText.Of(report));
        files.Write(table => CsvReport.Write(table, report), static _ => { });
        clusters.Write(table => CsvReport.Write(table, report.Clusters), static _ => { });
        return report.Missing.Any(video => video.Path is not null) ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private static EvaluationReport Measure(IReadOnlyList<EncoderEvaluationRequest> splits, string? dataset, IProgress<IngestProgress>? progress, CancellationToken stop) => splits is [var only]
        ? new EncoderEvaluation(only).Measure(progress, stop)
        : new SplitEvaluation($"{dataset} splits 1 to {splits.Count}", splits).Measure(progress, stop);

    private static EncoderEvaluationRequest Request(
        EvaluatedEncoder encoder, EvaluatedSet set, EncoderCommand command, EncoderTaskOptions options, ParseResult parsed, IReadOnlyList<EncoderTask> tasks)
    {
        var sampling = parsed.GetValue(options.Rate) is > 0 and var rate ? encoder.Sampling with { Rate = rate } : encoder.Sampling;
        return new EncoderEvaluationRequest(encoder.Name, encoder.Encoder, encoder.Prepare, set.Set, set.Videos)
        {
            SetName = set.Name,
            Notes = set.Notes,
            Tasks = tasks,
            Clips = TestClipOptions.Of(sampling, parsed.GetValue(options.Clips)),
            FineTuning = parsed.GetValue(options.Epochs) is { } epochs ? set.FineTuning with { Epochs = epochs } : set.FineTuning,
            Missing = command.Missing,
            Cache = command.Cache,
            Fingerprint = encoder.Fingerprint,
            Threads = command.Threads,
            Seed = parsed.GetValue(options.Seed),
        };
    }

    private static FrameEvaluationRequest Request(EvaluatedEncoder encoder, FramePhases frames, EncoderCommand command, EncoderTaskOptions options, ParseResult parsed)
    {
        var sequences = encoder.Encoder as FrameSequenceEncoder
            ?? throw new UsageException($"{Printable.Text(encoder.Name)} gives no vector of each frame, as CARL does: --frames is not for it");
        return new FrameEvaluationRequest(encoder.Name, sequences, encoder.Prepare, frames, command.Videos!, parsed.GetValue(options.Rate), encoder.Sampling.Side)
        {
            Stride = parsed.GetValue(options.Stride),
            Missing = command.Missing,
            Cache = command.Cache,
            Fingerprint = encoder.Fingerprint,
            Threads = command.Threads,
        };
    }

    private static FramePhases? Frames(EncoderCommand command, EncoderTaskOptions options, ParseResult parsed)
    {
        if (parsed.GetValue(options.Frames) is not { } path)
        {
            return null;
        }

        RequireVideos(command.Videos, "--frames");
        var frames = FramePhases.Read(path, parsed.GetValue(options.Seed));
        return frames.Phases > 0 ? frames : throw new UsageException($"--frames {Printable.Text(path)} gives no frame a phase");
    }

    private static IReadOnlyList<EvaluatedSet> Sets(EncoderCommand command, EncoderTaskOptions options, ParseResult parsed, IReadOnlyList<EncoderTask> tasks) =>
        (parsed.GetValue(options.Data), parsed.GetValue(options.Dataset)) switch
        {
            ({ }, null) when command.Split is not null => throw new UsageException("--split chooses among the lists of a --dataset: leave it out"),
            ({ } folder, null) => [EvaluatedSet.OfFolders(folder, parsed.GetValue(options.Seed), needsClasses: tasks.Any(task => task != EncoderTask.Clusters))],
            (null, { } name) => Published(PublishedSet.Named(name), command),
            ({ }, { }) => throw new UsageException("--data holds its own classes: leave out --dataset"),
            _ => throw new UsageException("say on which videos: --data FOLDER of class folders, --dataset NAME with --annotations and --videos, or --frames FILE with --videos"),
        };

    private static IReadOnlyList<EvaluatedSet> Published(PublishedSet set, EncoderCommand command)
    {
        RequireVideos(command.Videos, "--dataset");
        if (command.Annotations is not [var folder])
        {
            throw new UsageException($"--dataset {set.Name} needs --annotations DIR: {set.Files}");
        }

        return [.. Splits(set, command.Split ?? "1").Select(split => EvaluatedSet.OfPublished(set, folder, split, command.Videos!))];
    }

    private static IEnumerable<int> Splits(PublishedSet set, string asked)
    {
        if (asked == EverySplit)
        {
            return Enumerable.Range(1, set.Splits);
        }

        var split = int.TryParse(asked, out var number) ? number : 0;
        return split >= 1 && split <= set.Splits
            ? [split]
            : throw new UsageException($"--split {asked}: {set.Name} has {(set.Splits == 1 ? "one split" : $"the splits 1 to {set.Splits}, and {EverySplit}")}");
    }

    private static void RequireVideos(string? videos, string option)
    {
        if (videos is null || !Directory.Exists(videos))
        {
            throw new UsageException(videos is null ? $"{option} needs --videos DIR" : $"--videos {Printable.Text(videos)}: there is no such folder");
        }
    }
}
