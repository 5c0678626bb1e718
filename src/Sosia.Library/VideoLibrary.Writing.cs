using Sosia.Matching;

namespace Sosia.Library;

/// <content>What one writer may do. A batch of videos becomes part of the library in one transaction, after its files are safe on disk.</content>
public sealed partial class VideoLibrary
{
    private const int BatchVideos = 64;

    private static readonly TimeSpan BatchTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RetiredGrace = TimeSpan.FromDays(1);

    private readonly WriterLock? writerLock;
    private readonly SegmentWriter segmentWriter;
    private readonly IdSequence videoIds;
    private readonly IdSequence segmentNumbers;
    private readonly List<VideoTicket> open = [];
    private readonly List<CompletedVideo> completed = [];
    private readonly List<SegmentEntry> sealedSegments = [];
    private long batchStarted;
    private bool disposed;

    /// <summary>Whether it is time to <see cref="Flush"/>: 64 videos wait, or one has waited for 5 s.</summary>
    public bool FlushDue =>
        completed.Count >= BatchVideos || (completed.Count > 0 && Clock.GetElapsedTime(batchStarted) >= BatchTime);

    /// <summary>Bytes in memory above which a segment file is begun, so that memory is bounded however long a video is.</summary>
    internal long SegmentBytes { get; set; } = 64 << 20;

    internal TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>Called at each step of writing: tests stop there.</summary>
    internal Action<WriteStep>? Reached { get; set; }

    /// <summary>Bytes of the clips that are in no file yet.</summary>
    internal long BufferedBytes => (open.Sum(ticket => (long)ticket.Buffer.Rows) + CompletedRows) * segmentWriter.RowBytes;

    private long CompletedRows => completed.Sum(video => (long)video.Ticket.Buffer.Rows);

    /// <summary>Begins a video. Several may be open at once.</summary>
    /// <param name="plan">Number of the sampling plan that its clips are made by; kept with every clip.</param>
    public VideoTicket BeginVideo(ushort plan = 0)
    {
        RequireWriter();
        var ticket = new VideoTicket(videoIds.Take(), plan, NewBuffer());
        open.Add(ticket);
        return ticket;
    }

    /// <summary>Adds clips to a video, in the order of their times. Times are kept to the millisecond.</summary>
    /// <param name="ticket">The video; open.</param>
    /// <param name="rows">N rows of the library's kind; copied.</param>
    /// <param name="spans">N spans by rising start, none before the last one appended.</param>
    /// <exception cref="ArgumentException">Rows, spans and library do not fit together; nothing was appended.</exception>
    /// <exception cref="LibraryException">A segment file had to be written and could not: abandon the video.</exception>
    public void Append(VideoTicket ticket, VectorRows rows, ReadOnlySpan<ClipSpan> spans)
    {
        RequireOpen(ticket);
        RequireFitting(ticket, rows, spans);
        for (var start = 0; start < rows.Count;)
        {
            var room = Math.Max(1, (SegmentBytes - BufferedBytes) / segmentWriter.RowBytes);
            var count = (int)Math.Min(rows.Count - start, room);
            ticket.Buffer.Append(ticket.Id, ticket.Plan, rows.Slice(start, count), spans.Slice(start, count));
            ticket.Clips += count;
            start += count;
            SealWhenLarge();
        }

        ticket.LastStart = spans.IsEmpty ? ticket.LastStart : spans[^1].Start;
    }

    /// <summary>
    /// Ends a video: with the next <see cref="Flush"/> it is part of the library. When its content is there already, its clips are dropped and
    /// <paramref name="file"/> becomes another file of the known video. A path known before now holds this content, and a failure noted for it
    /// is cleared.
    /// </summary>
    /// <param name="ticket">The video; open, and closed by this.</param>
    /// <param name="facts">What is known of it.</param>
    /// <param name="file">Where it lies.</param>
    /// <returns>The id of the video that has this content.</returns>
    /// <exception cref="ArgumentException">The duration or the rate is no finite number.</exception>
    public long Complete(VideoTicket ticket, VideoFacts facts, FileStamp file)
    {
        RequireOpen(ticket);
        if (!double.IsFinite(facts.Duration) || !double.IsFinite(facts.FrameRate))
        {
            throw new ArgumentException($"a video cannot last {facts.Duration} s at {facts.FrameRate} frames a second", nameof(facts));
        }

        if (FindVideo(facts.Content) is { } known)
        {
            Abandon(ticket);
            AddFile(known, file);
            return known;
        }

        batchStarted = completed.Count == 0 ? Clock.GetTimestamp() : batchStarted;
        open.Remove(ticket);
        completed.Add(new CompletedVideo(ticket, facts, [file]));
        sealedSegments.AddRange(ticket.Sealed);
        return ticket.Id;
    }

    /// <summary>Drops a video that was begun, with the files that it filled; its id is not used again.</summary>
    public void Abandon(VideoTicket ticket)
    {
        RequireOpen(ticket);
        open.Remove(ticket);
        DeleteUnnamed(ticket.Sealed);
    }

    /// <summary>
    /// Makes the completed videos part of the library: their segment file is written, synced and named, then one transaction. When this returns,
    /// they are safe; when it throws, they still wait, and it can be called again.
    /// </summary>
    /// <exception cref="LibraryException">The disk is full or failing.</exception>
    public void Flush()
    {
        RequireWriter();
        if (completed.Count == 0)
        {
            return;
        }

        SealCompleted();
        catalogue.Write(Acknowledge, () => Reached?.Invoke(WriteStep.TransactionOpen));
        Reached?.Invoke(WriteStep.Committed);
        completed.Clear();
        sealedSegments.Clear();
    }

    /// <summary>Ends the use of the library. A writer's videos that were not flushed are dropped.</summary>
    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        if (writerLock is not null)
        {
            DropBatch();
        }

        catalogue.Dispose();
        writerLock?.Dispose();
    }

    /// <summary>The id of the video of that content, or null; of one that was completed and not flushed, too.</summary>
    public long? FindVideo(ContentId content) =>
        completed.Find(video => video.Facts.Content == content)?.Ticket.Id ?? FindByContent(content)?.Id;

    private ClipBuffer NewBuffer() => new(Embedder.Kind, Embedder.Dimension);

    private void Acknowledge()
    {
        var now = Clock.GetUtcNow().UtcDateTime;
        sealedSegments.ForEach(segment => catalogue.Insert(segment));
        foreach (var video in completed)
        {
            catalogue.Insert(video.Ticket.Id, video.Facts, video.Ticket.Clips, now);
            video.Files.ForEach(file => PutFile(video.Ticket.Id, file));
        }
    }

    private void SealWhenLarge()
    {
        if (BufferedBytes < SegmentBytes)
        {
            return;
        }

        var largest = open.MaxBy(ticket => ticket.Buffer.Rows);
        if (largest is null || largest.Buffer.Rows <= CompletedRows)
        {
            SealCompleted();
            return;
        }

        largest.Sealed.Add(segmentWriter.Write(segmentNumbers.Take(), [largest.Buffer]));
        largest.Buffer = NewBuffer();
    }

    private void SealCompleted()
    {
        var filled = completed.ConvertAll(video => video.Ticket).FindAll(ticket => ticket.Buffer.Rows > 0);
        if (filled.Count > 0)
        {
            sealedSegments.Add(segmentWriter.Write(segmentNumbers.Take(), filled.ConvertAll(ticket => ticket.Buffer)));
            filled.ForEach(ticket => ticket.Buffer = NewBuffer());
        }
    }

    private void DropBatch()
    {
        DeleteUnnamed(sealedSegments);
        open.ForEach(ticket => DeleteUnnamed(ticket.Sealed));
        try
        {
            videoIds.GiveBack();
            segmentNumbers.GiveBack();
        }
        catch (LibraryException)
        {
            // The numbers are lost, which costs nothing.
        }
    }

    /// <summary>Deletes files that the catalogue does not name; one that stays is deleted by the next writer.</summary>
    private void DeleteUnnamed(IEnumerable<SegmentEntry> segments)
    {
        foreach (var segment in segments)
        {
            DurableFile.TryDelete(Path.Combine(Folder, segment.Name));
        }
    }

    /// <summary>What an interrupted writer left, and segments retired so long ago that no reader can be about to open them.</summary>
    private void Sweep()
    {
        var before = CatalogueRows.Milliseconds(Clock.GetUtcNow().UtcDateTime - RetiredGrace);
        catalogue.Write(() => catalogue.Execute("DELETE FROM segments WHERE retired < @before", ("@before", before)));
        var segments = catalogue.Read(() => catalogue.Segments(condition: ""));
        var named = segments.Select(segment => Path.GetFileName(segment.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(Path.Combine(Folder, SegmentEntry.Folder)))
        {
            var name = Path.GetFileName(path);
            if (SegmentEntry.NumberOf(name) is not null && !named.Contains(name))
            {
                DurableFile.TryDelete(path);
            }
        }
    }

    private void RequireWriter()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (writerLock is null)
        {
            throw new InvalidOperationException($"library {Folder} was opened for reading");
        }
    }

    private void RequireOpen(VideoTicket ticket)
    {
        RequireWriter();
        if (!open.Contains(ticket))
        {
            throw new ArgumentException($"video {ticket.Id} is not being added: it was completed, abandoned, or begun elsewhere", nameof(ticket));
        }
    }

    private void RequireFitting(VideoTicket ticket, VectorRows rows, ReadOnlySpan<ClipSpan> spans)
    {
        if (rows.Kind != Embedder.Kind || rows.Dimension != Embedder.Dimension || rows.Count != spans.Length)
        {
            throw new ArgumentException(
                $"{rows.Count} rows of {rows.Dimension} {rows.Kind} with {spans.Length} spans do not fit a library of {Embedder}", nameof(rows));
        }

        var last = ticket.LastStart;
        foreach (var span in spans)
        {
            if (!(span.Start >= last && span.End >= span.Start && span.End * 1000 <= uint.MaxValue))
            {
                throw new ArgumentException($"clip {span} is out of order, or not between 0 s and 49 days", nameof(spans));
            }

            last = span.Start;
        }
    }

    private sealed record CompletedVideo(VideoTicket Ticket, VideoFacts Facts, List<FileStamp> Files);
}
