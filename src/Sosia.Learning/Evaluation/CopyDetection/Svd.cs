namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>What SVD gives.</summary>
/// <param name="Queries">Threshold average precision of each query with results and a readable positive; order does not matter, so there are no ties.</param>
/// <param name="WithoutRelevant">Queries none of whose positives can be read; left out of the mean (ours).</param>
/// <param name="Missing">Unreadable videos are left out on both sides; a readable positive without a score is not found.</param>
public sealed record SvdFigures(IReadOnlyList<QueryPrecision> Queries, IReadOnlyList<string> WithoutRelevant, Missing Missing)
{
    /// <summary>Mean over the queries; NaN where there are none.</summary>
    public double MeanAveragePrecision => Retrieval.Mean(Queries.Select(query => query.Value));
}

/// <summary>SVD (Jiang et al. 2019).</summary>
/// <param name="Labels">For each query its candidates, true where they are near-duplicates.</param>
/// <param name="Unlabelled">Videos that are negatives of every query.</param>
public sealed record Svd(IReadOnlyDictionary<string, IReadOnlyDictionary<string, bool>> Labels, IReadOnlySet<string> Unlabelled)
{
    /// <summary>Reads <c>test_groundtruth</c> (lines of a query, a candidate and 1 or 0) and a list of ids.</summary>
    /// <param name="groundTruth">The labels.</param>
    /// <param name="unlabelled">An id a line; null: none, the labelled form.</param>
    /// <exception cref="AnnotationException">A file cannot be read, or is something else.</exception>
    public static Svd Read(string groundTruth, string? unlabelled)
    {
        var labels = new OrderedDictionary<string, IReadOnlyDictionary<string, bool>>(StringComparer.Ordinal);
        foreach (var line in AnnotationFile.Lines(groundTruth))
        {
            var (query, candidate, label) = line.Parts(3) is [var first, var second, ("0" or "1") and var third]
                ? (first, second, third == "1")
                : throw line.Wrong($"a query, a candidate and 0 or 1 belong here: {AnnotationLine.Shown(line.Text)}");
            var candidates = (Dictionary<string, bool>)(labels.TryGetValue(query, out var found)
                ? found
                : labels[query] = new Dictionary<string, bool>(StringComparer.Ordinal));
            if (!candidates.TryAdd(candidate, label))
            {
                throw line.Wrong($"query {AnnotationLine.Shown(query)}: candidate {AnnotationLine.Shown(candidate)} twice");
            }
        }

        return new Svd(labels, unlabelled is null ? new HashSet<string>(StringComparer.Ordinal) : AnnotationFile.Ids(unlabelled));
    }

    /// <summary>One query of it; the mean over queries is the mean over such, and their scores need not be held together.</summary>
    public Svd Only(string query) => this with { Labels = new Dictionary<string, IReadOnlyDictionary<string, bool>>(StringComparer.Ordinal) { [query] = Labels[query] } };

    /// <summary>Ranks the candidates of each query together with all unlabelled videos.</summary>
    /// <param name="results">For each query scores of videos; a distance comes in with a minus.</param>
    /// <param name="readable">Videos that could be read; null: all.</param>
    /// <exception cref="ArgumentException">A video stands twice in a list, or a score is NaN.</exception>
    public SvdFigures Measure(IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results, IReadOnlySet<string>? readable = null)
    {
        var (queries, empty) = (new List<QueryPrecision>(), new List<string>());
        foreach (var (query, candidates) in Labels.Where(query => results.ContainsKey(query.Key)))
        {
            var judged = Retrieval.Judge(
                query,
                results[query],
                video => Readable(video) && (candidates.ContainsKey(video) || Unlabelled.Contains(video)),
                candidates.GetValueOrDefault);
            var relevant = candidates.Count(candidate => candidate.Value && Readable(candidate.Key));
            if (relevant == 0)
            {
                empty.Add(query);
                continue;
            }

            queries.Add(new QueryPrecision(query, AveragePrecision.Threshold(judged, relevant), relevant, 0));
        }

        var missing = Labels.Values.SelectMany(candidates => candidates.Keys).Concat(Unlabelled).Where(video => !Readable(video));
        return new SvdFigures(
            queries,
            empty,
            new Missing(
                [.. Labels.Keys.Where(query => !results.ContainsKey(query))],
                [.. missing.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
                MissingTreatment.LeftOut));

        bool Readable(string video) => readable?.Contains(video) ?? true;
    }
}
