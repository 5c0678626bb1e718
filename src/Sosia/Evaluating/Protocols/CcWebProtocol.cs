using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Evaluating.Protocols;

/// <summary>CC_WEB_VIDEO: 24 sets, ranked alone or with the whole collection, with and without the videos that were labelled in doubt.</summary>
internal static class CcWebProtocol
{
    public static Protocol Protocol { get; } = new(
        "cc-web-video",
        "CC_WEB_VIDEO",
        "Video_List.txt, Seed.txt and GT/GT_1.rst .. GT_24.rst; excluded.txt (SET, tab, NUMBER) for the clean figures; videos by their name in Video_List.txt",
        [new(MissingTreatment.NotFound, "not found: the positives of the ground truth ought to be, readable or not" + EvaluationFigures.MissingQueries)],
        Read);

    private static Benchmark Read(ProtocolInput input)
    {
        var excluded = input.Annotations.FileOrNull("excluded.txt");
        var web = CcWebVideo.Read(Path.GetDirectoryName(Path.GetFullPath(input.Annotations.File("Video_List.txt")))!, excluded);
        var queries = web.Sets.Select(set => set.Query).ToHashSet(StringComparer.Ordinal);
        return new Benchmark(web.Collection.Keys.ToHashSet(StringComparer.Ordinal), queries, embedded => Figures(web, embedded, excluded is not null))
        {
            FileName = number => web.Collection[number],
        };
    }

    private static EvaluationFigures Figures(CcWebVideo web, EmbeddedBenchmark embedded, bool clean)
    {
        var results = embedded.Scores(web.Sets.Select(set => set.Query).Distinct(StringComparer.Ordinal));
        var figures = web.Measure(results);
        List<EvaluationRow> rows = [Row("CC_WEB", figures.Plain), Row("CC_WEB*", figures.Star)];
        if (clean)
        {
            rows.AddRange([Row("CC_WEB clean", figures.Clean), Row("CC_WEB* clean", figures.StarClean)]);
        }

        IReadOnlyList<string> notes = clean ? [] : ["no excluded.txt: no clean figures"];
        return new EvaluationFigures(rows, [.. notes, .. EvaluationFigures.Ties(figures.Ties)]);

        EvaluationRow Row(string name, double value) => new($"{name} mAP", value, results.Count, "queries");
    }
}
