using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>SVD: short videos; every query has labelled candidates, and all unlabelled videos are its negatives.</summary>
internal static class SvdProtocol
{
    public static Protocol Protocol { get; } = new(
        "svd",
        "SVD",
        "test_groundtruth; unlabeled-data-id (an id a line), without it candidates alone are ranked; videos ID.EXT, or by ids that end in .mp4",
        [new(MissingTreatment.LeftOut, "left out on both sides: neither ranked nor relevant" + EvaluationFigures.MissingQueries)],
        Read);

    private static Benchmark Read(ProtocolInput input)
    {
        var unlabelled = input.Annotations.FileOrNull("unlabeled-data-id", "unlabeled-data-id.txt");
        var svd = Svd.Read(input.Annotations.File("test_groundtruth", "test_groundtruth.txt"), unlabelled);
        var database = svd.Labels.Values.SelectMany(candidates => candidates.Keys).Concat(svd.Unlabelled).ToHashSet(StringComparer.Ordinal);
        return new Benchmark(database, svd.Labels.Keys.ToHashSet(StringComparer.Ordinal), embedded => Figures(svd, embedded))
        {
            Notes = unlabelled is null ? ["no unlabeled-data-id: the labelled candidates alone are ranked"] : [],
        };
    }

    // Query by query: half a million scores of each need not be held together.
    private static EvaluationFigures Figures(Svd svd, EmbeddedBenchmark embedded)
    {
        var queries = new List<QueryPrecision>();
        var empty = 0;
        var database = embedded.Database.ToList();
        foreach (var query in embedded.Each([.. svd.Labels.Keys.Where(embedded.Readable.Contains)]))
        {
            var ranked = database.Where(id => svd.Labels[query].ContainsKey(id) || svd.Unlabelled.Contains(id));
            var figures = svd.Only(query).Measure(new Dictionary<string, IReadOnlyList<ScoredVideo>>(StringComparer.Ordinal) { [query] = embedded.Search(query).Scores(ranked) }, embedded.Readable);
            queries.AddRange(figures.Queries);
            empty += figures.WithoutRelevant.Count;
        }

        return new EvaluationFigures(
            [new("mAP", queries.Count == 0 ? double.NaN : queries.Average(query => query.Value), queries.Count, "queries")],
            empty == 0 ? [] : [$"{empty} queries without a readable positive are left out of the mean"]);
    }
}
