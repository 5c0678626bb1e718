namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A video with its score for a query.</summary>
/// <param name="Video">Its id in the benchmark.</param>
/// <param name="Score">Larger is more similar; never NaN.</param>
public readonly record struct ScoredVideo(string Video, double Score);

/// <summary>What becomes of videos that could not be read.</summary>
public enum MissingTreatment
{
    /// <summary>Neither ranked nor relevant, as if they were not in the benchmark.</summary>
    LeftOut,

    /// <summary>Not found: relevant ones stay among those that ought to be.</summary>
    NotFound,
}

/// <summary>What a measure did without.</summary>
/// <param name="Queries">Queries without results.</param>
/// <param name="Videos">Videos of the benchmark that could not be read, or have no result where the protocol cannot tell.</param>
/// <param name="Treatment">What became of the videos; a query without results is left out of the means.</param>
public sealed record Missing(IReadOnlyList<string> Queries, IReadOnlyList<string> Videos, MissingTreatment Treatment);

/// <summary>The database of a benchmark and what of it is there.</summary>
/// <param name="Published">All ids.</param>
/// <param name="Readable">Those whose video could be read; others than the published ones do not matter.</param>
/// <param name="Treatment">Of those that could not.</param>
public sealed record VideoSet(IReadOnlySet<string> Published, IReadOnlySet<string> Readable, MissingTreatment Treatment = MissingTreatment.LeftOut)
{
    /// <summary>All published videos, each of them readable.</summary>
    public static VideoSet Complete(IReadOnlySet<string> published) => new(published, published);

    /// <summary>Published, but not readable.</summary>
    public IReadOnlyList<string> Missing => [.. Published.Where(video => !Readable.Contains(video)).Order(StringComparer.Ordinal)];

    /// <summary>How many there are by <see cref="Contains"/>.</summary>
    public int Count => Treatment == MissingTreatment.NotFound ? Published.Count : Published.Count(Readable.Contains);

    /// <summary>Whether a video is ranked, and counts as relevant where it is.</summary>
    public bool Contains(string video) => Published.Contains(video) && (Treatment == MissingTreatment.NotFound || Readable.Contains(video));

    /// <summary>A smaller benchmark: without these.</summary>
    public VideoSet Without(IReadOnlySet<string> videos) => this with { Published = Published.Where(video => !videos.Contains(video)).ToHashSet(StringComparer.Ordinal) };
}

/// <summary>The average precision of a query.</summary>
/// <param name="Query">Its id.</param>
/// <param name="Value">In 0 .. 1.</param>
/// <param name="Relevant">Videos that ought to be found.</param>
/// <param name="Ties">See <see cref="RankedPrecision.Ties"/>.</param>
public sealed record QueryPrecision(string Query, double Value, int Relevant, int Ties);

/// <summary>What a protocol by ranks gives.</summary>
/// <param name="Task">Its name in the literature.</param>
/// <param name="MicroAveragePrecision">Ranked average precision of all pairs of a query and a video in one list.</param>
/// <param name="Queries">Those with results and a relevant video.</param>
/// <param name="WithoutRelevant">Queries with results, for which no video of the set is relevant; they are left out of the mean.</param>
/// <param name="Missing">What could not be measured.</param>
public sealed record RetrievalFigures(
    string Task, double MicroAveragePrecision, IReadOnlyList<QueryPrecision> Queries, IReadOnlyList<string> WithoutRelevant, Missing Missing)
{
    /// <summary>Mean over the queries; NaN where there are none.</summary>
    public double MeanAveragePrecision => Retrieval.Mean(Queries.Select(query => query.Value));

    /// <summary>The same with a query without a relevant video as 1, as the script of 3D-CSL has it; too large on reduced sets.</summary>
    public double MeanWithEmptyAsOne => Retrieval.Mean([.. Queries.Select(query => query.Value), .. WithoutRelevant.Select(_ => 1.0)]);

    /// <summary>Groups of equal scores that hold a relevant video, in all queries.</summary>
    public int Ties => Queries.Sum(query => query.Ties);
}

/// <summary>What the protocols by ranks have in common.</summary>
internal static class Retrieval
{
    /// <summary>Mean, micro and single average precision; a query is never ranked for itself.</summary>
    /// <param name="task">Name.</param>
    /// <param name="relevant">For each query the relevant videos, in the set or not.</param>
    /// <param name="results">For each query its list.</param>
    /// <param name="videos">What is ranked.</param>
    public static RetrievalFigures Measure(
        string task,
        IEnumerable<KeyValuePair<string, IReadOnlySet<string>>> relevant,
        IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results,
        VideoSet videos)
    {
        var (queries, empty, absent, pool, pooled) = (new List<QueryPrecision>(), new List<string>(), new List<string>(), new List<Judged>(), 0);
        foreach (var (query, labelled) in relevant)
        {
            if (!results.TryGetValue(query, out var list))
            {
                absent.Add(query);
                continue;
            }

            var positive = labelled.Where(video => video != query && videos.Contains(video)).ToHashSet(StringComparer.Ordinal);
            var judged = Judge(query, list, video => video != query && videos.Contains(video), positive.Contains);
            pool.AddRange(judged);
            pooled += positive.Count;
            if (positive.Count == 0)
            {
                empty.Add(query);
                continue;
            }

            var precision = AveragePrecision.Ranked(judged, positive.Count);
            queries.Add(new QueryPrecision(query, precision.Value, positive.Count, precision.Ties));
        }

        return new RetrievalFigures(
            task, AveragePrecision.Ranked(pool, pooled).Value, queries, empty, new Missing(absent, videos.Missing, videos.Treatment));
    }

    /// <summary>The list of a query with what is relevant in it.</summary>
    /// <exception cref="ArgumentException">A video stands in it twice, or its score is NaN.</exception>
    public static List<Judged> Judge(string query, IReadOnlyList<ScoredVideo> list, Func<string, bool> ranked, Func<string, bool> relevant)
    {
        var seen = new HashSet<string>(list.Count, StringComparer.Ordinal);
        var judged = new List<Judged>(list.Count);
        foreach (var (video, score) in list)
        {
            if (!seen.Add(video) || double.IsNaN(score))
            {
                var reason = double.IsNaN(score) ? "has a score that is no number" : "stands in them twice";
                throw new ArgumentException($"results of query {query}: {video} {reason}", nameof(list));
            }

            if (ranked(video))
            {
                judged.Add(new Judged(score, relevant(video)));
            }
        }

        return judged;
    }

    /// <summary>NaN of nothing.</summary>
    public static double Mean(IEnumerable<double> values) => values.DefaultIfEmpty(double.NaN).Average();
}

/// <summary>Results as FIVR and ViSiL write them.</summary>
public static class ScoreFile
{
    /// <summary>Reads <c>{query: {video: score}}</c>; equal scores keep the order of the file.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> Read(string path)
    {
        var results = new Dictionary<string, IReadOnlyList<ScoredVideo>>(StringComparer.Ordinal);
        var json = AnnotationJson.Open(path);
        json.Object("the file");
        while (json.Property(out var query))
        {
            var list = new List<ScoredVideo>();
            json.Object($"query {query}");
            while (json.Property(out var video))
            {
                list.Add(new ScoredVideo(video, json.Number($"the score of {query} and {video}")));
            }

            if (!results.TryAdd(query, list))
            {
                throw json.Wrong($"query {query} twice");
            }
        }

        return results;
    }
}
