using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Frames;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>carl</c> that measure embeddings of frames.</summary>
internal static class CarlEvaluationVectors
{
    public static void Tau(VectorCase one)
    {
        var (videos, stride) = (Videos(one), (int)one.Option("stride"));
        one.Expect("taus", KendallTau.Pairs(videos, stride).Select(tau => (float)tau).ToArray());
        one.Expect("tau", KendallTau.Mean(videos, stride));
        ExpectNeighbours(one, videos);
    }

    public static void UndefinedTau(VectorCase one)
    {
        var videos = Videos(one);
        ExpectNeighbours(one, videos);
        one.Expect("valid", KendallTau.Pairs(videos).Count(tau => !double.IsNaN(tau)));
    }

    public static void TauOfLists(VectorCase one)
    {
        foreach (var name in one.ExpectedNames)
        {
            one.Expect(name, KendallTau.Of(Numbers(one, name)));
        }
    }

    public static void Retrieval(VectorCase one)
    {
        var videos = Videos(one).Select((video, i) => new FrameSequence(video, Numbers(one, $"labels{i}"))).ToList();
        foreach (var k in (int[])[1, 5, 10])
        {
            one.Expect($"per_video{k}", FrameRetrieval.PerVideo(videos, k).Select(value => (float)value).ToArray());
            one.Expect($"ap{k}", FrameRetrieval.Mean(videos, k));
        }

        one.Expect("ap30", FrameRetrieval.Mean(videos, 30));
        one.Expect("ap5_stride2", FrameRetrieval.Mean(videos, 5, stride: 2));
    }

    public static void Progression(VectorCase one)
    {
        var phases = (int)one.Option("classes");
        var (training, validation) = (Read("train", 3), Read("val", 2));
        var targets = Targets(training);
        var model = LeastSquares.Fit(Frames(training), targets);
        var determination = PhaseProgression.Determination(training, validation, phases);
        one.Expect("targets_train", targets);
        one.Expect("targets_val", Targets(validation));
        one.Expect("weights", model.Weights.To(ScalarType.Float32));
        one.Expect("intercept", model.Intercept.To(ScalarType.Float32));
        one.Expect("predicted", model.Predict(Frames(validation)).To(ScalarType.Float32));
        one.Expect("r2", Array.ConvertAll(determination, value => (float)value));
        one.Expect("score", determination.Average());

        FrameSequence[] Read(string name, int count) => [.. Enumerable.Range(0, count).Select(i => new FrameSequence(one.Tensor($"{name}{i}"), Numbers(one, $"{name}_labels{i}")))];

        Tensor Targets(FrameSequence[] videos) => Tensor.Cat([.. videos.Select(video => PhaseProgression.Targets(video.Labels, phases))]);
    }

    public static void LinearClassification(VectorCase one)
    {
        var (training, validation) = (Labelled(one, "train"), Labelled(one, "val"));
        var model = LogisticRegression.Fit(training.Embeddings, training.Labels, 3, one.Option("C"));
        one.Expect("weights", model.Weights.To(ScalarType.Float32));
        one.Expect("probabilities", model.Probabilities(validation.Embeddings).To(ScalarType.Float32));
        one.Expect("predicted", Array.ConvertAll(model.Predict(validation.Embeddings), label => (long)label));
        one.Expect("accuracy", PhaseClassification.Linear([training], [validation], 3));
    }

    public static void RadialClassification(VectorCase one)
    {
        var (frames, validation) = (Accuracy.Rows(one.Tensor("train")), Accuracy.Rows(one.Tensor("val")));
        var model = SupportVectors.Fit(frames, Numbers(one, "train_labels"), 3, one.Option("C"));
        one.Expect("gamma", SupportVectors.Gamma(frames));
        one.Expect("decision", validation.SelectMany(model.Decide).Select(value => (float)value).ToArray());
        one.Expect("predicted", validation.Select(frame => (long)model.Predict(frame)).ToArray());
    }

    // By query and then candidate.
    private static void ExpectNeighbours(VectorCase one, List<Tensor> videos)
    {
        var pairs = videos.SelectMany((query, i) => videos.Where((_, j) => j != i).Select(candidate => KendallTau.Nearest(query, candidate)));
        foreach (var (number, neighbours) in pairs.Index().Where(pair => one.ExpectedNames.Contains($"neighbours{pair.Index}")))
        {
            one.Expect($"neighbours{number}", Array.ConvertAll(neighbours, frame => (long)frame));
        }
    }

    private static List<Tensor> Videos(VectorCase one) => [.. Enumerable.Range(0, one.InputNames.Count(name => name.StartsWith("embs", StringComparison.Ordinal))).Select(i => one.Tensor($"embs{i}"))];

    private static Tensor Frames(FrameSequence[] videos) => Tensor.Cat([.. videos.Select(video => video.Embeddings)]);

    private static FrameSequence Labelled(VectorCase one, string name) => new(one.Tensor(name), Numbers(one, $"{name}_labels"));

    private static int[] Numbers(VectorCase one, string input) => Array.ConvertAll(one.Integers(input), value => (int)value);
}
