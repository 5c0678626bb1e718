using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>What to evaluate.</summary>
/// <param name="Protocol">Which benchmark.</param>
/// <param name="Annotations">Its published files, or their folder.</param>
/// <param name="Videos">The folder of videos.</param>
/// <param name="Embedder">What is evaluated.</param>
/// <param name="Cache">A folder for embeddings; one may serve several benchmarks and models.</param>
public sealed record EvaluationRequest(Protocol Protocol, IReadOnlyList<string> Annotations, string Videos, IEmbedder Embedder, string Cache)
{
    /// <summary>The rule about missing videos; null: the protocol's first.</summary>
    public MissingTreatment? Missing { get; init; }

    /// <summary>Of VCSL.</summary>
    public string Split { get; init; } = "test";

    /// <summary>Whether queries are looked for mirrored, too.</summary>
    public bool Mirrored { get; init; } = true;

    /// <summary>Videos read at a time, and threads of the search.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether files that failed before are tried again.</summary>
    public bool Retry { get; init; }
}

/// <summary>
/// Evaluates an embedder by a public protocol: reads the published files, embeds the videos into ordinary libraries, searches, measures. The libraries
/// are kept in <c>CACHE/EMBEDDER</c>: <c>videos</c> is searched, <c>queries</c> holds those that are not in the database, <c>mirrored</c> mirror images.
/// </summary>
public sealed class Evaluation : IDisposable
{
    private readonly EvaluationRequest request;
    private readonly MissingRule rule;
    private readonly Benchmark benchmark;
    private readonly SortedDictionary<string, UnreadVideo> missing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> files = new(StringComparer.Ordinal);
    private EmbeddedSets? sets;

    /// <summary>Reads the published files, and looks which videos are there.</summary>
    /// <exception cref="UsageException">A file or folder is not there, no video is, or the protocol has no such rule.</exception>
    /// <exception cref="AnnotationException">A file is not what it ought to be.</exception>
    public Evaluation(EvaluationRequest request, CancellationToken stop = default)
    {
        this.request = request;
        rule = request.Protocol.Rule(request.Missing);
        var annotations = new Annotations(request.Annotations);
        var videos = VideoFiles.Of(request.Videos, stop);
        benchmark = request.Protocol.Read(new ProtocolInput(annotations, videos, rule.Treatment, request.Split));
        Locate(videos);
    }

    /// <summary>What had to be embedded, and what was wrong with it; one for each library.</summary>
    public IReadOnlyList<IngestResult> Ingested => [.. (sets?.All ?? []).Select(set => set.Ingested)];

    // Sorted, so that numbers in a new library do not hang on the order of the published files.
    private IEnumerable<string> Ids => benchmark.Database.Union(benchmark.Queries, StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private bool AsksMirrored => request.Mirrored && benchmark.Mirrored;

    /// <summary>Embeds what the cache lacks. Stopping keeps what is done; the same call goes on.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="stop"/> was set.</exception>
    public void Embed(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        var parts = new List<EmbeddedVideoSet?>();
        try
        {
            parts.Add(EmbedInto("videos", request.Embedder, benchmark.Database.Contains));
            parts.Add(benchmark.Queries.IsSubsetOf(benchmark.Database) ? null : EmbedInto("queries", request.Embedder, id => !benchmark.Database.Contains(id)));
            parts.Add(AsksMirrored && ReadsMirrored ? EmbedInto("mirrored", new MirroredEmbedder(request.Embedder), benchmark.Queries.Contains) : null);
        }
        catch
        {
            parts.ForEach(set => set?.Dispose());
            throw;
        }

        sets?.Dispose();
        sets = new EmbeddedSets(parts[0]!, parts[1], parts[2]);
        foreach (var (id, reason) in new[] { parts[0], parts[1] }.OfType<EmbeddedVideoSet>().SelectMany(set => set.Failures))
        {
            missing[id] = new UnreadVideo(id, benchmark.Queries.Contains(id), reason, files[id]);
        }

        EmbeddedVideoSet EmbedInto(string library, IEmbedder embedder, Func<string, bool> wanted) => EmbeddedVideoSet.Embed(
            Path.Combine(request.Cache, request.Embedder.Identity.Name, library),
            embedder,
            files.Where(file => wanted(file.Key)).ToDictionary(StringComparer.Ordinal),
            new IngestOptions([], request.Threads, request.Retry),
            progress,
            stop);
    }

    /// <summary>Searches and measures.</summary>
    /// <param name="progress">Told after each query.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="InvalidOperationException">Nothing is embedded yet.</exception>
    public EvaluationReport Measure(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        var embedded = sets ?? throw new InvalidOperationException("embed the videos first");
        using var search = new EmbeddedBenchmark(embedded, request.Embedder, AsksMirrored, request.Threads, progress, stop);
        var figures = benchmark.Measure(search);
        return new EvaluationReport(
            request.Protocol.Name, request.Embedder.Identity.Name, figures.Rows, Ids.Count(), [.. missing.Values], rule.Text, [.. benchmark.Notes, .. figures.Notes, AsksMirrored ? "queries are looked for plain and mirrored" : "queries are looked for plain, not mirrored"])
        {
            Embedded = Ingested.Sum(ingested => ingested.Added),
        };
    }

    /// <summary>Closes the libraries.</summary>
    public void Dispose() => sets?.Dispose();

    // Whether only the file tells what the mirror image looks like.
    private bool ReadsMirrored =>
        request.Embedder.Mirror(VectorRows.Join(request.Embedder.Identity.Kind, request.Embedder.Identity.Dimension, [])) is null;

    private void Locate(VideoFiles videos)
    {
        foreach (var id in Ids)
        {
            var path = videos.Find(benchmark.FileName(id));
            if (path is not null && videos.Refusal(path) is null)
            {
                files.Add(id, path);
                continue;
            }

            missing.Add(id, new UnreadVideo(id, benchmark.Queries.Contains(id), path is null ? "no such file" : videos.Refusal(path)!, path));
        }

        if (files.Count == 0)
        {
            throw new UsageException(
                $"--videos {Printable.Text(request.Videos)} holds none of the {missing.Count} videos of {request.Protocol.Name}: the first would be named {Printable.Text(benchmark.FileName(Ids.FirstOrDefault("ID")))}");
        }
    }
}
