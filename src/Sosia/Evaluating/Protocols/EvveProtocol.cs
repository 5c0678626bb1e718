using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>EVVE: videos of the same event; queries are not in the database.</summary>
internal static class EvveProtocol
{
    public static Protocol Protocol { get; } = new(
        "evve",
        "EVVE",
        "the folder of EVENT.dat (annots); videos ID.EXT",
        [new(MissingTreatment.LeftOut, "left out: neither ranked nor relevant" + EvaluationFigures.MissingQueries)],
        input => Read(Evve.Read(input.Annotations.Folder("*.dat"))));

    private static Benchmark Read(Evve evve)
    {
        var queries = evve.Events.SelectMany(one => one.Queries).ToHashSet(StringComparer.Ordinal);
        return new Benchmark(evve.Database, queries, embedded =>
        {
            var figures = evve.Measure(embedded.Scores(queries.Order(StringComparer.Ordinal), evve.Database), embedded.Readable);
            var events = figures.Events.Where(one => !double.IsNaN(one.Value)).ToList();
            return new EvaluationFigures(
                [
                    new("mAP over queries", figures.OverQueries, figures.Queries.Count, "queries"),
                    new("mAP over events", figures.OverEvents, events.Count, "events"),
                    .. evve.Events.Select(one => new EvaluationRow(
                        $"{one.Name} mAP", figures.Events[one.Name], one.Queries.Count(embedded.Readable.Contains), "queries")),
                ],
                EvaluationFigures.Ties(figures.Ties));
        });
    }
}
