using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>VCSL: the segments of given pairs of videos, half of them not copies.</summary>
internal static class VcslProtocol
{
    public static Protocol Protocol { get; } = new(
        "vcsl",
        "VCSL",
        "label_file_uuid_total.json and pair_file_SPLIT.csv; split_meta_pairs.json for the macro figures; videos UUID.EXT",
        [new(MissingTreatment.NotFound, "their pairs count as pairs in which nothing is found")],
        Read);

    private static Benchmark Read(ProtocolInput input)
    {
        var truth = VcslFiles.ReadSegments(input.Annotations.File("label_file_uuid_total.json"));
        var pairs = VcslFiles.ReadVideoPairs(input.Annotations.File($"pair_file_{input.Split}.csv"));
        var sets = input.Annotations.FileOrNull("split_meta_pairs.json") is { } file ? VcslFiles.ReadQuerySets(file, input.Split) : null;
        return new Benchmark(
            pairs.Select(pair => pair.Reference).ToHashSet(StringComparer.Ordinal),
            pairs.Select(pair => pair.Query).ToHashSet(StringComparer.Ordinal),
            embedded => Figures(pairs, truth, sets, embedded))
        {
            Notes = [$"{input.Split} pairs; times are not rounded to the whole seconds of the labels"],
        };
    }

    private static EvaluationFigures Figures(
        IReadOnlyList<(string Query, string Reference)> pairs,
        IReadOnlyDictionary<string, IReadOnlyList<SegmentPair>> truth,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? sets,
        EmbeddedBenchmark embedded)
    {
        var predictions = new Dictionary<string, IReadOnlyList<SegmentPair>>(StringComparer.Ordinal);
        foreach (var (query, reference) in embedded.Each(pairs))
        {
            predictions[VcslFiles.PairName(query, reference)] = [.. embedded.Pair(query, reference).Select(Segments.Of)];
        }

        var figures = Vcsl.Measure([.. predictions.Keys], truth, predictions, sets);
        var positives = predictions.Keys.Count(truth.ContainsKey);
        List<EvaluationRow> rows =
        [
            new("F1", figures.F1, predictions.Count, "pairs"),
            new("precision", figures.Precision, predictions.Count(pair => pair.Value.Count > 0), "pairs with a prediction"),
            new("recall", figures.Recall, positives, "positive pairs"),
            new("false rejection rate", figures.FalseRejectionRate, positives, "positive pairs"),
            new("false alarm rate", figures.FalseAlarmRate, predictions.Count - positives, "negative pairs"),
        ];
        if (sets is not null)
        {
            rows.AddRange(Macro(figures, sets.Values.Count(set => set.Any(predictions.ContainsKey))));
        }

        return new EvaluationFigures(rows, sets is null ? ["no split_meta_pairs.json: no macro figures"] : []);
    }

    private static IEnumerable<EvaluationRow> Macro(VcslFigures figures, int sets) =>
    [
        new("macro F1", figures.MacroF1, sets, "query sets"),
        new("macro precision", figures.MacroPrecision, sets, "query sets"),
        new("macro recall", figures.MacroRecall, sets, "query sets"),
    ];
}
