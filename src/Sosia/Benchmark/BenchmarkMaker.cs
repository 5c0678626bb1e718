using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Sosia.Video;

namespace Sosia;

/// <summary>Makes a benchmark of edited copies from any videos: seeded, with the truth about every stretch.</summary>
public sealed class BenchmarkMaker
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2); // ffmpeg tells twice a second how far it is

    private readonly BenchmarkFolder folder;
    private readonly CopyPlans plans;
    private readonly IProgress<IngestProgress>? progress;
    private readonly ConcurrentDictionary<int, CopyPlan> planned = new();
    private readonly ConcurrentBag<(string Path, string Reason)> failures = [];
    private readonly Lock counting = new();
    private int done;
    private int made;
    private int kept;
    private double seconds;

    private BenchmarkMaker(BenchmarkFolder folder, CopyPlans plans, IProgress<IngestProgress>? progress) =>
        (this.folder, this.plans, this.progress) = (folder, plans, progress);

    /// <summary>Makes the copies that do not stand yet, and truth.csv. Stopping keeps those that stand; the same call goes on.</summary>
    /// <param name="videos">Folders and files, looked for as `add` does; what cannot be read is skipped with a reason.</param>
    /// <param name="options">Where to, how many, of which edits.</param>
    /// <param name="progress">Told after each copy, from any thread.</param>
    /// <param name="stop">Ends it soon.</param>
    /// <exception cref="UsageException">The options have a fault, there is no video to copy, or the folder holds something else.</exception>
    /// <exception cref="VideoException">ffmpeg is missing, or cannot encode.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public static BenchmarkMade Make(
        IReadOnlyList<string> videos, BenchmarkMakeOptions options, IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        if (options.Fault is { } fault)
        {
            throw new UsageException(fault);
        }

        BenchmarkFolder.RequireOwn(options.Folder); // before every video is looked at
        var ffmpeg = FfmpegVersion();
        var originals = BenchmarkOriginals.Find(videos, Path.GetFullPath(options.Folder), options.Jobs, stop);
        var plans = new CopyPlans(originals.Videos, options);
        RequireCopies(originals, plans);
        using var folder = BenchmarkFolder.Open(options.Folder);
        folder.Begin(originals, options, ffmpeg);
        return new BenchmarkMaker(folder, plans, progress).Run(originals, options.Jobs, stop);
    }

    private static string FfmpegVersion()
    {
        var version = Ffmpeg.Version("ffmpeg", Ffmpeg.Tool);
        return Ffmpeg.Lacks("-encoders", ["libx264"]).Count == 0
            ? version
            : throw new VideoException(VideoFault.ToolMissing, Ffmpeg.Tool, $"{version} has no encoder libx264, which copies are made with");
    }

    private static void RequireCopies(BenchmarkOriginals originals, CopyPlans plans)
    {
        if (originals.Videos.Count == 0)
        {
            var first = originals.Failures.Concat(originals.Skipped).Select(one => $": {one.Path}: {one.Reason}").FirstOrDefault("");
            throw new UsageException($"there is no video to copy{first}");
        }

        if (plans.Count == 0)
        {
            throw new UsageException("putting a video into another one needs two videos, and there is only one");
        }
    }

    private BenchmarkMade Run(BenchmarkOriginals originals, int jobs, CancellationToken stop)
    {
        try
        {
            var workers = new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = stop };
            Parallel.ForEach(Partitioner.Create(Enumerable.Range(0, plans.Count), EnumerablePartitionerOptions.NoBuffering), workers, number => Take(number, stop));
        }
        catch (AggregateException errors)
        {
            // Several workers met the same trouble.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }

        folder.WriteTruth(planned.OrderBy(copy => copy.Key).Select(copy => copy.Value));
        return new BenchmarkMade(
            folder.Path, originals.Folder, originals.Videos.Count, made, kept, originals.Skipped, [.. originals.Failures, .. failures.Order()]);
    }

    // One bad copy never stops the rest.
    private void Take(int number, CancellationToken stop)
    {
        try
        {
            var copy = plans[number];
            planned[number] = copy;
            var isThere = folder.Holds(copy);
            var length = isThere ? 0 : MakeCopy(copy, stop);
            Count(isThere, length);
        }
        catch (Exception error) when (error is VideoException { Fault: not VideoFault.ToolMissing } or InvalidDataException)
        {
            var what = planned.TryGetValue(number, out var copy) ? $"{copy.File}: " : "";
            failures.Add((plans.SourceOf(number).Path, what + (error is VideoException video ? video.Reason : error.Message)));
        }

        progress?.Report(new IngestProgress(Interlocked.Increment(ref done), plans.Count, seconds));
    }

    private void Count(bool isThere, double length)
    {
        lock (counting)
        {
            _ = isThere ? kept++ : made++;
            seconds += length;
        }
    }

    private double MakeCopy(CopyPlan copy, CancellationToken stop)
    {
        var path = folder.Unfinished(copy);
        try
        {
            Encode(copy, path, stop);
            var length = Probe.Read(path, stop).Duration;
            folder.Keep(copy, CopyTruth.Rows(copy, length));
            return length;
        }
        finally
        {
            File.Delete(path); // what is not whole goes
        }
    }

    private static void Encode(CopyPlan copy, string path, CancellationToken stop)
    {
        string[] arguments = ["-progress", "pipe:1", "-stats_period", "0.5", .. copy.Plan.Arguments(copy.Source.Path, copy.Other?.Path, path)];
        using var child = Ffmpeg.Start(Ffmpeg.Tool, copy.Source.Path, arguments, new ChildLimits { Patience = Patience }, stop: stop);
        child.Output.CopyTo(Stream.Null);
        var (ending, code) = child.Wait();
        stop.ThrowIfCancellationRequested();
        if (ending != ChildEnding.Exited || code != 0)
        {
            var reason = ending == ChildEnding.TimedOut ? "ffmpeg hung and was ended" : $"ffmpeg could not make it: {string.Join("; ", child.Errors.Tail)}";
            throw new VideoException(VideoFault.Damaged, copy.Source.Path, reason);
        }
    }
}
