using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>VSC2022: pairs of videos by their descriptors, and segments by the product's matching.</summary>
internal static class VscProtocol
{
    private const string Files =
        "*_matching_ground_truth.csv; *_query_metadata.csv and *_reference_metadata.csv, without them all Q* and R* of --videos; videos Q000000.EXT, R000000.EXT";

    private static readonly MissingRule[] Rules = [new(MissingTreatment.NotFound, "not found: true pairs stay among those that ought to be")];

    public static Protocol Descriptor { get; } = new(
        "vsc2022-descriptor", "VSC2022, descriptor track", Files, Rules, input => Read(input, Descriptors) with { Mirrored = false });

    public static Protocol Matching { get; } = new("vsc2022-matching", "VSC2022, matching track", Files, Rules, input => Read(input, Matches));

    private static Benchmark Read(
        ProtocolInput input, Func<IReadOnlyList<VscMatch>, IReadOnlySet<string>, EmbeddedBenchmark, EvaluationFigures> measure)
    {
        var truth = Vsc.ReadTruth(input.Annotations.File("*matching_ground_truth.csv"));
        var queries = Videos("query", 'Q', truth.Select(match => match.Query));
        return new Benchmark(Videos("reference", 'R', truth.Select(match => match.Reference)), queries, embedded => measure(truth, queries, embedded));

        IReadOnlySet<string> Videos(string side, char prefix, IEnumerable<string> named) => input.Annotations.FileOrNull($"*{side}_metadata.csv") is { } list
            ? Vsc.ReadVideos(list)
            : input.Videos.Names.Select(name => Path.GetFileNameWithoutExtension(name)).Where(name => IsId(name, prefix)).Union(named, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal);
    }

    private static bool IsId(string name, char prefix) => name.Length > 1 && name[0] == prefix && name.Skip(1).All(char.IsAsciiDigit);

    private static EvaluationFigures Descriptors(IReadOnlyList<VscMatch> truth, IReadOnlySet<string> queries, EmbeddedBenchmark embedded)
    {
        var candidates = embedded.Candidates(queries);
        var figures = VscDescriptorTrack.Measure(truth, candidates);
        return new EvaluationFigures(
            [new("micro AP", figures.MicroAveragePrecision, Pairs(truth), "true pairs")],
            [$"{candidates.Count} candidates of {queries.Count(embedded.Readable.Contains)} queries; one descriptor a second, plain: mirrored ones would be a second"]);
    }

    private static EvaluationFigures Matches(IReadOnlyList<VscMatch> truth, IReadOnlySet<string> queries, EmbeddedBenchmark embedded)
    {
        var references = embedded.Database.ToList();
        var predictions = new List<VscMatch>();
        foreach (var query in embedded.Each([.. queries.Where(embedded.Readable.Contains).Order(StringComparer.Ordinal)]))
        {
            var search = embedded.Search(query);
            predictions.AddRange(references.SelectMany(reference =>
                search.Segments(reference).Select(segment => new VscMatch(query, reference, Segments.Of(segment), segment.Score))));
        }

        var figures = VscMatchingTrack.Measure(truth, predictions);
        return new EvaluationFigures(
            [
                new("segment AP", figures.SegmentAveragePrecision, truth.Count, "true segments"),
                new("micro AP of pairs", figures.Pairs.MicroAveragePrecision, Pairs(truth), "true pairs"),
            ],
            [$"{predictions.Count} predicted segments"]);
    }

    private static int Pairs(IReadOnlyList<VscMatch> truth) => truth.DistinctBy(match => (match.Query, match.Reference)).Count();
}
