namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>How a video is related to a query of FIVR (Kordopatis-Zilos et al. 2019); several may hold.</summary>
[Flags]
public enum FivrLabels
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>ND: near-duplicate, all of it.</summary>
    NearDuplicate = 1,

    /// <summary>DS: the same scene, in part.</summary>
    DuplicateScene = 2,

    /// <summary>CS: the same moment, seen from elsewhere.</summary>
    ComplementaryScene = 4,

    /// <summary>IS: the same incident, another moment.</summary>
    IncidentScene = 8,

    /// <summary>DA: the same sound.</summary>
    DuplicateAudio = 16,
}

/// <summary>What FIVR asks for: the labels that make a video relevant.</summary>
/// <param name="Name">In the literature; detection (by micro average precision) ends in D for R.</param>
/// <param name="Labels">Any of them.</param>
public sealed record FivrTask(string Name, FivrLabels Labels)
{
    /// <summary>Duplicate scenes: ND, DS.</summary>
    public static readonly FivrTask Dsvr = new("DSVR", FivrLabels.NearDuplicate | FivrLabels.DuplicateScene);

    /// <summary>Complementary scenes: ND, DS, CS.</summary>
    public static readonly FivrTask Csvr = new("CSVR", Dsvr.Labels | FivrLabels.ComplementaryScene);

    /// <summary>Incident scenes: ND, DS, CS, IS.</summary>
    public static readonly FivrTask Isvr = new("ISVR", Csvr.Labels | FivrLabels.IncidentScene);

    /// <summary>Duplicate audio: DA.</summary>
    public static readonly FivrTask Davr = new("DAVR", FivrLabels.DuplicateAudio);

    /// <summary>The four.</summary>
    public static IReadOnlyList<FivrTask> All { get; } = [Dsvr, Csvr, Isvr, Davr];
}

/// <summary>FIVR-200K and FIVR-5K.</summary>
/// <param name="Labels">For each query, in the order of the file, the labelled videos.</param>
public sealed record Fivr(IReadOnlyDictionary<string, IReadOnlyDictionary<string, FivrLabels>> Labels)
{
    /// <summary>Reads <c>annotation.json</c>: <c>{query: {"ND": [ids], ..}}</c>; a video under several labels has them all.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static Fivr Read(string path)
    {
        var labels = new OrderedDictionary<string, IReadOnlyDictionary<string, FivrLabels>>(StringComparer.Ordinal);
        var json = AnnotationJson.Open(path);
        json.Object("the file");
        while (json.Property(out var query))
        {
            if (!labels.TryAdd(query, Query(ref json, query)))
            {
                throw json.Wrong($"query {query} twice");
            }
        }

        return new Fivr(labels);
    }

    /// <summary>Reads <c>youtube_ids.txt</c>, or a list of easy duplicates: an id a line.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or a line holds more than an id.</exception>
    public static IReadOnlySet<string> ReadIds(string path) => AnnotationFile.Ids(path);

    /// <summary>
    /// Mean average precision (retrieval: DSVR ..) and micro average precision (detection: DSVD ..) of a task. The query is never ranked; queries without a
    /// relevant video are left out of the mean. The hard form of s2vs: <c>videos.Without(easy)</c>.
    /// </summary>
    /// <param name="task">What is relevant.</param>
    /// <param name="results">For each query its list; equal scores keep its order.</param>
    /// <param name="videos">As ViSiL has it by default: what cannot be read is left out; with <see cref="MissingTreatment.NotFound"/> as in the official script.</param>
    /// <param name="queries">Those of FIVR-5K; null: all.</param>
    /// <exception cref="ArgumentException">A video stands twice in a list, or a score is NaN.</exception>
    public RetrievalFigures Measure(
        FivrTask task, IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results, VideoSet videos, IReadOnlySet<string>? queries = null) =>
        Retrieval.Measure(
            task.Name,
            Labels.Keys.Where(query => queries?.Contains(query) ?? true).Select(query => KeyValuePair.Create(query, Relevant(task, query))),
            results,
            videos);

    /// <summary>
    /// Interpolated precision of a query at recall 0, 0.05 .. 1. As in the official script, videos without a result come in with score 0, until the list is as
    /// long as the set.
    /// </summary>
    /// <param name="task">What is relevant.</param>
    /// <param name="query">One of <see cref="Labels"/>.</param>
    /// <param name="list">Its results.</param>
    /// <param name="videos">What is ranked.</param>
    /// <returns>21 values.</returns>
    /// <exception cref="ArgumentException">There is no such query, a video stands twice in the list, or a score is NaN.</exception>
    public double[] Curve(FivrTask task, string query, IReadOnlyList<ScoredVideo> list, VideoSet videos)
    {
        var positive = Relevant(task, query).Where(video => video != query && videos.Contains(video)).ToHashSet(StringComparer.Ordinal);
        var judged = Retrieval.Judge(query, list, video => video != query && videos.Contains(video), positive.Contains);
        judged.AddRange(Enumerable.Repeat(new Judged(0, true), positive.Count - judged.Count(entry => entry.Relevant)));
        judged.AddRange(Enumerable.Repeat(new Judged(0, false), Math.Max(0, videos.Count - judged.Count)));
        return AveragePrecision.Interpolated(judged);
    }

    private IReadOnlySet<string> Relevant(FivrTask task, string query) => Labels.TryGetValue(query, out var labels)
        ? labels.Where(video => (video.Value & task.Labels) != FivrLabels.None).Select(video => video.Key).ToHashSet(StringComparer.Ordinal)
        : throw new ArgumentException($"there is no query {query}", nameof(query));

    private static Dictionary<string, FivrLabels> Query(ref AnnotationJson json, string query)
    {
        var videos = new Dictionary<string, FivrLabels>(StringComparer.Ordinal);
        json.Object($"query {query}");
        while (json.Property(out var name))
        {
            var label = name switch
            {
                "ND" => FivrLabels.NearDuplicate,
                "DS" => FivrLabels.DuplicateScene,
                "CS" => FivrLabels.ComplementaryScene,
                "IS" => FivrLabels.IncidentScene,
                "DA" => FivrLabels.DuplicateAudio,
                _ => throw json.Wrong($"query {query}: {AnnotationLine.Shown(name)} is none of ND, DS, CS, IS and DA"),
            };
            foreach (var video in json.Texts($"{name} of query {query}"))
            {
                videos[video] = videos.GetValueOrDefault(video) | label;
            }
        }

        return videos;
    }
}
