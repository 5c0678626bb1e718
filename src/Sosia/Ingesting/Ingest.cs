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
    private readonly ConcurrentBag<(string Path, string Damage)> damaged = [];
    private readonly KnownFiles knownFiles;
    private readonly IngestFailures failures;
    private readonly IProgress<IngestProgress>? progress;
    private int total;
    private int done;
    private double secondsRead; // of videos that are still being read, too
    private int added;
    private int unchanged;
    private int sameContent;
    private int moved;
    private double seconds;

    private Ingest(VideoLibrary library, IEmbedder embedder, IngestOptions options, IProgress<IngestProgress>? progress)
    {
        this.progress = progress;
        this.library = library;
        this.embedder = embedder;
        this.options = options;
        knownFiles = new KnownFiles(library);
        failures = new IngestFailures(library, options.Retry);
    }

    /// <summary>Adds folders and files. Stopping keeps what is done; the same call goes on.</summary>
    /// <param name="library">Open for writing.</param>
    /// <param name="embedder">The one that the library was made with.</param>
    /// <param name="paths">Folders and files.</param>
    /// <param name="options">What to leave out, and how many at a time.</param>
    /// <param name="progress">Told after each file and each part of a long one, from any thread.</param>
    /// <param name="stop">Ends it within a second or two, and keeps what is done.</param>
    /// <exception cref="LibraryException">Another embedder made the library, or it cannot be written.</exception>
    /// <exception cref="VideoException">ffmpeg or ffprobe is missing: no fault of a file.</exception>
    /// <exception cref="EnvironmentException">What the embedder needs is missing.</exception>
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
        embedder.Prepare();
        return new Ingest(library, embedder, options, progress).Run(paths, stop);
    }

    private IngestResult Run(IReadOnlyList<string> paths, CancellationToken stop)
    {
        var found = MediaFiles.Find(paths, options.Exclude, stop);
        foreach (var failure in found.Failures)
        {
            failures.Add(FoundFile.At(failure.Path), failure);
        }

        total = found.Files.Count;
        try
        {
            var workers = new ParallelOptions { MaxDegreeOfParallelism = options.Threads, CancellationToken = stop };
            Parallel.ForEach(Partitioner.Create(found.Files, EnumerablePartitionerOptions.NoBuffering), workers, file =>
            {
                Take(FoundFile.At(file.Path), stop);
                Interlocked.Increment(ref done);
                Tell();
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

        return Finish(paths);
    }

    // What was overwritten has no file any more. It goes only now: the file may have turned up under another name.
    private IngestResult Finish(IReadOnlyList<string> paths)
    {
        var roots = paths.Select(p => Path.TrimEndingDirectorySeparator(Path.GetFullPath(p))).ToHashSet(StringComparer.Ordinal);
        bool IsWalked(string path) => IsUnder(path, roots);
        failures.ForgetPast(IsWalked);
        long[] gone = [.. library.Videos().SelectMany(v => v.Files).Where(f => !f.Missing && IsWalked(f.Stamp.Path) && !File.Exists(f.Stamp.Path)).Select(f => f.Id)];
        library.MarkMissing(gone);
        library.RemoveVideosWithoutFiles();
        return new IngestResult
        {
            Added = added,
            Unchanged = unchanged,
            SameContent = sameContent,
            Moved = moved,
            Missing = gone.Length,
            Seconds = seconds,
            Damaged = [.. damaged.OrderBy(d => d.Path, StringComparer.Ordinal)],
            Failures = failures.All,
            FailedBefore = failures.Remembered,
        };
    }

    // A worker that finds no file any more leaves its thread to the decoders of the others.
    private int DecoderThreads => Math.Max(1, options.Threads / Math.Max(1, total - done));

    private void Tell() => progress?.Report(new IngestProgress(done, total, secondsRead));

    // One bad file never stops the rest.
    private void Take(FoundFile file, CancellationToken stop)
    {
        try
        {
            Recognise(file, stop);
        }
        catch (Exception error) when (IngestFailures.IsOfOneFile(error))
        {
            Fail(file, error);
        }
    }

    private void Recognise(FoundFile file, CancellationToken stop)
    {
        StoredFile? known;
        lock (writing)
        {
            known = library.FindFile(file.Path);
            if (knownFiles.IsUnchanged(file, known))
            {
                unchanged++;
                return;
            }

            if (failures.FailedBefore(file))
            {
                return;
            }
        }

        var stamp = file.Stamp();
        lock (writing)
        {
            if (knownFiles.IsMoved(stamp, known))
            {
                moved++;
                return;
            }
        }

        var content = FileIdentity.Content(file.Path, stop);
        if (IsSameContent(content, stamp, known))
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
            Embed(file, content, stamp, stop);
        }
        catch
        {
            // Another file of this content may try; what was read once is not read again.
            claimed.TryRemove(content, out _);
            throw;
        }
    }

    private bool IsSameContent(ContentId content, FileStamp stamp, StoredFile? known)
    {
        lock (writing)
        {
            if (library.FindVideo(content) is not { } video)
            {
                return false;
            }

            library.AddFile(video, stamp);
            if (known?.VideoId == video)
            {
                unchanged++;
            }
            else
            {
                sameContent++;
            }

            return true;
        }
    }

    private void Embed(FoundFile file, ContentId content, FileStamp stamp, CancellationToken stop)
    {
        var video = Probe.Read(file.Path, stop);
        VideoTicket ticket;
        lock (writing)
        {
            ticket = library.BeginVideo();
        }

        EmbedOutcome outcome;
        try
        {
            outcome = embedder.Embed(video, new EmbedRequest(Threads: DecoderThreads), batch => Append(ticket, batch), stop);
            file.RequireUnchanged();
        }
        catch
        {
            lock (writing)
            {
                library.Abandon(ticket);
            }

            throw;
        }

        Complete(ticket, content, stamp, video, outcome);
    }

    private void Append(VideoTicket ticket, ClipBatch batch)
    {
        lock (writing)
        {
            library.Append(ticket, batch.Rows, batch.Spans.Span);
            secondsRead += batch.Spans.IsEmpty ? 0 : batch.Spans.Span[^1].End - batch.Spans.Span[0].Start;
            FlushIfDue(); // others are done and wait, however long this one goes on
        }

        Tell();
    }

    private void Complete(VideoTicket ticket, ContentId content, FileStamp stamp, VideoInfo video, EmbedOutcome outcome)
    {
        var facts = new VideoFacts(content, outcome.Duration, video.Width, video.Height, video.FrameRate, video.Codec, video.Container, outcome.Damage);
        lock (writing)
        {
            library.Complete(ticket, facts, stamp);
            added++;
            seconds += outcome.Duration;
            FlushIfDue();
        }

        if (outcome.Damage is { } damage)
        {
            damaged.Add((stamp.Path, damage));
        }
    }

    private void FlushIfDue()
    {
        if (library.FlushDue)
        {
            library.Flush();
        }
    }

    // Under a known name now lies something else, or something that cannot be told: it no longer stands for what was known.
    private void Fail(FoundFile file, Exception error)
    {
        lock (writing)
        {
            failures.Add(file, error);
            if (library.FindFile(file.Path) is not { } known)
            {
                return;
            }

            if (IngestFailures.IsOfContent(error))
            {
                library.RemoveFile(known.Id);
            }
            else
            {
                library.MarkMissing(known.Id);
            }
        }
    }

    // There may be as many roots as files.
    private static bool IsUnder(string path, HashSet<string> roots)
    {
        for (var at = path; at is not null; at = Path.GetDirectoryName(at))
        {
            if (roots.Contains(at))
            {
                return true;
            }
        }

        return false;
    }
}
