using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;

namespace Sosia.Video.Packs;

/// <summary>Options of <see cref="Packing.Run"/>.</summary>
/// <param name="Exclude">Names or paths to leave out, as in <see cref="MediaFiles"/>.</param>
/// <param name="Threads">Videos decoded at a time.</param>
/// <param name="Retry">Whether files that failed before, and have not changed since, are tried again.</param>
/// <param name="Scenes">How many rendered scenes the pack is to hold: those of the seeds 0, 1, 2 ...</param>
/// <param name="SceneSeconds">Length of each.</param>
public sealed record PackingOptions(IReadOnlyList<string> Exclude, int Threads, bool Retry = false, int Scenes = 0, double SceneSeconds = 10);

/// <summary>How far a packing is.</summary>
/// <param name="Done">Files and scenes seen so far.</param>
/// <param name="Total">Files and scenes there are.</param>
/// <param name="Seconds">Seconds of video packed.</param>
public sealed record PackingProgress(int Done, int Total, double Seconds);

/// <summary>What a packing did.</summary>
/// <param name="Added">Videos, photographs and scenes that are new, or were packed anew because they changed.</param>
/// <param name="Unchanged">Those that the pack held already.</param>
/// <param name="Frames">Frames added.</param>
/// <param name="Seconds">Seconds of video added.</param>
/// <param name="Damaged">Files that were packed although something in them is broken, each with what.</param>
/// <param name="Failures">Files that could not be read, each with the reason.</param>
/// <param name="FailedBefore">Paths of those failures that are remembered from before, and were not tried again.</param>
public sealed record PackingResult(
    int Added,
    int Unchanged,
    long Frames,
    double Seconds,
    IReadOnlyList<(string Path, string Damage)> Damaged,
    IReadOnlyList<(string Path, string Reason)> Failures,
    IReadOnlyList<string> FailedBefore);

/// <summary>Brings videos, photographs and rendered scenes into a pack, several at a time.</summary>
public sealed class Packing
{
    private readonly PackWriter pack;
    private readonly PackingOptions options;
    private readonly PackNames names;
    private readonly PackFailures failures;
    private readonly IProgress<PackingProgress>? progress;
    private readonly ConcurrentBag<(string Path, string Damage)> damaged = [];
    private readonly Lock counting = new();
    private int total;
    private int done;
    private int added;
    private int unchanged;
    private long frames;
    private double seconds;

    private Packing(PackWriter pack, IReadOnlyList<string> paths, PackingOptions options, IProgress<PackingProgress>? progress)
    {
        (this.pack, this.options, this.progress) = (pack, options, progress);
        names = new PackNames(paths);
        failures = new PackFailures(pack.Folder, options.Retry);
    }

    // A worker that finds no file any more leaves its thread to the decoders of the others.
    private int DecoderThreads => Math.Max(1, options.Threads / Math.Max(1, total - done));

    /// <summary>Packs what is new or has changed. Stopping keeps what is done; the same call goes on.</summary>
    /// <param name="pack">Open for writing.</param>
    /// <param name="paths">Folders and files of videos and photographs.</param>
    /// <param name="options">What to leave out, and how many at a time.</param>
    /// <param name="progress">Told after each, from any thread.</param>
    /// <param name="stop">Ends it soon, and keeps what is done.</param>
    /// <exception cref="PackException">The pack cannot be written.</exception>
    /// <exception cref="VideoException">ffmpeg or ffprobe is missing: no fault of a file.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set; what was finished is in the pack.</exception>
    public static PackingResult Run(
        PackWriter pack, IReadOnlyList<string> paths, PackingOptions options, IProgress<PackingProgress>? progress = null, CancellationToken stop = default) =>
        new Packing(pack, paths, options, progress).Take(MediaFiles.FindWithPictures(paths, options.Exclude, stop), stop);

    private PackingResult Take(MediaFileList found, CancellationToken stop)
    {
        foreach (var failure in found.Failures)
        {
            failures.Add(Origin(failure.Path), names.Of(failure.Path), failure);
        }

        var work = Enumerable.Range(0, options.Scenes).Select(seed => (Action)(() => TakeScene(seed, stop)))
            .Concat(found.Files.Select(file => (Action)(() => TakeFile(file.Path, stop))));
        total = options.Scenes + found.Files.Count;
        try
        {
            var workers = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = stop };
            Parallel.ForEach(Partitioner.Create(work, EnumerablePartitionerOptions.NoBuffering), workers, take =>
            {
                take();
                Interlocked.Increment(ref done);
                Tell();
            });
        }
        catch (AggregateException errors)
        {
            // Several workers met the same trouble.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
        finally
        {
            failures.Save(name => pack.Find(name) is not null);
        }

        return new PackingResult(added, unchanged, frames, seconds, [.. damaged.OrderBy(d => d.Path, StringComparer.Ordinal)], failures.All, failures.Remembered);
    }

    private static PackOrigin Origin(string path)
    {
        var status = FileStatus.Of(path);
        return new PackOrigin(Path.GetFullPath(path), status.Bytes, status.ModifiedNanoseconds);
    }

    // One bad file never stops the rest.
    private void TakeFile(string path, CancellationToken stop)
    {
        var (origin, name) = (Origin(path), names.Of(path));
        try
        {
            if (IsPacked(name, origin))
            {
                Interlocked.Increment(ref unchanged);
            }
            else if (!failures.FailedBefore(origin, name))
            {
                Decode(name, origin, stop);
            }
        }
        catch (Exception error) when (PackFailures.IsOfOneFile(error))
        {
            failures.Add(origin, name, error);
        }
    }

    private bool IsPacked(string name, PackOrigin origin)
    {
        var known = pack.Find(name);
        if ((names.Taken(name, origin.Path) ?? Other(known, origin)) is { } other)
        {
            throw new IOException($"{other} has the same name in the pack: pack the folder that holds both, or make another pack for this one");
        }

        return known?.Size == origin.Size && known.Modified == origin.Modified;
    }

    // The file that the pack has under the name, where it is still there and another one; a folder that was moved is the same files.
    private static string? Other(IndexLine? known, PackOrigin origin) =>
        known?.Path is { } before && before != origin.Path && File.Exists(before) ? before : null;

    private void Decode(string name, PackOrigin origin, CancellationToken stop)
    {
        var video = Probe.Read(origin.Path, stop);
        var (width, height) = video.IsPicture ? pack.Settings.SizeOfPhotograph(video.Width, video.Height) : pack.Settings.SizeOf(video.Width, video.Height);
        var request = new FrameRequest(width, height) { Rate = video.IsPicture ? 0 : pack.Settings.Rate, Threads = DecoderThreads };
        using var reader = FrameReader.Open(video, request, stop);
        using var block = pack.Begin(width, height);
        while (reader.Read(out var frame))
        {
            block.Add(frame.Rgb);
        }

        stop.ThrowIfCancellationRequested();
        if (Origin(origin.Path) != origin)
        {
            throw new IOException("changed while it was read; pack it again");
        }

        if (reader.Damage is { } damage)
        {
            damaged.Add((origin.Path, damage));
        }

        Commit(name, video.IsPicture ? PackSource.Photograph : PackSource.Video, block, origin, reader.Damage);
    }

    // Scenes of even seeds are 4:3, those of odd ones 16:9.
    private void TakeScene(int seed, CancellationToken stop)
    {
        var name = $"scene-{seed:D6}";
        var (rate, side) = (pack.Settings.Rate, pack.Settings.Side);
        if (pack.Find(name) is { Source: PackSource.Scene, Frames: var frames } && frames == (int)Math.Round(options.SceneSeconds * rate))
        {
            Interlocked.Increment(ref unchanged);
            return;
        }

        var (width, height) = pack.Settings.SizeOf(seed % 2 == 0 ? 4 * side : 16 * side, seed % 2 == 0 ? 3 * side : 9 * side);
        using var block = pack.Begin(width, height);
        foreach (var frame in Scenes.Render(seed, options.SceneSeconds, rate, width, height))
        {
            stop.ThrowIfCancellationRequested();
            block.Add(frame);
        }

        Commit(name, PackSource.Scene, block, null, null);
    }

    private void Commit(string name, PackSource source, PackBlock block, PackOrigin? origin, string? damage)
    {
        pack.Commit(name, source, block, origin, damage);
        lock (counting)
        {
            added++;
            frames += block.Frames;
            seconds += source == PackSource.Photograph ? 0 : block.Frames / pack.Settings.Rate;
        }
    }

    private void Tell() => progress?.Report(new PackingProgress(done, total, seconds));
}
