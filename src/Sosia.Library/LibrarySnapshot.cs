using Sosia.Matching;

namespace Sosia.Library;

/// <summary>Which clip a row is.</summary>
/// <param name="VideoId">Its video.</param>
/// <param name="Clip">Its number among the video's clips, from 0.</param>
/// <param name="Span">When it is shown; whole milliseconds.</param>
public readonly record struct ClipRef(long VideoId, int Clip, ClipSpan Span);

/// <summary>Rows that lie together in a segment and can all be found.</summary>
public sealed class SnapshotBlock
{
    internal SnapshotBlock(SegmentFile segment, IReadOnlyList<Run> runs)
    {
        Segment = segment;
        Runs = runs;
        First = runs[0].First;
        Rows = segment.Rows.Slice(First, runs.Sum(run => run.Count));
    }

    /// <summary>N rows; their memory is the file's and good until the snapshot is disposed.</summary>
    public VectorRows Rows { get; }

    internal SegmentFile Segment { get; }

    internal IReadOnlyList<Run> Runs { get; }

    internal int First { get; }
}

/// <summary>Rows <c>First .. First + Count - 1</c> of a segment are clips <c>Clip ..</c> of a video.</summary>
internal readonly record struct Run(long VideoId, int First, int Count, int Clip);

/// <summary>The videos of a library and their rows at one moment: what is added or removed later changes nothing here.</summary>
public sealed class LibrarySnapshot : IDisposable
{
    private readonly List<SegmentFile> segments;
    private readonly Dictionary<long, List<(SegmentFile Segment, Run Run)>> runsOf = [];
    private readonly VectorKind kind;
    private readonly int dimension;

    internal LibrarySnapshot(EmbedderIdentity embedder, List<SegmentFile> segments, List<StoredVideo> videos, string folder)
    {
        this.segments = segments;
        kind = embedder.Kind;
        dimension = embedder.Dimension;
        Videos = videos;
        VideoIds = videos.ConvertAll(video => video.Id);
        foreach (var id in VideoIds)
        {
            runsOf[id] = [];
        }

        var blocks = new List<SnapshotBlock>();
        foreach (var segment in segments)
        {
            AddBlocks(segment, blocks);
        }

        Blocks = blocks;
        Rows = blocks.Sum(block => block.Rows.Count);
        CheckCounts(folder);
    }

    /// <summary>All rows that can be found, in runs that lie together.</summary>
    public IReadOnlyList<SnapshotBlock> Blocks { get; }

    /// <summary>All videos that have a file by rising id, those without a clip too: what the catalogue told in the moment in which it listed the rows.</summary>
    public IReadOnlyList<StoredVideo> Videos { get; }

    /// <summary>The ids of <see cref="Videos"/>.</summary>
    public IReadOnlyList<long> VideoIds { get; }

    /// <summary>Number of rows in all blocks.</summary>
    public int Rows { get; }

    /// <summary>Which clip the row of a block is.</summary>
    /// <param name="block">Index into <see cref="Blocks"/>.</param>
    /// <param name="row">Row of that block.</param>
    public ClipRef Locate(int block, int row)
    {
        var found = Blocks[block];
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, found.Rows.Count);
        var inSegment = found.First + row;
        var run = found.Runs[LastAtOrBefore(found.Runs, inSegment)];
        return new ClipRef(run.VideoId, run.Clip + inSegment - run.First, found.Segment.Span(inSegment));
    }

    /// <summary>The clips of a video in the order of their times; the rows are the file's memory where they lie together, else copies.</summary>
    /// <exception cref="ArgumentException">The snapshot has no such video.</exception>
    public ClipSequence Clips(long videoId)
    {
        if (!runsOf.TryGetValue(videoId, out var runs))
        {
            throw new ArgumentException($"there is no video {videoId} in this snapshot", nameof(videoId));
        }

        var spans = runs.SelectMany(part => Enumerable.Range(part.Run.First, part.Run.Count).Select(part.Segment.Span)).ToArray();
        var rows = runs.Select(part => part.Segment.Rows.Slice(part.Run.First, part.Run.Count)).ToList();
        return new ClipSequence(rows.Count == 1 ? rows[0] : Join(rows), spans);
    }

    /// <summary>Unmaps the files: no thread may be using rows of this snapshot any more.</summary>
    public void Dispose() => segments.ForEach(segment => segment.Dispose());

    private static int LastAtOrBefore(IReadOnlyList<Run> runs, int row)
    {
        var (low, high) = (0, runs.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = runs[middle].First <= row ? (middle, high) : (low, middle - 1);
        }

        return low;
    }

    private void AddBlocks(SegmentFile segment, List<SnapshotBlock> blocks)
    {
        var together = new List<Run>();
        foreach (var run in LiveRuns(segment))
        {
            if (together.Count > 0 && together[^1].First + together[^1].Count != run.First)
            {
                blocks.Add(new SnapshotBlock(segment, [.. together]));
                together.Clear();
            }

            together.Add(run);
            runsOf[run.VideoId].Add((segment, run));
        }

        if (together.Count > 0)
        {
            blocks.Add(new SnapshotBlock(segment, [.. together]));
        }
    }

    private IEnumerable<Run> LiveRuns(SegmentFile segment)
    {
        for (var first = 0; first < segment.Videos.Length;)
        {
            var rest = segment.Videos.Span[first..];
            var video = rest[0];
            var other = rest.IndexOfAnyExcept(video);
            var count = other < 0 ? rest.Length : other;
            if (runsOf.TryGetValue(video, out var earlier))
            {
                yield return new Run(video, first, count, earlier.Sum(part => part.Run.Count));
            }

            first += count;
        }
    }

    private void CheckCounts(string folder)
    {
        foreach (var video in Videos)
        {
            var found = runsOf[video.Id].Sum(part => part.Run.Count);
            if (found != video.Clips)
            {
                throw LibraryException.Corrupt(folder, $"video {video.Id} has {found} of its {video.Clips} clips");
            }
        }
    }

    private VectorRows Join(List<VectorRows> rows)
    {
        return kind == VectorKind.Bits256
            ? VectorRows.OfBits(Joined(part => part.Bits))
            : VectorRows.OfQuantised(
                dimension, Joined(part => part.Float16), Joined(part => part.Int8), Joined(part => part.Scale), Joined(part => part.Residual));

        T[] Joined<T>(Func<VectorRows, ReadOnlyMemory<T>> values)
        {
            var all = new T[rows.Sum(part => values(part).Length)];
            var at = 0;
            foreach (var part in rows)
            {
                values(part).CopyTo(all.AsMemory(at));
                at += values(part).Length;
            }

            return all;
        }
    }
}
