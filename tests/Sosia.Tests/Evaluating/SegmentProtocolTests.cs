using System.Globalization;
using Sosia.Evaluating;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Library;
using Sosia.Matching;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>The protocols of segments and of descriptors, each on a small benchmark in its published layout, from the files to the figures.</summary>
[Collection("videos")]
public sealed class SegmentProtocolTests(BenchmarkVideos videos) : IClassFixture<BenchmarkVideos>
{
    [Fact]
    public void VcdbMeasuresSegmentsAndVideosWithDistractors()
    {
        var benchmark = Vcdb();
        var report = benchmark.Run("vcdb");
        string[] measures = ["segments F1", "segments precision", "segments recall", "videos mAP", "videos micro AP"];
        Assert.Equal(
            [.. measures.Select(name => (name, 1.0)), .. measures.Select(name => (name + " + distractors", 1.0))],
            report.Rows.Select(row => (row.Name, Math.Round(row.Value, 6))));
        Assert.Equal((18, 12), (report.Rows[0].Count, report.Rows[3].Count));

        benchmark.Remove("s0c1");
        var without = benchmark.Run("vcdb");
        Assert.Equal(Math.Round(15.0 / 18, 6), without.Figure("segments recall"));
        Assert.Equal(Math.Round(2 * (15.0 / 18) / (1 + (15.0 / 18)), 6), without.Figure("segments F1"));
        Assert.Equal(Math.Round((8 + (3 * 2.0 / 3)) / 11, 6), without.Figure("videos mAP")); // s0, s0c2 and s0c3 find two of three
    }

    [Fact]
    public void VscRanksPairsByTheirDescriptorsAndSegmentsByMatching()
    {
        var benchmark = Vsc(withLists: false);
        var descriptor = benchmark.Run("vsc2022-descriptor");
        Assert.Equal((1, 6), (descriptor.Figure("micro AP"), descriptor.Rows[0].Count));
        var matching = benchmark.Run("vsc2022-matching");
        Assert.Equal(1, matching.Figure("micro AP of pairs"));
        Assert.InRange(matching.Figure("segment AP"), 0.9, 1);

        benchmark.Remove("R000000");
        Assert.Equal(Math.Round(4.0 / 6, 6), benchmark.Run("vsc2022-descriptor").Figure("micro AP"));
        Assert.Equal(Math.Round(4.0 / 6, 6), benchmark.Run("vsc2022-matching").Figure("micro AP of pairs"));
        Assert.Equal("R000000", Assert.Single(benchmark.Run("vsc2022-matching").Missing).Id);
    }

    [Fact]
    public void VscTakesItsListsOfVideos()
    {
        var report = Vsc(withLists: true).Run("vsc2022-matching");
        Assert.Equal((9, 1), (report.Videos, report.Figure("micro AP of pairs"))); // 6 queries, 3 references: the others are not searched
    }

    [Fact]
    public void VcslMeasuresGivenPairs()
    {
        var benchmark = Vcsl();
        var report = benchmark.Run("vcsl");
        Assert.InRange(report.Figure("F1"), 0.95, 1);
        Assert.Equal((0, 0), (report.Figure("false rejection rate"), report.Figure("false alarm rate")));
        Assert.Equal((18, 3), (report.Rows[0].Count, report.Rows.Single(row => row.Name == "macro F1").Count));
        var recall = report.Figure("recall");

        benchmark.Remove("s0c1");
        var without = benchmark.Run("vcsl");
        Assert.Equal(Math.Round(1.0 / 9, 6), without.Figure("false rejection rate"));
        Assert.InRange(without.Figure("recall"), (recall * 8 / 9) - 0.01, (recall * 8 / 9) + 0.01);
        Assert.Equal(report.Figure("precision"), without.Figure("precision"), 0.02);
    }

    // Rows of bits are vectors of 256 numbers 1/16 and -1/16, whose products are exact.
    [Theory]
    [InlineData(7, 5)]
    [InlineData(200, 6)]
    [InlineData(100_000, 100)]
    public void TheSearchForDescriptorsIsThePlainLoop(int products, int pairs)
    {
        Vcdb().Run("vcdb");
        using var library = VideoLibrary.OpenRead(Path.Combine(videos.Cache, Embedders.Pdq.Identity.Name, "videos"));
        using var snapshot = library.Snapshot();
        var ids = snapshot.VideoIds.ToDictionary(id => id, id => $"R{id:000000}");
        var references = new List<(string Id, float[] Vector)>();
        foreach (var (number, id) in ids) references.AddRange(Descriptors(snapshot.Clips(number)).Select(vector => (id, vector)));

        long[] queries = [.. snapshot.VideoIds.Where(id => snapshot.Clips(id).Count > 20).Take(3)];
        var plain = VscDescriptorTrack.Candidates(
            Joined(queries.SelectMany(id => Descriptors(snapshot.Clips(id)).Select(vector => ($"Q{id}", vector)))), Joined(references), products, pairs);
        var search = new DescriptorSearch(snapshot, ids.ToLookup(video => video.Key, video => video.Value), Embedders.Pdq.Matching.MinQuality, 2);
        var found = search.Candidates(queries.Select(id => ($"Q{id}", snapshot.Clips(id))), products, pairs, default);
        Assert.Equal(plain, found);
        Assert.NotEmpty(found);
    }

    private static IEnumerable<float[]> Descriptors(ClipSequence clips) => Enumerable.Range(0, clips.Count)
        .Where(clip => clips.Spans.Span[clip].Quality >= Embedders.Pdq.Matching.MinQuality)
        .GroupBy(clip => (int)clips.Spans.Span[clip].Start).Select(second => second.First())
        .Select(clip => Enumerable.Range(0, 256).Select(bit => (clips.Rows.Bits.Span[(32 * clip) + (bit / 8)] >> (bit % 8) & 1) == 1 ? 1 / 16f : -1 / 16f).ToArray());

    private static VscDescriptors Joined(IEnumerable<(string Id, float[] Vector)> descriptors) =>
        new([.. descriptors.Select(one => one.Id)], descriptors.SelectMany(one => one.Vector).ToArray());

    private static IEnumerable<(string A, string B, int Source)> Pairs() => BenchmarkVideos.Sources.SelectMany(source =>
    {
        string[] all = [$"s{source}", .. BenchmarkVideos.CopiesOf(source)];
        return all.SelectMany((a, at) => all.Skip(at + 1).Select(b => (a, b, source)));
    });

    private TestBenchmark Vcdb()
    {
        var benchmark = videos.New();
        string Name(string id) => id + Path.GetExtension(videos.Files[id]);
        foreach (var topic in Pairs().GroupBy(pair => pair.Source))
        {
            benchmark.Write($"annotation/topic{topic.Key}.txt", topic.Select(pair => $"{Name(pair.A)},{Name(pair.B)},00:00:01,00:00:07,00:00:01,00:00:07"));
        }

        return benchmark;
    }

    // The plain copies are queries, the sources and what nobody asks for are references.
    private TestBenchmark Vsc(bool withLists)
    {
        var queries = BenchmarkVideos.Sources.SelectMany(source => BenchmarkVideos.CopiesOf(source).Take(2)).ToList();
        string[] references = [.. BenchmarkVideos.Sources.Select(source => $"s{source}"), "d0", "d1", "d2", "d3"];
        string Id(string name) => queries.Contains(name) ? $"Q{queries.IndexOf(name):000000}" : $"R{Array.IndexOf(references, name):000000}";
        var benchmark = videos.New([.. queries, .. references], Id);
        benchmark.Write("train_matching_ground_truth.csv", ["query_id,ref_id,query_start,query_end,ref_start,ref_end", .. queries.Select(query =>
        {
            var end = videos.Duration(query[1] - '0');
            return string.Create(CultureInfo.InvariantCulture, $"{Id(query)},{Id(query[..2])},0,{end},0,{end}");
        })]);
        if (withLists)
        {
            benchmark.Write("train_query_metadata.csv", ["video_id,duration_sec", .. queries.Select(query => $"{Id(query)},1")]);
            benchmark.Write("train_reference_metadata.csv", ["video_id,duration_sec", .. references.Take(3).Select(reference => $"{Id(reference)},1")]);
        }

        return benchmark;
    }

    private TestBenchmark Vcsl()
    {
        var benchmark = videos.New();
        var positives = BenchmarkVideos.Sources.SelectMany(source => BenchmarkVideos.CopiesOf(source).Select(copy => (Copy: copy, Source: source))).ToList();
        benchmark.Write("label_file_uuid_total.json", "{", string.Join(",\n", positives.Select(pair =>
        {
            var end = (int)Math.Round(videos.Duration(pair.Source));
            return $"\"{pair.Copy}-s{pair.Source}\": [[0, 0, {end}, {end}]]";
        })), "}");
        benchmark.Write("pair_file_test.csv", ["query_id,reference_id", .. positives.SelectMany(pair => new[] { $"{pair.Copy},s{pair.Source}", $"{pair.Copy},d{pair.Source}" })]);
        benchmark.Write("split_meta_pairs.json", "{\"test\": {", string.Join(",\n", BenchmarkVideos.Sources.Select(source =>
            $"\"set {source}\": [{string.Join(", ", BenchmarkVideos.CopiesOf(source).Select(copy => $"\"{copy}-s{source}\""))}]")), "}}");
        return benchmark;
    }
}
