using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Tests.CopyDetection;

/// <summary>CC_WEB_VIDEO, EVVE and SVD.</summary>
public sealed class RetrievalSetsTests : IDisposable
{
    private readonly AnnotationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void CcWeb_reads_what_is_published(bool mark, string end)
    {
        WriteCcWeb(mark, end);
        var web = CcWebVideo.Read(folder.Path, folder.Write("excluded.txt", $"1\t3{end}", mark));
        Assert.Equal(["1", "2", "3", "4", "5"], web.Collection.Keys);
        Assert.Equal("1_2_Y.flv", web.Collection["2"]);
        Assert.Equal(["1", "4"], web.Sets.Select(set => set.Query));
        Assert.Equal("ESX", string.Concat(web.Sets[0].Labels.Values));
        Assert.DoesNotContain("5", web.Sets[0].Labels.Keys); // -1
        Assert.Equal(["3"], web.Sets[0].Excluded);
        Assert.Empty(web.Sets[1].Excluded);
    }

    [Fact]
    public void CcWeb_has_four_figures()
    {
        WriteCcWeb(false, "\n");
        var web = CcWebVideo.Read(folder.Path, folder.Write("excluded.txt", "1\t3\n"));
        var figures = web.Measure(new Dictionary<string, IReadOnlyList<ScoredVideo>> { ["1"] = List(("1", 9), ("5", 8), ("3", 7), ("2", 6)) });
        Assert.Equal((1 + (2.0 / 3)) / 2, figures.Plain, 1e-12);
        Assert.Equal((1 + (2.0 / 4)) / 2, figures.Star, 1e-12);
        Assert.Equal(1, figures.Clean, 1e-12);
        Assert.Equal((1 + (2.0 / 3)) / 2, figures.StarClean, 1e-12);
        Assert.Equal(["4"], figures.Missing.Queries);
        Assert.Equal(MissingTreatment.NotFound, figures.Missing.Treatment);
        var less = web.Measure(new Dictionary<string, IReadOnlyList<ScoredVideo>> { ["1"] = List(("1", 9)) });
        Assert.Equal(0.5, less.Plain, 1e-12);
        Assert.Equal(["2"], less.Missing.Videos);
        Assert.True(double.IsNaN(web.Measure(new Dictionary<string, IReadOnlyList<ScoredVideo>>()).Plain));
    }

    [Fact]
    public void CcWeb_refuses_broken_files()
    {
        WriteCcWeb(false, "\n");
        folder.Write("GT/GT_2.rst", "4\tE\n2\tQ\n");
        AnnotationFolder.Refused(() => CcWebVideo.Read(folder.Path), 2, "label Q");
        folder.Write("GT/GT_2.rst", "4\tE\n\n4\tE\n");
        AnnotationFolder.Refused(() => CcWebVideo.Read(folder.Path), 3, "4 twice");
        folder.Write("Seed.txt", "1\t1\n2\t99\n");
        AnnotationFolder.Refused(() => CcWebVideo.Read(folder.Path), 2, "set 2");
        folder.Write("Video_List.txt", "1\t1\n");
        AnnotationFolder.Refused(() => CcWebVideo.Read(folder.Path), 1, "2 values where 4 belong");
        File.Delete(Path.Combine(folder.Path, "Video_List.txt"));
        AnnotationFolder.Refused(() => CcWebVideo.Read(folder.Path), 0, "no such file");
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Evve_reads_and_measures_events(bool mark, string end)
    {
        folder.Write("annots/first.dat", $"q1 1 query{end}q2 1 query{end}a 1 database{end}b 1 database{end}n -1 database{end}", mark);
        folder.Write("annots/second.dat", $"q3 1 query{end}c 1 database{end}m 0 database{end}", mark);
        var evve = Evve.Read(Path.Combine(folder.Path, "annots"));
        Assert.Equal(["first", "second"], evve.Events.Select(one => one.Name));
        Assert.Equal(["a", "b", "c", "m", "n"], evve.Database.Order());
        var results = new Dictionary<string, IReadOnlyList<ScoredVideo>> { ["q1"] = List(("a", 9), ("b", 8), ("c", 7)), ["q3"] = List(("a", 9), ("c", 8)) };
        var figures = evve.Measure(results);
        var last = (0 + (1.0 / 2)) / 2; // rank 1 of one positive
        Assert.Equal((1 + last) / 2, figures.OverQueries, 1e-12);
        Assert.Equal([0.5, last], figures.Events.Values); // q2 has no results, but could be read
        Assert.Equal(["q2"], figures.Missing.Queries);

        var fewer = evve.Measure(results, evve.Database.Except(["a"]).Append("q1").ToHashSet());
        Assert.Equal(1, fewer.Events["first"], 1e-12);
        Assert.True(double.IsNaN(fewer.Events["second"]));
        Assert.Equal(1, fewer.OverEvents, 1e-12);
        Assert.Equal(["a"], fewer.Missing.Videos);
    }

    [Fact]
    public void Evve_refuses_broken_files()
    {
        AnnotationFolder.Refused(() => Evve.Read(Path.Combine(folder.Path, "none")), 0, "no such folder");
        AnnotationFolder.Refused(() => Evve.Read(folder.Path), 0, "no *.dat");
        folder.Write("event.dat", "q 1 query\na 1\n");
        AnnotationFolder.Refused(() => Evve.Read(folder.Path), 2, "2 values where 3 belong");
        folder.Write("event.dat", "q 0 query\n");
        AnnotationFolder.Refused(() => Evve.Read(folder.Path), 1, "belong here");
        folder.Write("event.dat", "q 1 query\nq 1 database\n");
        AnnotationFolder.Refused(() => Evve.Read(folder.Path), 2, "q twice");
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Svd_ranks_candidates_among_unlabelled_videos(bool mark, string end)
    {
        var svd = Svd.Read(folder.Write("test_groundtruth", $"q a 1{end}q b 0{end}q gone 1{end}r a 1{end}", mark), folder.Write("unlabeled-data-id", $"x{end}y{end}", mark));
        Assert.Equal(["q", "r"], svd.Labels.Keys);
        var results = new Dictionary<string, IReadOnlyList<ScoredVideo>> { ["q"] = List(("x", 9), ("a", 8), ("b", 7), ("elsewhere", 10)) };
        Assert.Equal(0.25, svd.Measure(results).MeanAveragePrecision, 1e-12); // `gone` is not found
        var figures = svd.Measure(results, new HashSet<string> { "a", "b", "x", "y" });
        Assert.Equal(0.5, figures.MeanAveragePrecision, 1e-12);
        Assert.Equal(["gone"], figures.Missing.Videos);
        Assert.Equal(["r"], figures.Missing.Queries);
        Assert.Equal(["q"], svd.Measure(results, new HashSet<string> { "b" }).WithoutRelevant);
    }

    [Fact]
    public void Svd_refuses_broken_files()
    {
        AnnotationFolder.Refused(() => Svd.Read(folder.Write("gt", "q a 1\nq b\n"), null), 2, "2 values where 3 belong");
        AnnotationFolder.Refused(() => Svd.Read(folder.Write("gt", "q a 2\n"), null), 1, "0 or 1");
        AnnotationFolder.Refused(() => Svd.Read(folder.Write("gt", "q a 1\nq a 0\n"), null), 2, "a twice");
    }

    private static IReadOnlyList<ScoredVideo> List(params (string Video, int Score)[] list) => [.. list.Select(entry => new ScoredVideo(entry.Video, entry.Score))];

    private void WriteCcWeb(bool mark, string end)
    {
        folder.Write("Video_List.txt", string.Join(end, Enumerable.Range(1, 5).Select(i => $"{i}\t1\tok\t1_{i}_Y.flv")), mark);
        folder.Write("Seed.txt", $"1\t1{end}2\t4{end}", mark);
        folder.Write("GT/GT_1.rst", $"1\tE{end}2\tS{end}3\tx{end}5\t-1{end}", mark);
        folder.Write("GT/GT_2.rst", $"4\tE{end}", mark);
    }
}
