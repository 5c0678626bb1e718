using Sosia.Library;
using Sosia.Matching;

namespace Sosia.Evaluating;

/// <summary>The libraries of an evaluation.</summary>
/// <param name="Database">What is searched.</param>
/// <param name="Queries">Queries that are not in the database.</param>
/// <param name="Mirrored">Mirror images of queries, where they cannot be computed from the rows.</param>
internal sealed record EmbeddedSets(EmbeddedVideoSet Database, EmbeddedVideoSet? Queries, EmbeddedVideoSet? Mirrored) : IDisposable
{
    /// <summary>Those there are.</summary>
    public IEnumerable<EmbeddedVideoSet> All => new[] { Database, Queries, Mirrored }.OfType<EmbeddedVideoSet>();

    public void Dispose()
    {
        foreach (var set in All)
        {
            set.Dispose();
        }
    }
}

/// <summary>Videos of a benchmark in a library of the cache, by their ids.</summary>
internal sealed class EmbeddedVideoSet : IDisposable
{
    private readonly Dictionary<string, long> numbers = new(StringComparer.Ordinal);
    private readonly VideoLibrary library;

    private EmbeddedVideoSet(VideoLibrary library, IngestResult ingested)
    {
        this.library = library;
        Ingested = ingested;
        Snapshot = library.Snapshot();
    }

    /// <summary>The library as it is now.</summary>
    public LibrarySnapshot Snapshot { get; }

    /// <summary>What had to be embedded, and what was wrong with it.</summary>
    public IngestResult Ingested { get; }

    /// <summary>Ids that could not be embedded, with the reason.</summary>
    public Dictionary<string, string> Failures { get; } = new(StringComparer.Ordinal);

    /// <summary>The ids that are there.</summary>
    public IEnumerable<string> Ids => numbers.Keys;

    /// <summary>Embeds what is not there yet.</summary>
    /// <param name="folder">Of the library; made where there is none.</param>
    /// <param name="embedder">Makes the vectors.</param>
    /// <param name="files">For each id its file, absolute.</param>
    /// <param name="options">How many at a time.</param>
    /// <param name="progress">Told after each file.</param>
    /// <param name="stop">Ends it, and keeps what is done.</param>
    /// <exception cref="LibraryException">The folder is no library of this embedder, or cannot be written.</exception>
    public static EmbeddedVideoSet Embed(
        string folder, IEmbedder embedder, IReadOnlyDictionary<string, string> files, IngestOptions options, IProgress<IngestProgress>? progress, CancellationToken stop)
    {
        IngestResult ingested;
        using (var writer = VideoLibrary.Exists(folder) ? VideoLibrary.OpenWrite(folder) : Create(folder, embedder))
        {
            ingested = Ingest.Add(writer, embedder, [.. files.Values.Distinct(StringComparer.Ordinal)], options, progress, stop);
        }

        var set = new EmbeddedVideoSet(VideoLibrary.OpenRead(folder), ingested);
        set.Name(files);
        return set;
    }

    /// <summary>Whether it could be embedded.</summary>
    public bool Contains(string id) => numbers.ContainsKey(id);

    /// <summary>The number of a video in the library.</summary>
    public long Number(string id) => numbers[id];

    /// <summary>The clips of a video.</summary>
    public ClipSequence Clips(string id) => Snapshot.Clips(numbers[id]);

    /// <summary>Searches this library; dispose it.</summary>
    public Finder Finder(IEmbedder embedder, int threads) => new(library, embedder, threads);

    public void Dispose()
    {
        Snapshot.Dispose();
        library.Dispose();
    }

    private static VideoLibrary Create(string folder, IEmbedder embedder)
    {
        embedder.Prepare(); // what is missing is said before a library is made that nothing can be added to
        return VideoLibrary.Create(folder, embedder.Identity);
    }

    // A link to a file that the library knows stands for it.
    private void Name(IReadOnlyDictionary<string, string> files)
    {
        var known = Snapshot.Videos.SelectMany(video => video.Files).Where(file => !file.Missing).ToList();
        var byPath = known.ToDictionary(file => file.Stamp.Path, file => file.VideoId, StringComparer.Ordinal);
        var byIdentity = known.GroupBy(file => (file.Stamp.Device, file.Stamp.Inode)).ToDictionary(same => same.Key, same => same.First().VideoId);
        var failed = Ingested.Failures.ToDictionary(failure => failure.Path, failure => failure.Reason, StringComparer.Ordinal);
        foreach (var (id, path) in files)
        {
            if (failed.TryGetValue(path, out var reason))
            {
                Failures.Add(id, reason);
            }
            else if (byPath.TryGetValue(path, out var number) || byIdentity.TryGetValue(FoundFile.At(path).Identity, out number))
            {
                numbers.Add(id, number);
            }
            else
            {
                Failures.Add(id, "it was gone before it could be read");
            }
        }
    }
}
