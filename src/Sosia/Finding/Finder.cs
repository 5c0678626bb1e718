using System.Globalization;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>Which part of a query is looked for.</summary>
/// <param name="From">Seconds from its first shown frame.</param>
/// <param name="To">Seconds, or null for its end.</param>
public sealed record FindPart(double From = 0, double? To = null);

/// <summary>What is looked for: a video, a picture, or hashes.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Duration">Seconds.</param>
/// <param name="Clips">Its clips.</param>
/// <param name="Variants">The clips of its variants.</param>
/// <param name="IsMedia">Whether the path is the video itself, which does not find itself.</param>
/// <param name="Damage">Null, or what of it could not be decoded.</param>
public sealed record Query(string Path, double Duration, ClipSequence Clips, IReadOnlyList<VariantClips> Variants, bool IsMedia, string? Damage = null)
{
    /// <summary>All ways in which it is looked for, the plain one first.</summary>
    public IReadOnlyList<VariantClips> Looks => [new(QueryVariant.Plain, Clips), .. Variants];
}

/// <summary>Finds the copies of a video in a library: candidates by exact search, each aligned and examined, in every variant of the query.</summary>
public sealed class Finder : IDisposable
{
    private const double MirroredBelow = 0.6; // a network's rows of a picture and of its mirror image are less alike than this

    private readonly IEmbedder embedder;
    private readonly LibrarySnapshot snapshot;
    private readonly VectorRows[] blocks;
    private readonly Dictionary<long, StoredVideo> videos;

    /// <summary>Looks at a library as it is now.</summary>
    /// <param name="library">Open; may be closed after this.</param>
    /// <param name="embedder">The one that made it.</param>
    /// <param name="threads">For the search and the alignment.</param>
    /// <exception cref="LibraryException">Another embedder made it, or a segment cannot be read.</exception>
    public Finder(VideoLibrary library, IEmbedder embedder, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        library.RequireEmbedder(embedder.Identity);
        this.embedder = embedder;
        Threads = threads;
        snapshot = library.Snapshot();
        blocks = [.. snapshot.Blocks.Select(b => b.Rows)];
        videos = snapshot.Videos.ToDictionary(v => v.Id);
    }

    /// <summary>Threads of the search and the alignment.</summary>
    public int Threads { get; }

    /// <summary>How queries that are read are looked for beside plain; <c>duplicates</c> and <c>explain</c> stay with the mirror image.</summary>
    public IReadOnlyList<QueryVariant> Variants { get; init; } = [QueryVariant.Mirrored];

    /// <summary>The copies of a video or picture; it need not be in the library. A file does not find itself.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public FindResult Find(string path, CancellationToken stop = default) => Find(Read(path, new FindPart(), stop), stop);

    /// <summary>The copies of a query.</summary>
    public FindResult Find(Query query, CancellationToken stop = default) => new(query.Path, query.Duration, [.. MatchesOf(query, stop)]);

    /// <summary>Every video that was examined for a query, whether it is shown or not, the surest first.</summary>
    public IReadOnlyList<RankedMatch> Ranked(Query query, CancellationToken stop = default)
    {
        var self = query.IsMedia ? FileStatus.Of(query.Path) : default;
        return
        [
            .. Examined(query.Looks, id => !videos[id].Files.All(f => IsSelf(f, self)), stop)
                .Where(pair => pair.Looks.Any(look => look.Verdicts.Count > 0))
                .Select(pair => (pair.Video, Answer: PairSegments.Ranked(pair.Looks)))
                .AsEnumerable()
                .Select(m => new RankedMatch(Ref(m.Video, self), m.Answer.Confidence, m.Answer.Accepted, m.Answer.Segments))
                .OrderByDescending(m => m.Confidence).ThenBy(m => m.Video.Id),
        ];
    }

    /// <summary>Reads a video or picture as a query.</summary>
    /// <exception cref="VideoException">It cannot be read.</exception>
    /// <exception cref="UsageException">Nothing is shown in that part, or the embedder cannot make one of <see cref="Variants"/>.</exception>
    public Query Read(string path, FindPart part, CancellationToken stop = default)
    {
        var video = Probe.Read(path, stop);
        var read = EmbeddedVideos.Read(embedder, video, new EmbedRequest(part.From, part.To, Threads) { Variants = Variants }, stop);
        var duration = part == new FindPart() || video.Duration <= 0 ? read.Outcome.Duration : video.Duration;
        if (read.Clips.Count == 0)
        {
            throw new UsageException(string.Create(
                CultureInfo.InvariantCulture, $"nothing of {Printable.Text(Path.GetFileName(path))} is shown between --from and --to: it lasts {duration:0.0} s"));
        }

        return new Query(Path.GetFullPath(path), duration, read.Clips, read.Variants, true, read.Outcome.Damage);
    }

    /// <summary>Reads the vPDQ hashes of a video as a query.</summary>
    /// <param name="path">A hash file: `number,quality,hash,seconds` a line.</param>
    /// <param name="part">Which of its frames.</param>
    /// <exception cref="UsageException">The library was not made with PDQ hashes, or <see cref="Variants"/> has what hashes cannot tell.</exception>
    public Query ReadHashes(string path, FindPart part)
    {
        if (embedder.Identity.Kind != VectorKind.Bits256)
        {
            throw new UsageException($"hashes can be looked for only in a library of hashes: this one was made with {embedder.Identity.Name}");
        }

        if (Variants.FirstOrDefault(v => v != QueryVariant.Mirrored) is { } untold)
        {
            throw new UsageException($"hashes do not tell {untold.Name}: --variants may be {QueryVariant.Mirrored.Name} or none with --hashes");
        }

        var clips = HashFiles.Clips(path, part);
        var duration = clips.Count == 0 ? 0 : clips.Spans.Span[^1].End;
        return new Query(Path.GetFullPath(path), duration, clips, [.. Variants.Select(mirrored => new VariantClips(mirrored, MirroredRows(clips)!))], false);
    }

    /// <summary>All copies within the library.</summary>
    /// <param name="progress">Told after each video.</param>
    /// <param name="stop">Ends it.</param>
    public DuplicatesResult Duplicates(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        var pairs = new List<VideoPair>();
        var done = 0;

        // What is gone from the disk is nobody's duplicate; Find still knows it.
        var present = snapshot.VideoIds.Where(id => videos[id].Files.Any(f => !f.Missing)).ToHashSet();

        // Told from the shorter one's side, as `find` would be asked: a path through few clips strays less. Never by the ids, which are chance where several videos are read at a time.
        var order = present.OrderBy(id => videos[id].Duration).ThenBy(id => videos[id].Content.Sha256, StringComparer.Ordinal).Select((id, at) => (id, at)).ToDictionary(v => v.id, v => v.at);
        foreach (var id in present.Order())
        {
            stop.ThrowIfCancellationRequested();
            var plain = snapshot.Clips(id);
            var mirrored = MirroredRows(plain);

            // Each pair once.
            var found = Aligned(Looks(plain, mirrored), other => order.TryGetValue(other, out var at) && at > order[id], stop).ToArray();
            pairs.AddRange((mirrored is null ? Oriented(id, found, stop) : found).Select(m => new VideoPair(Ref(id), Ref(m.Video), m.Score, m.Segments)));
            progress?.Report(new IngestProgress(++done, present.Count, 0));
        }

        return DuplicateGroups.Of(pairs, videos);
    }

    /// <summary>Why two videos match, or why not.</summary>
    /// <param name="a">A path, or an id in the library.</param>
    /// <param name="b">Another.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="UsageException">No such video.</exception>
    /// <exception cref="VideoException">It cannot be read.</exception>
    public Explanation Explain(string a, string b, CancellationToken stop = default)
    {
        var (refA, clipsA, mirroredA) = Named(a, withMirrored: true, stop);
        var (refB, clipsB, _) = Named(b, withMirrored: false, stop);
        return Explanations.Of(refA, refB, clipsA, mirroredA, clipsB, embedder.Matching, stop);
    }

    /// <summary>The similarity matrix of a pair as a picture.</summary>
    /// <param name="pair">From an answer of this finder.</param>
    /// <param name="query">What was looked for, where <c>pair.A</c> is not in the library.</param>
    /// <param name="stop">Ends it.</param>
    public MatrixPicture Picture(VideoPair pair, Query? query, CancellationToken stop = default)
    {
        var a = pair.A.Id == 0 ? query!.Clips : snapshot.Clips(pair.A.Id);
        if (pair.Segments.Select(s => s.Variant).Distinct().ToArray() is [var one] && one != QueryVariant.Plain)
        {
            a = pair.A.Id == 0 ? query!.Looks.First(look => look.Variant == one).Clips : MirroredRows(a) ?? a;
        }

        return MatrixPicture.Of(a, snapshot.Clips(pair.B.Id), embedder.Matching, stop);
    }

    /// <inheritdoc/>
    public void Dispose() => snapshot.Dispose();

    private IEnumerable<Match> MatchesOf(Query query, CancellationToken stop)
    {
        var self = query.IsMedia ? FileStatus.Of(query.Path) : default;
        return Aligned(query.Looks, _ => true, stop)
            .Where(m => !videos[m.Video].Files.All(f => IsSelf(f, self)))
            .Select(m => new Match(Ref(m.Video, self), m.Score, m.Segments))
            .OrderByDescending(m => m.Score).ThenBy(m => m.Video.Id);
    }

    // Where the mirror image cannot be computed from the rows, a video that has copies is read once more: its mirror image tells which of them
    // are mirrored, and where exactly.
    private IEnumerable<(long Video, double Score, IReadOnlyList<CopiedSegment> Segments)> Oriented(
        long id, (long Video, double Score, IReadOnlyList<CopiedSegment> Segments)[] found, CancellationToken stop)
    {
        if (!found.Any(m => m.Segments.Any(s => s.Score < MirroredBelow)) || MirroredFromFile(id, stop) is not { } mirrored)
        {
            return found;
        }

        var again = Aligned(Looks(snapshot.Clips(id), mirrored), found.Select(m => m.Video).ToHashSet().Contains, stop).ToDictionary(m => m.Video);
        return found.Select(m => again.GetValueOrDefault(m.Video, m));
    }

    // Null where the file is gone, was changed since it was added, or cannot be read any more.
    private ClipSequence? MirroredFromFile(long id, CancellationToken stop)
    {
        if (videos[id].Files.FirstOrDefault(f => !f.Missing && FoundFile.StillThere(f.Stamp)) is not { } file)
        {
            return null;
        }

        try
        {
            return EmbeddedVideos.Read(embedder, Probe.Read(file.Stamp.Path, stop), new EmbedRequest(Threads: Threads) { Variants = [QueryVariant.Mirrored] }, stop).Variants[0].Clips;
        }
        catch (VideoException)
        {
            return null;
        }
    }

    private static VariantClips[] Looks(ClipSequence plain, ClipSequence? mirrored) =>
        [new(QueryVariant.Plain, plain), .. mirrored is null ? Array.Empty<VariantClips>() : [new(QueryVariant.Mirrored, mirrored)]];

    private IEnumerable<(long Video, double Score, IReadOnlyList<CopiedSegment> Segments)> Aligned(
        IReadOnlyList<VariantClips> looks, Func<long, bool> wanted, CancellationToken stop) =>
        Examined(looks, wanted, stop)
            .Select(pair => (pair.Video, Segments: PairSegments.Accepted(pair.Looks)))
            .Where(pair => pair.Segments.Count > 0)
            .Select(pair => (pair.Video, PairSegments.Score(pair.Segments), pair.Segments));

    // Candidates are few once the exact search has spoken: aligning them is what runs in parallel.
    private ParallelQuery<(long Video, IReadOnlyList<(QueryVariant Variant, IReadOnlyList<SegmentVerdict> Verdicts)> Looks)> Examined(
        IReadOnlyList<VariantClips> looks, Func<long, bool> wanted, CancellationToken stop)
    {
        var hits = looks.Select(look => CandidatesOf(look.Clips, wanted, stop)).ToArray();
        return hits.SelectMany(hit => hit.Keys).Distinct().Order().AsParallel().AsOrdered().WithDegreeOfParallelism(Threads).WithCancellation(stop)
            .Select(id => (Video: id, Looks: Examined(looks, hits, id, stop)));
    }

    private IReadOnlyList<(QueryVariant Variant, IReadOnlyList<SegmentVerdict> Verdicts)> Examined(
        IReadOnlyList<VariantClips> looks, Dictionary<long, Candidate>[] hits, long id, CancellationToken stop)
    {
        var reference = snapshot.Clips(id);
        return
        [
            .. looks.Zip(hits, (look, hit) => (look, Candidate: hit.GetValueOrDefault(id))).Where(one => one.Candidate is not null)
                .Select(one => (one.look.Variant, PairMatcher.Examine(one.look.Clips, reference, one.Candidate!, embedder.Matching, stop))),
        ];
    }

    private Dictionary<long, Candidate> CandidatesOf(ClipSequence query, Func<long, bool> wanted, CancellationToken stop) =>
        Candidates.Of(query, blocks, Locate, wanted, embedder.Matching, Threads, stop).ToDictionary(c => c.Video);

    private ClipPlace Locate(int block, int row)
    {
        var clip = snapshot.Locate(block, row);
        return new ClipPlace(clip.VideoId, clip.Clip);
    }

    // The same file under any name, unless it was changed since it was added.
    private static bool IsSelf(StoredFile file, FileStatus query) =>
        query.Kind == FileKind.Regular
        && file.Stamp.Device == unchecked((long)query.Device) && file.Stamp.Inode == unchecked((long)query.Inode)
        && file.Stamp.Bytes == query.Bytes && file.Stamp.ModifiedNanoseconds == query.ModifiedNanoseconds;

    private VideoRef Ref(long id, FileStatus not = default)
    {
        var video = videos[id];
        var others = video.Files.Where(f => !IsSelf(f, not)).ToArray();
        var file = Array.Find(others, f => !f.Missing) ?? others.FirstOrDefault() ?? video.Files[0];
        return new VideoRef(id, file.Stamp.Path, video.Duration);
    }

    // Of a video in the library its own rows speak.
    private (VideoRef Ref, ClipSequence Clips, ClipSequence? Mirrored) Named(string name, bool withMirrored, CancellationToken stop)
    {
        if (Stored(name) is { } stored)
        {
            var clips = snapshot.Clips(stored.Id);
            return (Ref(stored.Id), clips, withMirrored ? MirroredRows(clips) ?? MirroredFromFile(stored.Id, stop) : null);
        }

        var read = EmbeddedVideos.Read(embedder, Probe.Read(name, stop), new EmbedRequest(Threads: Threads) { Variants = withMirrored ? [QueryVariant.Mirrored] : [] }, stop);
        return (new VideoRef(0, Path.GetFullPath(name), read.Outcome.Duration), read.Clips, withMirrored ? read.Variants[0].Clips : null);
    }

    private ClipSequence? MirroredRows(ClipSequence plain) => embedder.Mirror(plain.Rows) is { } rows ? new ClipSequence(rows, plain.Spans) : null;

    private StoredVideo? Stored(string name)
    {
        var full = Path.GetFullPath(name);
        if (videos.Values.FirstOrDefault(v => v.Files.Any(f => f.Stamp.Path == full)) is { } byPath)
        {
            return byPath;
        }

        if (File.Exists(full) || !long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
        {
            return null;
        }

        return videos.GetValueOrDefault(id) ?? throw new UsageException($"the library has no video with id {id}: `sosia list` shows them");
    }
}
