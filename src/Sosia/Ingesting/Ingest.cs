using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>Brings folders and files into a library: looks, recognises, reads, embeds and writes, several files at a time.</summary>
public sealed class Ingest
{
    private readonly VideoLibrary library;
    private readonly IEmbedder embedder;
    private readonly IngestOptions options;

    // One writer: every call to the library goes through this lock. Decoding and hashing happen outside it.
    private readonly Lock writing = new();
    private readonly ConcurrentDictionary<ContentId, bool> claimed = new();
    private readonly ConcurrentQueue<FoundFile> twins = new();
    private readonly ConcurrentBag<(string Path, string Reason)> failures = [];
    private readonly ConcurrentBag<(string Path, string Damage)> damaged = [];
    private readonly Dictionary<(long Device, long Inode), StoredFile> links;
    private readonly Dictionary<string, StoredFailure> failedBefore;
    private int added;
    private int unchanged;
    private int sameContent;
    private int moved;
    private double seconds;

    private Ingest(VideoLibrary library, IEmbedder embedder, IngestOptions options)
    {
        failedBefore = options.Retry ? [] : library.Failures().ToDictionary(f => f.Path, StringComparer.Ordinal);
        this.library = library;
        this.embedder = embedder;
        this.options = options;
        links = library.Videos().SelectMany(v => v.Files).Where(f => !f.Missing)
            .GroupBy(f => (f.Stamp.Device, f.Stamp.Inode)).ToDictionary(g => g.Key, g => g.First());
    }

    /// <summary>Adds folders and files. Stopping keeps what is done; the same call goes on.</summary>
    /// <param name="library">Open for writing.</param>
    /// <param name="embedder">The one that the library was made with.</param>
    /// <param name="paths">Folders and files.</param>
    /// <param name="options">What to leave out, and how many at a time.</param>
    /// <param name="progress">Told after each file, from any thread.</param>
    /// <param name="stop">Ends it within a second or two, and keeps what is done.</param>
    /// <exception cref="LibraryException">Another embedder made the library, or it cannot be written.</exception>
    /// <exception cref="VideoException">ffmpeg or ffprobe is missing: no fault of a file.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set; what was finished is stored.</exception>
    public static IngestResult Add(
        VideoLibrary library,
        IEmbedder embedder,
        IReadOnlyList<string> paths,
        IngestOptions options,
        IProgress<IngestProgress>? progress = null,
        CancellationToken stop = default)
    {
        library.RequireEmbedder(embedder.Identity);
        return new Ingest(library, embedder, options).Run(paths, progress, stop);
    }

    private IngestResult Run(IReadOnlyList<string> paths, IProgress<IngestProgress>? progress, CancellationToken stop)
    {
        var found = MediaFiles.Find(paths, options.Exclude, stop);
        foreach (var failure in found.Failures)
        {
            failures.Add((Path.GetFullPath(failure.Path), failure.Reason));
        }

        var done = 0;
        try
        {
            var workers = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = stop };
            Parallel.ForEach(Partitioner.Create(found.Files, EnumerablePartitionerOptions.NoBuffering), workers, file =>
            {
                Take(new FoundFile(Path.GetFullPath(file.Path), FileStatus.Of(file.Path)), stop);
                progress?.Report(new IngestProgress(Interlocked.Increment(ref done), found.Files.Count, seconds));
            });

            // Files whose content another worker was reading: by now the library knows it.
            while (twins.TryDequeue(out var file))
            {
                Take(file, stop);
            }
        }
        catch (AggregateException errors)
        {
            // Several workers met the same trouble.
            ExceptionDispatchInfo.Throw(errors.InnerExceptions[0]);
        }
        finally
        {
            library.Flush();
        }

        ForgetFailures(paths);

        return Result(MarkMissing(paths));
    }

    private readonly record struct FoundFile(string Path, FileStatus Status)
    {
        public FileStamp Stamp(string sample) =>
            new(Path, Status.Bytes, Status.ModifiedNanoseconds, unchecked((long)Status.Device), unchecked((long)Status.Inode), sample);

        public bool Is(long bytes, long modified) => Status.Bytes == bytes && Status.ModifiedNanoseconds == modified;
    }

    private IngestResult Result(int missing) => new()
    {
        Added = added,
        Unchanged = unchanged,
        SameContent = sameContent,
        Moved = moved,
        Missing = missing,
        Seconds = seconds,
        Damaged = [.. damaged.OrderBy(d => d.Path, StringComparer.Ordinal)],
        Failures = [.. failures.OrderBy(f => f.Path, StringComparer.Ordinal)],
    };

    // One bad file never stops the rest.
    private void Take(FoundFile file, CancellationToken stop)
    {
        try
        {
            Recognise(file, stop);
        }
        catch (VideoException error) when (error.Fault != VideoFault.ToolMissing)
        {
            Fail(file, error.Reason);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(file, error.Message);
        }
    }

    private void Recognise(FoundFile file, CancellationToken stop)
    {
        StoredFile? known;
        lock (writing)
        {
            known = library.FindFile(file.Path);
        }

        if (known is { Missing: false } && file.Is(known.Stamp.Bytes, known.Stamp.ModifiedNanoseconds))
        {
            Interlocked.Increment(ref unchanged);
            return;
        }

        if (known is null && links.TryGetValue((unchecked((long)file.Status.Device), unchecked((long)file.Status.Inode)), out var link)
            && file.Is(link.Stamp.Bytes, link.Stamp.ModifiedNanoseconds) && File.Exists(link.Stamp.Path))
        {
            Interlocked.Increment(ref unchanged);
            return;
        }

        if (FailedBefore(file))
        {
            return;
        }

        var stamp = file.Stamp(FileIdentity.Sample(file.Path));
        if (known is null && Moved(stamp))
        {
            Interlocked.Increment(ref moved);
            return;
        }

        var content = FileIdentity.Content(file.Path, stop);
        if (SameContent(content, stamp, known))
        {
            return;
        }

        if (!claimed.TryAdd(content, true))
        {
            twins.Enqueue(file);
            return;
        }

        try
        {
            Embed(content, stamp, known, stop);
        }
        catch
        {
            // Another file of this content may try; what was read once is not read again.
            claimed.TryRemove(content, out _);
            throw;
        }
    }

    private bool FailedBefore(FoundFile file)
    {
        if (!failedBefore.TryGetValue(file.Path, out var failure) || !file.Is(failure.Bytes, failure.ModifiedNanoseconds))
        {
            return false;
        }

        failures.Add((file.Path, failure.Reason));
        return true;
    }

    // A known content under a new name, whose old name is gone: a rename costs a look and no decoding.
    private bool Moved(FileStamp stamp)
    {
        lock (writing)
        {
            var from = library.FindBySample(stamp.Bytes, stamp.SampledHash)
                .FirstOrDefault(f => f.Stamp.ModifiedNanoseconds == stamp.ModifiedNanoseconds && !File.Exists(f.Stamp.Path));
            if (from is null)
            {
                return false;
            }

            library.MoveFile(from.Id, stamp);
            return true;
        }
    }

    private bool SameContent(ContentId content, FileStamp stamp, StoredFile? known)
    {
        lock (writing)
        {
            if (library.FindVideo(content) is not { } video)
            {
                return false;
            }

            if (known?.VideoId == video)
            {
                library.RestampFile(known.Id, stamp);
                Interlocked.Increment(ref unchanged);
                return true;
            }

            Overwritten(known);
            library.AddFile(video, stamp);
            library.ClearFailure(stamp.Path);
            Interlocked.Increment(ref sameContent);
            return true;
        }
    }

    private void Embed(ContentId content, FileStamp stamp, StoredFile? known, CancellationToken stop)
    {
        var video = Probe.Read(stamp.Path, stop);
        VideoTicket ticket;
        lock (writing)
        {
            ticket = library.BeginVideo();
        }

        try
        {
            var outcome = embedder.Embed(video, new EmbedRequest(), batch => Append(ticket, batch), stop);
            Complete(ticket, content, stamp, known, video, outcome);
        }
        catch
        {
            lock (writing)
            {
                library.Abandon(ticket);
            }

            throw;
        }
    }

    private void Append(VideoTicket ticket, ClipBatch batch)
    {
        lock (writing)
        {
            library.Append(ticket, batch.Rows, batch.Spans.Span);
        }
    }

    private void Complete(VideoTicket ticket, ContentId content, FileStamp stamp, StoredFile? known, VideoInfo video, EmbedOutcome outcome)
    {
        var facts = new VideoFacts(content, outcome.Duration, video.Width, video.Height, video.FrameRate, video.Codec, video.Container, outcome.Damage);
        lock (writing)
        {
            Overwritten(known);
            library.Complete(ticket, facts, stamp);
            library.ClearFailure(stamp.Path);
            added++;
            seconds += outcome.Duration;
            if (library.FlushDue)
            {
                library.Flush();
            }
        }

        if (outcome.Damage is { } damage)
        {
            damaged.Add((stamp.Path, damage));
        }
    }

    // Other content under a known name: what it held is gone, unless another file holds it too.
    private void Overwritten(StoredFile? known)
    {
        if (known is not null)
        {
            library.RemoveFile(known.Id, removeVideoWithoutFiles: true);
        }
    }

    private void Fail(FoundFile file, string reason)
    {
        failures.Add((file.Path, reason));
        lock (writing)
        {
            library.RecordFailure(new StoredFailure(file.Path, file.Status.Bytes, file.Status.ModifiedNanoseconds, reason, DateTime.UtcNow));
        }
    }

    // Known files under the folders that were walked, and no longer there.
    private int MarkMissing(IReadOnlyList<string> paths)
    {
        var gone = library.Videos().SelectMany(v => v.Files).Where(f => !f.Missing && IsGone(f.Stamp.Path, paths)).ToArray();
        foreach (var file in gone)
        {
            library.MarkMissing(file.Id);
        }

        return gone.Length;
    }

    private void ForgetFailures(IReadOnlyList<string> paths)
    {
        foreach (var failure in library.Failures().Where(f => IsGone(f.Path, paths)))
        {
            library.ClearFailure(failure.Path);
        }
    }

    private static bool IsGone(string path, IReadOnlyList<string> roots) =>
        roots.Any(r => IsUnder(path, Path.TrimEndingDirectorySeparator(Path.GetFullPath(r)))) && !File.Exists(path);

    private static bool IsUnder(string path, string root) =>
        path == root || path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
