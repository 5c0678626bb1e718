using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Matching;

namespace Sosia.Evaluating;

/// <summary>The videos of a benchmark, embedded: what a protocol asks for its scores. One query at a time; rows stay in the library's files.</summary>
public sealed class EmbeddedBenchmark : IDisposable
{
    private readonly IEmbedder embedder;
    private readonly bool asksMirrored;
    private readonly EmbeddedVideoSet database;
    private readonly EmbeddedVideoSet? queries;
    private readonly EmbeddedVideoSet? mirrored;
    private readonly Finder finder;
    private readonly IProgress<IngestProgress>? progress;
    private readonly CancellationToken stop;

    internal EmbeddedBenchmark(
        EmbeddedSets sets, IEmbedder embedder, bool asksMirrored, int threads, IProgress<IngestProgress>? progress, CancellationToken stop)
    {
        (database, queries, mirrored) = sets;
        (this.embedder, this.asksMirrored, this.progress, this.stop) = (embedder, asksMirrored, progress, stop);
        finder = database.Finder(embedder, threads);
        Readable = database.Ids.Concat(queries?.Ids ?? []).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Ids of the videos that could be read, queries too.</summary>
    public IReadOnlySet<string> Readable { get; }

    /// <summary>Ids of the videos that are searched and could be read, by their ids: the order of equal scores.</summary>
    public IEnumerable<string> Database => database.Ids.Order(StringComparer.Ordinal);

    /// <summary>Goes through a list, tells how far it is, and can be stopped.</summary>
    public IEnumerable<T> Each<T>(IReadOnlyCollection<T> items)
    {
        var done = 0;
        foreach (var item in items)
        {
            stop.ThrowIfCancellationRequested();
            yield return item;
            progress?.Report(new IngestProgress(++done, items.Count, 0));
        }
    }

    /// <summary>Looks for a query that could be read.</summary>
    public VideoSearch Search(string query)
    {
        var (plain, mirror) = Clips(query);
        return new VideoSearch(database, finder, new Query(query, 0, plain, [new VariantClips(QueryVariant.Mirrored, mirror)], false), embedder.Matching, stop);
    }

    /// <summary>For each query that could be read the scores of some videos; equal ones by id.</summary>
    /// <param name="wanted">Ids of queries.</param>
    /// <param name="videos">Ids of the database; null: all.</param>
    public IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> Scores(IEnumerable<string> wanted, IReadOnlySet<string>? videos = null)
    {
        var ids = Database.Where(id => videos?.Contains(id) ?? true).ToList();
        return Each([.. wanted.Where(Readable.Contains)]).ToDictionary(query => query, query => Search(query).Scores(ids), StringComparer.Ordinal);
    }

    /// <summary>The stretches that two videos share, what proves most first.</summary>
    /// <param name="query">An id.</param>
    /// <param name="reference">An id of the database.</param>
    public IReadOnlyList<CopiedSegment> Pair(string query, string reference)
    {
        if (!Readable.Contains(query) || !database.Contains(reference))
        {
            return [];
        }

        var (plain, mirror) = Clips(query);
        var other = database.Clips(reference);
        return PairSegments.Merge(
        [
            (QueryVariant.Plain, PairMatcher.Match(plain, other, null, embedder.Matching, stop)),
            (QueryVariant.Mirrored, PairMatcher.Match(mirror, other, null, embedder.Matching, stop)),
        ]);
    }

    /// <summary>The candidates of VSC2022's descriptor track.</summary>
    /// <param name="wanted">Queries; those count that could be read.</param>
    public IReadOnlyList<VscCandidate> Candidates(IEnumerable<string> wanted)
    {
        var readable = wanted.Where(Readable.Contains).Order(StringComparer.Ordinal).ToList();
        var references = Database.Select(id => (id, database.Number(id))).ToLookup(video => video.Item2, video => video.id);
        var search = new DescriptorSearch(database.Snapshot, references, embedder.Matching.MinQuality, finder.Threads);
        return search.Candidates(
            Each(readable).Select(id => (id, Plain(id))), VscDescriptorTrack.Products(readable.Count), VscDescriptorTrack.Pairs(readable.Count), stop);
    }

    /// <summary>Ends the search; the embedded videos stay with their <see cref="Evaluation"/>.</summary>
    public void Dispose() => finder.Dispose();

    private ClipSequence Plain(string query) => queries is not null && queries.Contains(query) ? queries.Clips(query) : database.Clips(query);

    // Mirrored as `find` has it: computed from the rows where that can be done, else embedded from the file.
    private (ClipSequence Plain, ClipSequence Mirrored) Clips(string query)
    {
        var plain = Plain(query);
        if (asksMirrored && embedder.Mirror(plain.Rows) is { } rows)
        {
            return (plain, plain with { Rows = rows });
        }

        return (plain, mirrored?.Contains(query) ?? false ? mirrored.Clips(query) : plain.Slice(0, 0));
    }
}
