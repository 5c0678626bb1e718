using Sosia.Learning.Evaluation.CopyDetection;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>The protocols that rank videos, each on a small benchmark in its published layout, from the files to the figures.</summary>
[Collection("videos")]
public sealed class RetrievalProtocolTests(BenchmarkVideos videos) : IClassFixture<BenchmarkVideos>
{
    [Fact]
    public void FivrFindsAll()
    {
        var report = Fivr().Run("fivr-200k");
        Assert.Equal(["DSVR mAP", "CSVR mAP", "ISVR mAP", "DSVD micro AP", "CSVD micro AP", "ISVD micro AP"], report.Rows.Select(row => row.Name));
        Assert.All(report.Rows.Where(row => row.Name != "DSVD micro AP"), row => Assert.Equal(1, row.Value));
        Assert.InRange(report.Figure("DSVD micro AP"), 0.9, 0.999999); // a mirrored copy, which is not asked for, comes before the last of another query
        Assert.Equal([3, 3, 3, 6, 9, 9], report.Rows.Select(row => row.Count));
        Assert.Empty(report.Missing);
        Assert.Equal(0, Fivr().Run("fivr-200k").Embedded);
    }

    [Fact]
    public void FivrLeavesMissingVideosOutOrCountsThem()
    {
        var benchmark = Fivr();
        benchmark.Remove("s0c1");
        benchmark.Spoil("d3");
        var leftOut = benchmark.Run("fivr-200k");
        Assert.Equal(["d3", "s0c1"], leftOut.Missing.Select(video => video.Id));
        Assert.Equal("no such file", leftOut.Missing[1].Reason);
        Assert.Equal((1, 1, 8), (leftOut.Figure("DSVR mAP"), leftOut.Figure("CSVD micro AP"), leftOut.Rows[4].Count));

        var counted = benchmark.Run("fivr-200k", MissingTreatment.NotFound);
        Assert.Equal(Math.Round((0.5 + 1 + 1) / 3, 6), counted.Figure("DSVR mAP"));
        Assert.Equal(Math.Round(((2.0 / 3) + 1 + 1) / 3, 6), counted.Figure("CSVR mAP"));
        Assert.Equal(Math.Round(8.0 / 9, 6), counted.Figure("CSVD micro AP"));
        Assert.Contains("official", counted.MissingRule);
    }

    [Fact]
    public void FivrFiveKTakesItsOwnLists()
    {
        var benchmark = Fivr();
        benchmark.Write("queries_5k.txt", "s0");
        benchmark.Write("ids_5k.txt", "s0c1", "s0c2", "d0", "s1");
        var report = benchmark.Run("fivr-5k"); // the query is not in the database
        Assert.Equal((1, 1, 5), (report.Figure("ISVR mAP"), report.Rows[0].Count, report.Videos));
        benchmark.Remove("s0");
        Assert.Equal((double.NaN, true), (benchmark.Run("fivr-5k").Rows[0].Value, benchmark.Run("fivr-5k").Missing[0].IsQuery));
    }

    [Fact]
    public void CcWebVideoCountsWhatIsMissing()
    {
        var benchmark = videos.New();
        string[] names = [.. videos.Files.Keys.Order(StringComparer.Ordinal)];
        string Number(string name) => (Array.IndexOf(names, name) + 1).ToString();
        benchmark.Write("Video_List.txt", names.Select(name => $"{Number(name)}\t1\tok\t{name}{Path.GetExtension(videos.Files[name])}"));
        benchmark.Write("Seed.txt", BenchmarkVideos.Sources.Select(source => $"{source + 1}\t{Number($"s{source}")}"));
        foreach (var source in BenchmarkVideos.Sources)
        {
            var copies = BenchmarkVideos.CopiesOf(source).Select(copy => $"{Number(copy)}\tS");
            benchmark.Write($"GT/GT_{source + 1}.rst", [$"{Number($"s{source}")}\tE", .. copies, $"{Number("d0")}\tX", source == 0 ? $"{Number("d3")}\tV" : $"{Number("d3")}\t-1"]);
        }

        benchmark.Write("excluded.txt", $"1\t{Number("d3")}");
        benchmark.Remove("d3");
        var report = benchmark.Run("cc-web-video");
        var four = Math.Round((0.8 + 1 + 1) / 3, 6); // four of five positives of the first set are there
        Assert.Equal(
            [("CC_WEB mAP", four), ("CC_WEB* mAP", four), ("CC_WEB clean mAP", 1), ("CC_WEB* clean mAP", 1)],
            report.Rows.Select(row => (row.Name, Math.Round(row.Value, 6))));
        Assert.Equal(Number("d3"), Assert.Single(report.Missing).Id);
        Assert.Throws<UsageException>(() => benchmark.Run("cc-web-video", MissingTreatment.LeftOut));
    }

    [Fact]
    public void EvveMeansOverQueriesAndOverEvents()
    {
        var benchmark = videos.New();
        foreach (var source in BenchmarkVideos.Sources)
        {
            string[] queries = source == 0 ? ["s0", "s0c3"] : [$"s{source}"];
            var positives = BenchmarkVideos.CopiesOf(source).Except(queries);
            benchmark.Write($"annots/event{source}.dat", [.. queries.Select(id => $"{id} 1 query"), .. positives.Select(id => $"{id} 1 database"), $"d{source} -1 database"]);
        }

        benchmark.Remove("s0c2");
        benchmark.Remove("s2");
        var report = benchmark.Run("evve");
        Assert.Equal((1, 3), (report.Figure("mAP over queries"), report.Rows[0].Count));
        Assert.Equal((1, 2), (report.Figure("mAP over events"), report.Rows[1].Count));
        Assert.Equal([("event0 mAP", 2), ("event1 mAP", 1), ("event2 mAP", 0)], report.Rows.Skip(2).Select(row => (row.Name, row.Count)));
    }

    [Fact]
    public void SvdRanksTheUnlabelledToo()
    {
        var benchmark = videos.New();
        benchmark.Write("test_groundtruth", BenchmarkVideos.Sources.SelectMany(source => BenchmarkVideos.CopiesOf(source).Select(copy => $"s{source} {copy} 1").Append($"s{source} d0 0")));
        benchmark.Write("unlabeled-data-id", "d1", "d2", "d3");
        benchmark.Remove("s1c2");
        var report = benchmark.Run("svd");
        Assert.Equal((1, 3, 16), (report.Figure("mAP"), report.Rows[0].Count, report.Videos));

        foreach (var copy in BenchmarkVideos.CopiesOf(2)) benchmark.Remove(copy);
        var fewer = benchmark.Run("svd");
        Assert.Equal(2, fewer.Rows[0].Count);
        Assert.Contains(fewer.Notes, note => note.Contains("1 queries without a readable positive", StringComparison.Ordinal));
    }

    [Fact]
    public void MirrorImagesAreEmbeddedWhereRowsCannotTellThem()
    {
        var benchmark = Fivr(["s0", "s0c1", "s0c3", "d2"]);
        var report = benchmark.Run("fivr-200k", embedder: new OneWayEmbedder());
        Assert.Equal((1, 5), (report.Figure("ISVD micro AP"), report.Embedded)); // four videos, and the query mirrored
        Assert.Equal(0, benchmark.Run("fivr-200k", embedder: new OneWayEmbedder()).Embedded);
    }

    [Fact]
    public void WhatIsStoppedGoesOn()
    {
        var benchmark = Fivr(["s0", "s0c1", "d2", "d3"]);
        var embedder = new OneWayEmbedder { Identity = Embedders.Pdq.Identity with { Name = "stopped" } };
        using var stop = new CancellationTokenSource();
        var calls = 0;
        embedder.WasRead = () => { if (++calls == 2) stop.Cancel(); };
        Assert.Throws<OperationCanceledException>(() => benchmark.Run("fivr-200k", embedder: embedder, stop: stop.Token));
        var report = benchmark.Run("fivr-200k", embedder: embedder);
        Assert.InRange(report.Embedded, 3, 4); // of four videos and the mirrored query; one was done, or two
        Assert.Equal(1, report.Figure("DSVR mAP"));
    }

    private TestBenchmark Fivr(string[]? names = null)
    {
        var benchmark = names is null ? videos.New() : videos.New(names, static name => name);
        benchmark.Write("annotation.json", "{", string.Join(",\n", BenchmarkVideos.Sources.Select(s => $$"""
            "s{{s}}": {"ND": ["s{{s}}", "s{{s}}c1"], "DS": ["s{{s}}c2"], "CS": ["s{{s}}c3"], "DA": ["d0"]}
            """)), "}");
        benchmark.Write("youtube_ids.txt", names ?? [.. videos.Files.Keys]);
        return benchmark;
    }
}
