using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Vectors;

/// <summary>The cases of <c>ndvr-evaluation</c>.</summary>
public static class NdvrEvaluationVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["fivr-ap"] = FivrAp,
        ["fivr-pr-curve"] = FivrCurve,
        ["fivr-tasks"] = FivrTasks,
        ["cc-web"] = CcWeb,
        ["evve-ap"] = EvveAp,
        ["svd-ap"] = SvdAp,
        ["intervals"] = Intervals,
        ["vcsl-pair"] = VcslPairs,
        ["vcsl-total"] = VcslTotal,
        ["vcdb-segments"] = VcdbSegments,
        ["vsc-micro-ap"] = VscMicroAp,
        ["vsc-candidates"] = VscCandidates,
        ["vsc-matching"] = VscMatching,
    };

    private static readonly FivrLabels[] Labels =
        [FivrLabels.None, FivrLabels.NearDuplicate, FivrLabels.DuplicateScene, FivrLabels.ComplementaryScene, FivrLabels.IncidentScene, FivrLabels.DuplicateAudio];

    private static void FivrAp(VectorCase one)
    {
        var (fivr, query, list, videos) = FivrQuery(one, 0);
        one.Expect("ap", fivr.Measure(FivrTask.Dsvr, Of(query, list), videos).Queries.Single().Value);
    }

    private static void FivrCurve(VectorCase one)
    {
        var (fivr, query, list, videos) = FivrQuery(one, (int)one.Integers("size")[0]);
        one.Expect("precision", Array.ConvertAll(fivr.Curve(FivrTask.Dsvr, query, list, videos), static value => (float)value));
    }

    // The set holds what the case says, relevant videos without a score, and others until it has the size.
    private static (Fivr Fivr, string Query, ScoredVideo[] List, VideoSet Videos) FivrQuery(VectorCase one, int size)
    {
        var query = Name(Array.IndexOf(one.Integers("is_query"), 1L));
        var missing = Enumerable.Range(0, (int)one.Integers("missing")[0]).Select(i => $"missing {i}").ToList();
        var relevant = Where(one.Integers("relevant")).Concat(missing).ToDictionary(video => video, _ => FivrLabels.NearDuplicate);
        var set = Where(one.Integers("in_dataset")).Concat(missing).ToHashSet();
        for (var i = 0; set.Count < size; i++) { set.Add($"other {i}"); }
        return (new Fivr(new Dictionary<string, IReadOnlyDictionary<string, FivrLabels>> { [query] = relevant }), query, Scored(one.Floats("score")), VideoSet.Complete(set));
    }

    private static void FivrTasks(VectorCase one)
    {
        var count = one.Shape("label")[1];
        var (rows, labels) = (one.Floats("similarity").Chunk(count).Select(Scored).ToList(), one.Integers("label").Chunk(count).ToList());
        var queries = Array.ConvertAll(one.Integers("query_index"), static index => Name((int)index));
        var fivr = new Fivr(queries.Index().ToDictionary(
            query => query.Item, query => (IReadOnlyDictionary<string, FivrLabels>)labels[query.Index].Index().ToDictionary(label => Name(label.Index), label => Labels[label.Item])));
        var results = queries.Index().ToDictionary(query => query.Item, query => (IReadOnlyList<ScoredVideo>)rows[query.Index]);
        foreach (var task in FivrTask.All)
        {
            var (figures, name) = (fivr.Measure(task, results, VideoSet.Complete(Enumerable.Range(0, count).Select(Name).ToHashSet())), task.Name.ToLowerInvariant());
            one.Expect(name, figures.MeanAveragePrecision);
            one.Expect(name + "_empty_as_one", figures.MeanWithEmptyAsOne);
            one.Expect(name + "_micro", figures.MicroAveragePrecision);
        }
    }

    private static void CcWeb(VectorCase one)
    {
        var count = one.Shape("label")[1];
        var (labels, excluded, scored) = (one.Integers("label").Chunk(count).ToList(), one.Integers("excluded").Chunk(count).ToList(), one.Integers("has_score").Chunk(count).ToList());
        // The queries' files are ranked like any other: they need no column of their own here.
        var sets = labels.Select((row, i) => new CcWebSet(
            $"query {i}",
            row.Index().Where(label => label.Item >= 0).ToDictionary(label => Name(label.Index), label => "XESVML"[(int)label.Item]),
            Where(excluded[i]).ToHashSet()));
        var results = one.Floats("similarity").Chunk(count).Select((row, i) => (Query: $"query {i}", List: Scored(row).Where((_, video) => scored[i][video] != 0).ToArray()));
        var figures = new CcWebVideo([.. sets], Enumerable.Range(0, count).ToDictionary(Name, Name))
            .Measure(results.ToDictionary(query => query.Query, query => (IReadOnlyList<ScoredVideo>)query.List));
        one.Expect("cc_web", figures.Plain);
        one.Expect("cc_web_star", figures.Star);
        one.Expect("cc_web_clean", figures.Clean);
        one.Expect("cc_web_star_clean", figures.StarClean);
    }

    private static void EvveAp(VectorCase one)
    {
        var (outside, list) = (Where(one.Integers("outside")).ToHashSet(), Scored(one.Floats("score")));
        var listed = Where(one.Integers("positive")).Where(video => !outside.Contains(video)).ToHashSet();
        var judged = list.Where(scored => !outside.Contains(scored.Video)).Select(scored => new Judged(scored.Score, listed.Contains(scored.Video))).ToList();
        one.Expect("ranks", Evve.Ranks(judged).Select(static rank => (long)rank).ToArray());

        var positives = listed.Concat(Enumerable.Range(0, (int)one.Integers("positives")[0] - listed.Count).Select(i => $"missing {i}")).ToHashSet();
        var database = positives.Concat(list.Select(scored => scored.Video)).ToHashSet();
        var evve = new Evve([new EvveEvent("event", new HashSet<string> { "query" }, positives, database.Except(positives).ToHashSet())], database);
        one.Expect("ap", evve.Measure(Of("query", list), database.Except(outside).Append("query").ToHashSet()).OverQueries);
        one.Expect("none", AveragePrecision.Trapezoid([], positives.Count));
        one.Expect("first", AveragePrecision.Trapezoid([0], 1));
    }

    private static void SvdAp(VectorCase one)
    {
        var (positive, scores) = (Where(one.Integers("positive")).ToHashSet(), one.Floats("score"));
        var negatives = Enumerable.Range(0, scores.Length).Select(Name).Where(video => !positive.Contains(video)).ToList();
        var candidates = positive.ToDictionary(video => video, _ => true);
        foreach (var video in negatives.Take(3)) { candidates.Add(video, false); } // the others are unlabelled
        var svd = new Svd(new Dictionary<string, IReadOnlyDictionary<string, bool>> { ["query"] = candidates }, negatives.Skip(3).ToHashSet());
        one.Expect("ap", svd.Measure(Of("query", Scored(scores))).MeanAveragePrecision);
        one.Expect("all_equal", svd.Measure(Of("query", Scored(new float[scores.Length]))).MeanAveragePrecision);
    }

    private static void Intervals(VectorCase one)
    {
        var (a, b) = (Read("a"), Read("b"));
        one.Expect("length_a", Interval.Union(a));
        one.Expect("length_b", Interval.Union(b));
        one.Expect("intersection", Interval.Shared(a, b));

        Interval[] Read(string name) => [.. one.Floats(name).Chunk(2).Select(static ends => new Interval(ends[0], ends[1]))];
    }

    private static void VcslPairs(VectorCase one)
    {
        foreach (var name in one.ExpectedNames)
        {
            var pair = Vcsl.Pair(Boxes(one.Floats(name + "_pred"), 4), Boxes(one.Floats(name + "_truth"), 4));
            one.Expect(name, [(float)pair.Precision, (float)pair.Recall]);
        }
    }

    private static void VcslTotal(VectorCase one)
    {
        var (recall, sets) = (one.Floats("recall"), one.Integers("query_set"));
        var pairs = one.Floats("precision").Select((precision, i) => new VcslPair(precision, recall[i], precision == 1, recall[i] == 1)).ToList();
        var figures = Vcsl.Total(
            pairs,
            [.. pairs.Index().GroupBy(pair => sets[pair.Index], pair => pair.Item).Select(static set => set.ToList())],
            one.Option("ratio"),
            new Missing([], [], MissingTreatment.NotFound));
        one.Expect("precision", figures.Precision);
        one.Expect("recall", figures.Recall);
        one.Expect("f1", figures.F1);
        one.Expect("frr", figures.FalseRejectionRate);
        one.Expect("far", figures.FalseAlarmRate);
        one.Expect("macro_precision", figures.MacroPrecision);
        one.Expect("macro_recall", figures.MacroRecall);
    }

    private static void VcdbSegments(VectorCase one)
    {
        var scores = one.Floats("detections").Chunk(5).Select(static row => row[4]).ToList();
        var detections = Boxes(one.Floats("detections"), 5).Select((box, i) => new VcdbDetection("a", "b", box, scores[i]));
        var vcdb = new Vcdb([.. Boxes(one.Floats("truth"), 4).Select(box => new VcdbCopy("topic", "a", "b", box))], []);
        var figures = vcdb.Segments([.. detections]);
        one.Expect("curve", figures.Curve.SelectMany(static p => new[] { (float)p.Threshold, (float)p.Precision, (float)p.Recall, (float)p.F1 }).ToArray());
        one.Expect("best_f1", figures.Best.F1);
    }

    private static void VscMicroAp(VectorCase one)
    {
        var correct = one.Integers("correct");
        var truth = Enumerable.Range(0, correct.Length).Where(i => correct[i] != 0).Select(Name).ToList();
        truth.AddRange(Enumerable.Range(0, (int)one.Integers("truth_pairs")[0] - truth.Count).Select(i => $"missing {i}"));
        var matches = truth.Select(reference => new VscMatch("Q", reference, default)).ToList();
        var candidates = Scored(one.Floats("score")).Select(static scored => new VscCandidate("Q", scored.Video, scored.Score)).ToList();
        var figures = VscDescriptorTrack.Measure(matches, candidates);
        one.Expect("ap", figures.MicroAveragePrecision);
        one.Expect("simple", figures.Ranked.Value);
        one.Expect("none", VscDescriptorTrack.Measure(matches, []).MicroAveragePrecision);
    }

    private static void VscCandidates(VectorCase one)
    {
        var candidates = VscDescriptorTrack.Candidates(Read("query"), Read("reference"), (int)one.Option("K"), (int)one.Option("M"));
        one.Expect("pairs", candidates.SelectMany(static pair => new[] { long.Parse(pair.Query), long.Parse(pair.Reference) }).ToArray());
        one.Expect("scores", candidates.Select(static pair => (float)pair.Score).ToArray());

        VscDescriptors Read(string name) => new(Array.ConvertAll(one.Integers(name + "_video"), static video => $"{video}"), one.Floats(name));
    }

    private static void VscMatching(VectorCase one)
    {
        foreach (var name in one.ExpectedNames)
        {
            var truth = one.Floats(name + "_truth").Chunk(6).Select(Match).ToList();
            var predictions = one.Floats(name + "_pred").Chunk(7).Select(static row => Match(row) with { Score = row[6] }).ToList();
            one.Expect(name, VscMatchingTrack.Measure(truth, predictions).SegmentAveragePrecision);
        }

        static VscMatch Match(float[] row) => new($"Q{row[0]}", $"R{row[1]}", new SegmentPair(new Interval(row[2], row[3]), new Interval(row[4], row[5])));
    }

    private static string Name(int video) => $"video {video}";

    private static IEnumerable<string> Where(long[] flags) => flags.Index().Where(flag => flag.Item != 0).Select(flag => Name(flag.Index));

    private static ScoredVideo[] Scored(float[] scores) => [.. scores.Select((score, i) => new ScoredVideo(Name(i), score))];

    private static Dictionary<string, IReadOnlyList<ScoredVideo>> Of(string query, ScoredVideo[] list) => new() { [query] = list };

    private static SegmentPair[] Boxes(float[] numbers, int columns) =>
        [.. numbers.Chunk(columns).Select(static box => SegmentPair.Box(box[0], box[1], box[2], box[3]))];
}
