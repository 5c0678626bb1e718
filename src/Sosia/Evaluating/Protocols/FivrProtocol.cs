using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>FIVR-200K and FIVR-5K: retrieval (mean average precision) and detection (micro average precision) by three notions of what is relevant.</summary>
internal static class FivrProtocol
{
    private static readonly FivrTask[] Tasks = [FivrTask.Dsvr, FivrTask.Csvr, FivrTask.Isvr]; // the fourth is by sound

    private static readonly MissingRule[] Rules =
    [
        new(MissingTreatment.LeftOut, "left out, as ViSiL has it: neither ranked nor relevant" + EvaluationFigures.MissingQueries),
        new(MissingTreatment.NotFound, "not found, as the official script has it: relevant ones stay among those that ought to be" + EvaluationFigures.MissingQueries),
    ];

    public static Protocol FiveK { get; } = new(
        "fivr-5k", "FIVR-5K", "annotation.json, ids_5k.txt and queries_5k.txt (an id a line); videos ID.EXT", Rules, input => Read(input, "ids_5k.txt", "queries_5k.txt"));

    public static Protocol Whole { get; } = new(
        "fivr-200k", "FIVR-200K", "annotation.json and youtube_ids.txt; videos ID.EXT", Rules, input => Read(input, "youtube_ids.txt", null));

    private static Benchmark Read(ProtocolInput input, string ids, string? queryIds)
    {
        var fivr = Fivr.Read(input.Annotations.File("annotation.json"));
        var database = Fivr.ReadIds(input.Annotations.File(ids));
        var queries = queryIds is null ? fivr.Labels.Keys.ToHashSet(StringComparer.Ordinal) : Fivr.ReadIds(input.Annotations.File(queryIds));
        return new Benchmark(database, queries, embedded =>
        {
            var results = embedded.Scores(fivr.Labels.Keys.Where(queries.Contains));
            var videos = new VideoSet(database, embedded.Readable, input.Missing);
            return Figures([.. Tasks.Select(task => fivr.Measure(task, results, videos, queries))]);
        });
    }

    private static EvaluationFigures Figures(IReadOnlyList<RetrievalFigures> tasks)
    {
        var retrieval = tasks.Select(task => new EvaluationRow($"{task.Task} mAP", task.MeanAveragePrecision, task.Queries.Count, "queries"));
        var detection = tasks.Select(task => new EvaluationRow(
            $"{task.Task[..^1]}D micro AP", task.MicroAveragePrecision, task.Queries.Sum(query => query.Relevant), "relevant pairs"));
        var empty = tasks.Where(task => task.WithoutRelevant.Count > 0)
            .Select(task => $"{task.Task}: {task.WithoutRelevant.Count} queries without a relevant video are left out of the mean");
        return new EvaluationFigures([.. retrieval, .. detection], [.. empty, .. EvaluationFigures.Ties(tasks.Sum(task => task.Ties))]);
    }
}
