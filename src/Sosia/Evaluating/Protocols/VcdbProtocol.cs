using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>VCDB: copied segments between the videos of the core set, and the retrieval of whole videos; with distractors where there are some.</summary>
internal static class VcdbProtocol
{
    public static Protocol Protocol { get; } = new(
        "vcdb",
        "VCDB",
        "the folder of TOPIC.txt (annotation); videos by the names in them; every other video of --videos is a distractor",
        [new(MissingTreatment.NotFound, "not found: their copies stay among those that ought to be" + EvaluationFigures.MissingQueries)],
        Read);

    private static Benchmark Read(ProtocolInput input)
    {
        var published = Vcdb.Read(input.Annotations.Folder("*.txt"));
        var vcdb = published with { Copies = [.. published.Copies.Where(copy => copy.A != copy.B)] };
        var core = vcdb.Videos;
        var files = core.Select(input.Videos.Find).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var distractors = input.Videos.Names.Where(name => !files.Contains(input.Videos.Find(name)!)).ToHashSet(StringComparer.Ordinal);
        var itself = published.Copies.Count - vcdb.Copies.Count;
        return new Benchmark(core.Union(distractors, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal), core, embedded => Figures(vcdb, core, distractors, embedded))
        {
            Notes =
            [
                .. published.Dropped.Count == 0 ? Array.Empty<string>() : [$"{published.Dropped.Count} faulty lines are passed over, as LAMV does"],
                .. itself == 0 ? Array.Empty<string>() : [$"{itself} copies of a video within itself are passed over"],
            ],
        };
    }

    private static EvaluationFigures Figures(Vcdb vcdb, IReadOnlySet<string> core, IReadOnlySet<string> distractors, EmbeddedBenchmark embedded)
    {
        var database = embedded.Database.ToList();
        var results = new Dictionary<string, IReadOnlyList<ScoredVideo>>(StringComparer.Ordinal);
        var detections = new List<VcdbDetection>();
        foreach (var query in embedded.Each([.. core.Where(embedded.Readable.Contains).Order(StringComparer.Ordinal)]))
        {
            var search = embedded.Search(query);
            results.Add(query, search.Scores(database));
            detections.AddRange(database.Where(other => IsAsked(query, other)).SelectMany(other =>
                search.Segments(other).Select(segment => new VcdbDetection(query, other, Segments.Of(segment), segment.Score))));
        }

        var rows = Rows("", [.. detections.Where(detection => core.Contains(detection.B))], core);
        return new EvaluationFigures(
            distractors.Count == 0 ? [.. rows] : [.. rows, .. Rows(" + distractors", detections, core.Union(distractors, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal))],
            distractors.Count == 0 ? [] : [$"{distractors.Count(embedded.Readable.Contains)} distractors"]);

        // Each pair of the core once, from the side of the first.
        bool IsAsked(string query, string other) => !core.Contains(other) || string.CompareOrdinal(query, other) < 0;

        IEnumerable<EvaluationRow> Rows(string with, IReadOnlyList<VcdbDetection> found, IReadOnlySet<string> videos)
        {
            var best = vcdb.Segments(found).Best;
            var retrieval = vcdb.Retrieve(results, new VideoSet(videos, embedded.Readable, MissingTreatment.NotFound));
            return
            [
                new($"segments F1{with}", best.F1, vcdb.Copies.Count, "copies"),
                new($"segments precision{with}", best.Precision, found.Count(detection => detection.Score >= best.Threshold), "detections"),
                new($"segments recall{with}", best.Recall, vcdb.Copies.Count, "copies"),
                new($"videos mAP{with}", retrieval.MeanAveragePrecision, retrieval.Queries.Count, "queries"),
                new($"videos micro AP{with}", retrieval.MicroAveragePrecision, retrieval.Queries.Sum(query => query.Relevant), "pairs"),
            ];
        }
    }
}
