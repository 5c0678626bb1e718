using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>downstream-evaluation</c>: how the encoders are measured.</summary>
public static class DownstreamEvaluationVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["ten_clips"] = TenClips,
        ["uniform_views"] = UniformViews,
        ["three_crops"] = ThreeCrops,
        ["view_average"] = Averages,
        ["top_k"] = TopK,
        ["mean_class_accuracy"] = MeanClassAccuracy,
        ["verb_recall"] = Verbs,
        ["retrieval"] = Retrieval,
        ["retrieval_zero"] = RetrievalOfZero,
        ["knn"] = NearestNeighbours,
        ["linear_probe"] = Probe,
        ["average_precision"] = Precision,
        ["frame_map"] = FrameMap,
        ["region_and_boundary"] = Masks,
        ["sequence_statistics"] = Statistics,
        ["mean_iou"] = ClassMaps,
        ["ucf_list"] = UcfList,
        ["hmdb_list"] = HmdbList,
    });

    private static void TenClips(VectorCase one) => one.Expect(
        "start", one.Integers("frames").SelectMany(n => TestClips.Spread((int)n, (int)one.Option("clip"), (int)one.Option("clips"))).Select(start => (long)start).ToArray());

    private static void UniformViews(VectorCase one) => one.Expect("index", one.Integers("frames")
        .SelectMany(n => TestClips.Uniform((int)n, (int)one.Option("length"), (int)one.Option("stride"), (int)one.Option("views")))
        .SelectMany(view => view).Select(frame => (long)frame).ToArray());

    private static void ThreeCrops(VectorCase one) => one.Expect("corner", one.Integers("size").Chunk(2)
        .SelectMany(size => TestClips.ThreeCrops((int)size[0], (int)size[1], (int)one.Option("crop"))).SelectMany(corner => new long[] { corner.Row, corner.Column }).ToArray());

    private static void Averages(VectorCase one)
    {
        var videos = Numbers(one, "video");
        var (probability, logit) = (ViewAverage.Of(one.Tensor("logits"), videos), ViewAverage.Of(one.Tensor("logits"), videos, ViewMean.Logit));
        one.Expect("probability", probability);
        one.Expect("class", Best(probability));
        one.Expect("logit", logit);
        one.Expect("class_by_logit", Best(logit));

        static long[] Best(Tensor scores) => [.. Accuracy.Rows(scores).Select(row => (long)Accuracy.Best(row))];
    }

    private static void TopK(VectorCase one)
    {
        var ranks = Accuracy.Ranks(Accuracy.Rows(one.Tensor("scores")), Numbers(one, "labels"));
        one.Expect("rank", Array.ConvertAll(ranks, rank => (long)rank));
        one.Expect("accuracy", [(float)Accuracy.TopK(ranks, 1), (float)Accuracy.TopK(ranks, 2), (float)Accuracy.TopK(ranks, 5)]);
    }

    private static void MeanClassAccuracy(VectorCase one)
    {
        var matrix = ConfusionMatrix.Of(Numbers(one, "truth"), Numbers(one, "predicted"), (int)one.Option("classes"));
        one.Expect("per_class", [.. matrix.ClassAccuracies.Select(value => double.IsNaN(value) ? -1 : (float)(100 * value))]);
        one.Expect("mean", 100 * matrix.MeanClassAccuracy);
    }

    private static void Verbs(VectorCase one)
    {
        var figures = VerbRecall.Measure(Accuracy.Rows(one.Tensor("scores")), [.. Numbers(one, "annotated").Chunk(one.Shape("annotated")[1])]);
        one.Expect("accuracy1", figures.Accuracy1);
        one.Expect("accuracy5", figures.Accuracy5);
        one.Expect("macro_recall5", figures.MacroRecall5);
    }

    private static void Retrieval(VectorCase one)
    {
        var (gallery, queries) = (Numbers(one, "gallery_labels"), Numbers(one, "query_labels"));
        var found = Neighbours.Of(ClipRetrieval.MeanOfClips(one.Tensor("query")), ClipRetrieval.MeanOfClips(one.Tensor("gallery")), ClipRetrieval.Published[^1]);
        one.Expect("neighbours", found.SelectMany(list => list.Take(5)).Select(near => (long)near.Number).ToArray());
        one.Expect("recall", ClipRetrieval.Published.Select(k => (float)ClipRetrieval.Recall(found, gallery, queries, k)).ToArray());
    }

    private static void RetrievalOfZero(VectorCase one)
    {
        var found = Neighbours.Of(ClipRetrieval.MeanOfClips(one.Tensor("query")), ClipRetrieval.MeanOfClips(one.Tensor("gallery")), 3);
        one.Expect("similarity", found.SelectMany(list => list.OrderBy(near => near.Number)).Select(near => near.Cosine).ToArray());
        one.Expect("neighbours", found.SelectMany(list => list).Select(near => (long)near.Number).ToArray());
    }

    private static void NearestNeighbours(VectorCase one)
    {
        var (labels, truth, classes) = (Numbers(one, "train_labels"), Numbers(one, "test_labels"), (int)one.Option("classes"));
        var found = Neighbours.Of(one.Tensor("test"), one.Tensor("train"), 99);
        foreach (var k in (int[])[3, 99])
        {
            var votes = found.Select(list => KNearest.Votes(list, labels, classes, k, one.Option("temperature"))).ToList();
            var ranks = KNearest.Ranks(found, labels, truth, classes, k);
            one.Expect($"class{k}", votes.Select(row => (long)Accuracy.Best(row)).ToArray());
            one.Expect($"accuracy{k}", [(float)Accuracy.TopK(ranks, 1), (float)Accuracy.TopK(ranks, 2)]);
            if (k == 3)
            {
                one.Expect("votes3", votes.SelectMany(row => row.Select(vote => (float)(vote / row.Max()))).ToArray());
            }
        }
    }

    private static void Probe(VectorCase one)
    {
        var (features, labels) = (one.Tensor("features"), one.Tensor("labels"));
        using var probe = new LinearProbe(one.Shape("weight")[1], one.Shape("weight")[0]);
        probe.Load([("linear.weight", one.Tensor("weight")), ("linear.bias", Tensor.Zeros([one.Shape("weight")[0]]))]);
        var (weight, bias) = (probe.Parameters().First(), probe.Parameters().Last());
        probe.Loss(features, labels).Backward();
        one.Expect("loss", probe.Loss(features, labels).Item());
        one.Expect("grad_weight", weight.Grad!);
        one.Expect("grad_bias", bias.Grad!);

        var settings = LinearProbeSettings.Scaled(one.Option("rate"), (int)one.Option("batch"), (int)one.Option("epochs")) with { Momentum = one.Option("momentum") };
        using var optimiser = probe.Optimiser(settings);
        for (var epoch = 0; epoch < 3; epoch++)
        {
            probe.FitEpoch(optimiser, features, labels, settings, epoch, seed: 1);
            one.Expect($"weight{epoch}", weight);
            one.Expect($"bias{epoch}", bias);
            one.Expect($"rate{epoch}", settings.RateAt(epoch));
        }
    }

    private static void Precision(VectorCase one) => one.Expect("ap", AllPointsPrecision.Of(
        [.. one.Floats("scores").Zip(one.Integers("hit"), (score, hit) => new Judged(score, hit != 0))], (int)one.Integers("objects")[0]));

    private static void FrameMap(VectorCase one)
    {
        var figures = ActionDetection.Measure(
            [.. one.Floats("truth").Chunk(6).Select(row => Box(row, 1))], [.. one.Floats("detections").Chunk(7).Select(row => Box(row, row[6]))], one.Option("iou"));
        one.Expect("hit", figures.Hits.Select(hit => hit ? 1L : 0).ToArray());
        one.Expect("ap", [.. Enumerable.Range(1, (int)one.Option("classes")).Select(action => (float)figures.Precisions.GetValueOrDefault(action, -1))]);
        one.Expect("map", figures.MeanAveragePrecision);

        static ActionBox Box(float[] row, float score) => new($"{row[0]}", (int)row[1], new ActionRegion(row[2], row[3], row[4], row[5]), score);
    }

    private static void Masks(VectorCase one)
    {
        var pairs = Read("predicted").Zip(Read("truth")).ToList();
        one.Expect("j", pairs.Select(pair => (float)RegionAndBoundary.Region(pair.First, pair.Second)).ToArray());
        one.Expect("f", pairs.Select(pair => (float)RegionAndBoundary.Contour(pair.First, pair.Second, one.Option("tolerance"))).ToArray());
        one.Expect("jf", pairs.Select(pair => (float)RegionAndBoundary.Both(pair.First, pair.Second)).ToArray());
        one.Expect("boundary", RegionAndBoundary.Boundary(pairs[0].First).Pixels.Select(pixel => pixel ? 1L : 0).ToArray());

        IEnumerable<BinaryMask> Read(string name) => one.Integers(name).Chunk(one.Shape(name)[1] * one.Shape(name)[2])
            .Select(pixels => new BinaryMask(Array.ConvertAll(pixels, pixel => pixel != 0), one.Shape(name)[1], one.Shape(name)[2]));
    }

    private static void Statistics(VectorCase one)
    {
        var values = Array.ConvertAll(one.Floats("values"), value => (double)value);
        var statistics = SequenceStatistics.Of(values);
        one.Expect("mean", statistics.Mean);
        one.Expect("recall", statistics.Recall);
        one.Expect("decay", statistics.Decay);
        one.Expect("ends", Array.ConvertAll(SequenceStatistics.Ends(values.Length), end => (long)end));
    }

    private static void ClassMaps(VectorCase one)
    {
        var classes = (int)one.Option("classes");
        var matrix = ConfusionMatrix.Of(Numbers(one, "truth"), Numbers(one, "predicted"), classes, (int)one.Option("ignore"));
        one.Expect("confusion", Enumerable.Range(0, classes * classes).Select(i => matrix[i / classes, i % classes]).ToArray());
        one.Expect("iou", matrix.IntersectionsOverUnion.Select(value => double.IsNaN(value) ? -1 : (float)value).ToArray());
        one.Expect("dice", matrix.Dice.Select(value => double.IsNaN(value) ? -1 : (float)value).ToArray());
        one.Expect("mean_iou", matrix.MeanIntersectionOverUnion);
        one.Expect("mean_dice", matrix.MeanDice);
    }

    private static void UcfList(VectorCase one)
    {
        var videos = FromFile(one, path => Ucf101.ReadTraining(path));
        one.Expect("labels", videos.Select(video => (long)video.Label).ToArray());
        one.Expect("group", videos.Select(video => (long)(Ucf101.Group(video.Name) ?? -1)).ToArray());
    }

    private static void HmdbList(VectorCase one)
    {
        var videos = FromFile(one, Hmdb51.ReadClass);
        one.Expect("flag", videos.Select(video => (long)video.Use).ToArray());
        one.Expect("name_length", videos.Select(video => (long)video.Name.Length).ToArray());
    }

    private static T FromFile<T>(VectorCase one, Func<string, T> read)
    {
        var path = Path.Combine(Path.GetTempPath(), $"sosia-{Guid.NewGuid():N}.txt");
        try
        {
            File.WriteAllBytes(path, Array.ConvertAll(one.Integers("text_utf8"), value => (byte)value));
            return read(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int[] Numbers(VectorCase one, string input) => Array.ConvertAll(one.Integers(input), value => (int)value);
}
