using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Tests.CopyDetection;

public sealed class FivrTests : IDisposable
{
    private const string Good = """{"q": {"ND": ["a"], "DS": ["a", "b", "gone"], "CS": ["c"], "DA": ["d"]}, "lone": {"IS": ["a"]}}""";

    private static readonly IReadOnlySet<string> Ids = new HashSet<string> { "q", "a", "b", "c", "d", "gone" };

    private readonly AnnotationFolder folder = new();

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Reads_what_is_published(bool mark, string end)
    {
        var fivr = Fivr.Read(folder.Write("annotation.json", Good.Replace(",", "," + end, StringComparison.Ordinal), mark));
        Assert.Equal(["q", "lone"], fivr.Labels.Keys);
        Assert.Equal(FivrLabels.NearDuplicate | FivrLabels.DuplicateScene, fivr.Labels["q"]["a"]);
        Assert.Equal(["a", "b", "c"], Fivr.ReadIds(folder.Write("youtube_ids.txt", $"a{end}b{end}{end}b{end}c", mark)).Order());
        Assert.Equal([new ScoredVideo("b", 1), new ScoredVideo("a", 1)], ScoreFile.Read(folder.Write("results.json", "{\"q\":" + end + "{\"b\": 1, \"a\": 1.0}}", mark))["q"]);
    }

    [Theory]
    [InlineData("{\"q\":\n{\"ND\":\n\"a\"}}", 3, "ND of query q is no list")]
    [InlineData("{\"q\":\n{\"XX\": []}}", 2, "XX is none of")]
    [InlineData("{\"q\": {},\n\"q\": {}}", 2, "q twice")]
    [InlineData("{\"q\": {\"ND\":\n[3]}}", 2, "is no text")]
    [InlineData("{\"q\":\n{\"ND\": [\"a\"", 2, "no JSON")]
    [InlineData("[]", 1, "the file is no object")]
    [InlineData("", 1, "no JSON")]
    [InlineData("{} {}", 1, "no JSON")]
    public void A_broken_file_is_refused(string text, long line, string words) =>
        AnnotationFolder.Refused(() => Fivr.Read(folder.Write("annotation.json", text)), line, words);

    [Fact]
    public void Broken_lists_and_results_are_refused()
    {
        AnnotationFolder.Refused(() => Fivr.ReadIds(folder.Write("ids.txt", "a\nb c\n")), 2, "2 values where 1 belong");
        AnnotationFolder.Refused(() => Fivr.ReadIds(folder.Write("ids.txt", "a\n" + new string('b', 70_000))), 2, "longer than");
        AnnotationFolder.Refused(() => Fivr.ReadIds(Path.Combine(folder.Path, "none.txt")), 0, "no such file");
        AnnotationFolder.Refused(() => ScoreFile.Read(folder.Write("results.json", "{\"q\":\n{\"a\": NaN}}")), 2, "no JSON");
        AnnotationFolder.Refused(() => ScoreFile.Read(folder.Write("results.json", "{\"q\":\n{\"a\": \"1\"}}")), 2, "no finite number");
        File.WriteAllBytes(Path.Combine(folder.Path, "bytes.txt"), [0x61, 0x0a, 0xff, 0xfe, 0x0a]);
        Assert.Throws<AnnotationException>(() => Fivr.ReadIds(Path.Combine(folder.Path, "bytes.txt")));
    }

    [Fact]
    public void Videos_that_are_gone_are_left_out_or_not_found()
    {
        var fivr = Fivr.Read(folder.Write("annotation.json", Good));
        var readable = Ids.Except(["gone"]).ToHashSet();
        var results = Results(("q", 9), ("a", 3), ("b", 2), ("c", 1), ("elsewhere", 8));
        var left = fivr.Measure(FivrTask.Dsvr, results, new VideoSet(Ids, readable));
        Assert.Equal(1, left.MeanAveragePrecision, 1e-12);
        Assert.Equal(["gone"], left.Missing.Videos);
        Assert.Equal(["lone"], left.Missing.Queries);
        Assert.Equal(2.0 / 3, fivr.Measure(FivrTask.Dsvr, results, new VideoSet(Ids, readable, MissingTreatment.NotFound)).MeanAveragePrecision, 1e-12);
        Assert.Equal(1, fivr.Measure(FivrTask.Csvr, results, new VideoSet(Ids, readable)).MeanAveragePrecision, 1e-12);
        Assert.Equal(0, fivr.Measure(FivrTask.Davr, results, new VideoSet(Ids, readable)).MeanAveragePrecision);
        Assert.Equal(1, fivr.Measure(FivrTask.Dsvr, results, VideoSet.Complete(Ids).Without(new HashSet<string> { "gone", "b" })).MicroAveragePrecision, 1e-12);
    }

    [Fact]
    public void A_tenth_gone_from_the_results_lowers_the_official_figure_by_a_tenth()
    {
        var relevant = Enumerable.Range(0, 20).Select(i => $"r{i}").ToList();
        var ids = relevant.Concat(Enumerable.Range(0, 50).Select(i => $"x{i}")).ToHashSet();
        var fivr = new Fivr(new Dictionary<string, IReadOnlyDictionary<string, FivrLabels>> { ["q"] = relevant.ToDictionary(id => id, _ => FivrLabels.NearDuplicate) });
        var results = Results([.. ids.Except(relevant.Take(2)).Select((id, i) => (id, -i))]);
        var readable = ids.Except(relevant.Take(2)).ToHashSet();
        Assert.Equal(0.9, fivr.Measure(FivrTask.Dsvr, results, new VideoSet(ids, readable, MissingTreatment.NotFound)).MeanAveragePrecision, 1e-12);
        Assert.Equal(1, fivr.Measure(FivrTask.Dsvr, results, new VideoSet(ids, readable)).MeanAveragePrecision, 1e-12);
    }

    [Fact]
    public void Nothing_relevant_is_no_figure()
    {
        var fivr = Fivr.Read(folder.Write("annotation.json", Good));
        var figures = fivr.Measure(FivrTask.Isvr, Results(("a", 1)), VideoSet.Complete(new HashSet<string> { "d" }));
        Assert.True(double.IsNaN(figures.MeanAveragePrecision));
        Assert.Equal(["q"], figures.WithoutRelevant);
        Assert.Equal(1, figures.MeanWithEmptyAsOne);
        Assert.Equal(0, figures.MicroAveragePrecision);
        Assert.Throws<ArgumentException>(() => fivr.Measure(FivrTask.Dsvr, Results(("a", 1), ("a", 2)), VideoSet.Complete(Ids)));
    }

    [Fact]
    public void Ties_are_counted()
    {
        var fivr = Fivr.Read(folder.Write("annotation.json", Good));
        Assert.Equal(1, fivr.Measure(FivrTask.Dsvr, Results(("c", 1), ("a", 1), ("d", 1), ("b", 2)), VideoSet.Complete(Ids)).Ties);
        Assert.Equal(0, fivr.Measure(FivrTask.Dsvr, Results(("c", 0), ("a", 1), ("d", 0), ("b", 2)), VideoSet.Complete(Ids)).Ties);
    }

    public void Dispose() => folder.Dispose();

    private static Dictionary<string, IReadOnlyList<ScoredVideo>> Results(params (string Video, int Score)[] list) =>
        new() { ["q"] = [.. list.Select(entry => new ScoredVideo(entry.Video, entry.Score))] };
}
