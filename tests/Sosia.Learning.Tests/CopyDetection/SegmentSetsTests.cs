using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Evaluation.CopyDetection;
using Interval = Sosia.Learning.Evaluation.CopyDetection.Interval;

namespace Sosia.Learning.Tests.CopyDetection;

/// <summary>VCDB, VSC2022 and VCSL.</summary>
public sealed class SegmentSetsTests : IDisposable
{
    private const string Header = "score,ref_id,query_id,query_start,query_end,ref_start,ref_end,note";

    private static readonly SegmentPair One = SegmentPair.Box(4, 10, 14, 18);
    private static readonly SegmentPair Two = SegmentPair.Box(20, 21, 28, 29);

    private readonly AnnotationFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Unions_do_not_depend_on_order_and_share_at_most_the_smaller() => Check.One(
        Config.QuickThrowOnFailure,
        Prop.ForAll(ArbMap.Default.ArbFor<(byte, byte)[]>(), ArbMap.Default.ArbFor<(byte, byte)[]>(), (first, second) =>
        {
            var (a, b) = (Intervals(first), Intervals(second));
            var covered = Enumerable.Range(0, 512).Count(at => a.Any(interval => interval.Start <= at && at < interval.End));
            var both = Enumerable.Range(0, 512).Count(at => a.Any(interval => interval.Start <= at && at < interval.End) && b.Any(interval => interval.Start <= at && at < interval.End));
            return Interval.Union(a) == covered && Interval.Union(a.Reverse()) == covered && Interval.Shared(a, b) == both && Interval.Shared(b, a) == both;
        }));

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Vcdb_reads_what_is_published(bool mark, string end)
    {
        folder.Write("annotation/topic.txt", $"a.flv,b.mp4,00:00:04,00:00:14,00:01:10,01:00:18{end}c.flv,a.flv, 00:00:00,00:00:05,00:00:01,00:00:06{end}", mark);
        folder.Write(
            "annotation/run_forrest_fun.txt",
            $"067fb2aa9623905a42a2b0b286de1386e45c5bf8.flv,8f19329946455ae5c2c7b788ea6f6513bf5e1c9a.flv,00:01:06,00:02:18,00:00:05,00:01:17{end}");
        var vcdb = Vcdb.Read(Path.Combine(folder.Path, "annotation"));
        Assert.Equal(new VcdbCopy("topic", "a.flv", "b.mp4", SegmentPair.Box(4, 70, 14, 3618)), vcdb.Copies[0]);
        Assert.Equal(["a.flv", "b.mp4", "c.flv"], vcdb.Videos.Order());
        Assert.Single(vcdb.Dropped);
    }

    [Theory]
    [InlineData("a,b,00:00:01,00:00:02,00:00:01\n", "5 values where 6 belong")]
    [InlineData("a,b,00:00:01,00:00:02,00:00:01,2\n", "2 is no time")]
    [InlineData("a,b,00:00:01,00:00:02,00:00:01,-1:00:00\n", "is no time")]
    [InlineData("a,b,00:00:03,00:00:02,00:00:01,00:00:02\n", "the end is before the start")]
    [InlineData("a,,00:00:01,00:00:02,00:00:01,00:00:02\n", "has no name")]
    public void Vcdb_refuses_broken_lines(string text, string words)
    {
        folder.Write("topic.txt", "\n" + text);
        AnnotationFolder.Refused(() => Vcdb.Read(folder.Path), 2, words);
    }

    [Fact]
    public void Vcdb_takes_pairs_in_any_direction()
    {
        var far = SegmentPair.Box(0, 100, 5, 105); // does not overlap itself the other way round
        var vcdb = new Vcdb([new VcdbCopy("t", "a", "b", One), new VcdbCopy("t", "a", "b", Two), new VcdbCopy("t", "c", "a", far)], []);
        var all = vcdb.Segments([new VcdbDetection("b", "a", One.Swapped, 3), new VcdbDetection("a", "b", Two, 2), new VcdbDetection("a", "c", far.Swapped, 1)]);
        Assert.Equal(0, vcdb.Segments([new VcdbDetection("a", "c", far, 1)]).Best.F1);
        Assert.Equal(1, vcdb.Segments([new VcdbDetection("c", "a", far, 1)]).Best.Precision);
        Assert.Equal(new ThresholdFigures(1, 1, 1, 1), all.Best);
        Assert.Empty(all.Missing.Videos);
        var crossed = vcdb.Segments([new VcdbDetection("a", "b", Crossed[0], 1), new VcdbDetection("a", "b", Crossed[1], 1)]);
        Assert.Equal(0, crossed.Best.F1);
        Assert.Equal(["c"], crossed.Missing.Videos);
        Assert.Equal(default, vcdb.Segments([]).Best);
        var videos = vcdb.Retrieve(
            new Dictionary<string, IReadOnlyList<ScoredVideo>> { ["a"] = [new("a", 9), new("b", 8), new("x", 7), new("c", 6)], ["b"] = [new("a", 1)] },
            VideoSet.Complete(new HashSet<string> { "a", "b", "c", "x" }));
        Assert.Equal((((1 + (2.0 / 3)) / 2) + 1) / 2, videos.MeanAveragePrecision, 1e-12);
        Assert.Equal((1 + (2.0 / 3) + (3.0 / 4)) / 3, videos.MicroAveragePrecision, 1e-12);
        Assert.Equal(["c"], videos.Missing.Queries);
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Vsc_reads_columns_in_any_order(bool mark, string end)
    {
        var path = folder.Write("matches.csv", $"{Header}{end}0.5,R000002,Q000001,4.0,14,10,18,\"x, y\"{end}", mark);
        Assert.Equal([new VscMatch("Q000001", "R000002", One, 0.5)], Vsc.ReadMatches(path));
        Assert.Equal([new VscMatch("Q000001", "R000002", One)], Vsc.ReadTruth(path));
        Assert.Equal([new VscCandidate("Q000001", "R000002", 0.5)], Vsc.ReadCandidates(path));
    }

    [Theory]
    [InlineData("", 0, "empty")]
    [InlineData("query_id,ref_id\n", 1, "no column")]
    [InlineData("score,score\n", 1, "score twice")]
    [InlineData(Header + "\n1,R1,Q1,0,1\n", 2, "5 values where 8 belong")]
    [InlineData(Header + "\n1,R1,Q1,0,1,0,one,\n", 2, "ref_end is no finite number")]
    [InlineData(Header + "\n1,R1,Q1,0,1,0,,\n", 2, "ref_end is missing")]
    [InlineData(Header + "\nnan,R1,Q1,0,1,0,1,\n", 2, "score is no finite number")]
    [InlineData(Header + "\n1,R1,Q1,2,1,0,1,\n", 2, "query_end is before")]
    [InlineData(Header + "\n\n1,Q1,R1,0,1,0,1,\n", 3, "query_id R1 is not Q and digits")]
    [InlineData(Header + "\n1,R1,,0,1,0,1,\n", 2, "query_id is missing")]
    [InlineData(Header + "\n1,\"R1,Q1,0,1,0,1,\n", 2, "a quote without its end")]
    public void Vsc_refuses_broken_tables(string text, long line, string words) =>
        AnnotationFolder.Refused(() => Vsc.ReadMatches(folder.Write("matches.csv", text)), line, words);

    [Fact]
    public void Vsc_candidates_are_one_a_pair_and_finite()
    {
        AnnotationFolder.Refused(() => Vsc.ReadCandidates(folder.Write("c.csv", "query_id,ref_id,score\nQ1,R1,1\nQ1,R1,2\n")), 3, "Q1 and R1 twice");
        Assert.Throws<ArgumentException>(() => VscDescriptorTrack.Measure([], [new("Q1", "R1", 1), new("Q1", "R1", 2)]));
        Assert.Throws<ArgumentException>(() => VscDescriptorTrack.Measure([], [new("Q1", "R1", double.PositiveInfinity)]));
        Assert.Throws<ArgumentException>(() => VscMatchingTrack.Measure([], [Match(One, double.NaN)]));
        Assert.Empty(VscDescriptorTrack.Candidates(new VscDescriptors([], default), new VscDescriptors([], default)));
        Assert.Throws<ArgumentException>(() => VscDescriptorTrack.Candidates(new(["Q1"], new float[3]), new(["R1"], new float[2])));
    }

    [Fact]
    public void Vsc_counts_segments_by_both_axes()
    {
        VscMatch[] truth = [Match(One), Match(Two)];
        Assert.Equal(1, Matching(truth, truth), 1e-12);
        Assert.Equal(0, Matching(truth, [.. Crossed.Select(segment => Match(segment))]));
        Assert.Equal(0, Matching(truth, []));
        Assert.Equal(0, Matching([], truth));
        Assert.Equal(0.5, Matching([Match(One)], [Match(Doubled(One))]), 1e-12); // twice as long on both axes
        var other = VscMatchingTrack.Measure(truth, [new VscMatch("Q1", "R3", One)]);
        Assert.Equal(["R2"], other.Missing.Videos);
        Assert.Equal(1, VscMatchingTrack.Measure(truth, [Match(Doubled(One))]).Pairs.MicroAveragePrecision);
    }

    [Theory]
    [InlineData(false, "\n")]
    [InlineData(true, "\r\n")]
    public void Vcsl_reads_what_is_published(bool mark, string end)
    {
        var segments = VcslFiles.ReadSegments(folder.Write("label.json", $"{{\"q-r\":{end} [[4, 10, 14, 18]], \"q-s\": []}}", mark));
        Assert.Equal([One], segments["q-r"]);
        Assert.Empty(segments["q-s"]);
        Assert.Equal(["q-r", "q-t"], VcslFiles.ReadPairs(folder.Write("pair_file_test.csv", $"query_id,reference_id{end}q,r{end}q,t{end}", mark)));
        var sets = folder.Write("split_meta_pairs.json", "{\"train\": {\"x\": [1]}, \"test\": {\"one\": [\"q-r\"]}}", mark);
        Assert.Equal(["q-r"], VcslFiles.ReadQuerySets(sets, "test")["one"]);
        AnnotationFolder.Refused(() => VcslFiles.ReadQuerySets(sets, "val"), 0, "no split val");
        Assert.Equal([new VcslVideo("q", "a/q", 7)], VcslFiles.ReadVideos(folder.Write("frames_all.csv", $"uuid,path,frame_count{end}q,a/q,7{end}", mark)));
    }

    [Theory]
    [InlineData("{\"p\": [\n[1, 2, 3]]}", 2, "is not q0")]
    [InlineData("{\"p\": [\n[1, 2, 3, 4, 5]]}", 2, "more than four")]
    [InlineData("{\"p\": [\n[5, 2, 3, 4]]}", 2, "no end before its start")]
    [InlineData("{\"p\": [\n[1, 2, 3, \"4\"]]}", 2, "no finite number")]
    [InlineData("{\"p\": [\n[1, 2, 3, 1e999]]}", 2, "no finite number")]
    [InlineData("{\"p\": [],\n\"p\": []}", 2, "p twice")]
    [InlineData("{\"p\":\n3}", 2, "is no list")]
    public void Vcsl_refuses_broken_segments(string text, long line, string words) =>
        AnnotationFolder.Refused(() => VcslFiles.ReadSegments(folder.Write("label.json", text)), line, words);

    [Fact]
    public void Vcsl_counts_of_frames_are_whole() => AnnotationFolder.Refused(
        () => VcslFiles.ReadVideos(folder.Write("frames_all.csv", "uuid,path,frame_count\nq,a,1\nq,a,1e300\n")), 3, "is no count");

    [Fact]
    public void Vcsl_leaves_out_what_says_nothing()
    {
        var truth = new Dictionary<string, IReadOnlyList<SegmentPair>> { ["p1"] = [One], ["p2"] = [One, Two] };
        var predictions = new Dictionary<string, IReadOnlyList<SegmentPair>> { ["p1"] = [One], ["n1"] = [Two] };
        var figures = Vcsl.Measure(["p1", "p2", "n1", "n2"], truth, predictions);
        Assert.Equal(0.5, figures.Precision, 1e-6); // p1 and n1
        Assert.Equal(0.5, figures.Recall, 1e-6); // p1 and p2
        Assert.Equal(0.5, figures.FalseRejectionRate, 1e-12); // p2 of two
        Assert.Equal(0.5, figures.FalseAlarmRate, 1e-12); // n1 of two
        Assert.Equal(0.75, figures.MacroPrecision, 1e-6);
        Assert.Equal(["n2", "p2"], figures.Missing.Queries);
        var alone = Vcsl.Measure(["n2"], truth, predictions);
        Assert.True(double.IsNaN(alone.Precision) && double.IsNaN(alone.Recall));
        Assert.True(double.IsNaN(Vcsl.Measure([], truth, predictions).MacroF1));
    }

    [Fact]
    public void Vcsl_precision_falls_fourfold_where_segments_are_twice_as_long()
    {
        Assert.Equal(new VcslPair(0, 0, false, false), Vcsl.Pair(Crossed, [One, Two]));
        var doubled = Vcsl.Pair([Doubled(One)], [One]);
        Assert.Equal(0.25, doubled.Precision, 1e-6);
        Assert.Equal(1, doubled.Recall, 1e-6);
        var perfect = Vcsl.Pair([One, Two], [One, Two]);
        Assert.Equal(1, perfect.Precision, 1e-6);
        Assert.True(perfect is { Precision: < 1, NothingPredicted: false });
    }

    private static SegmentPair[] Crossed => [new(One.Query, Two.Reference), new(Two.Query, One.Reference)];

    private static SegmentPair Doubled(SegmentPair segment) =>
        new(new Interval(segment.Query.Start, segment.Query.End + segment.Query.Length), new Interval(segment.Reference.Start, segment.Reference.End + segment.Reference.Length));

    private static VscMatch Match(SegmentPair segment, double score = 1) => new("Q1", "R2", segment, score);

    private static double Matching(VscMatch[] truth, VscMatch[] predictions) => VscMatchingTrack.Measure(truth, predictions).SegmentAveragePrecision;

    private static Interval[] Intervals((byte Start, byte Length)[] ends) => [.. ends.Select(end => new Interval(end.Start, end.Start + end.Length))];
}
