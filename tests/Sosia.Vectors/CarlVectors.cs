using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Matching;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>carl</c>: objectives, network, views, training; the rest stand in <see cref="CarlEvaluationVectors"/>.</summary>
public static class CarlVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["scl_one_video"] = Contrast,
        ["scl_ragged_batch"] = Contrast,
        ["scl_wide_prior"] = Contrast,
        ["scl_far_apart"] = Contrast,
        ["scl_one_frame"] = Contrast,
        ["scl_view_masked"] = Contrast,
        ["weak_pair"] = WeakPair,
        ["dtw"] = Warping,
        ["dtw_ties"] = Warping,
        ["dtw_one_row"] = Warping,
        ["positions"] = Positions,
        ["head_forward"] = Head,
        ["projection_train"] = Projection,
        ["views_long"] = TwoViews,
        ["views_short"] = TwoViews,
        ["kendalls_tau"] = CarlEvaluationVectors.Tau,
        ["kendalls_tau_stride"] = CarlEvaluationVectors.Tau,
        ["kendalls_tau_undefined"] = CarlEvaluationVectors.UndefinedTau,
        ["tau_b"] = CarlEvaluationVectors.TauOfLists,
        ["retrieval"] = CarlEvaluationVectors.Retrieval,
        ["phase_progression"] = CarlEvaluationVectors.Progression,
        ["phase_classification_linear"] = CarlEvaluationVectors.LinearClassification,
        ["phase_classification_svm"] = CarlEvaluationVectors.RadialClassification,
        ["schedules"] = Rates,
        ["adam_clip"] = ClippedSteps,
    });

    private static void Contrast(VectorCase one)
    {
        var contrast = Options(one);
        var (z, steps, lengths, mask) = (one.Tensor("z").RequireGrad(), one.Tensor("steps"), one.Tensor("lens"), one.Tensor("mask"));
        var loss = contrast.Loss(z, steps, lengths, mask);
        loss.Backward();
        one.Expect("loss", loss);
        one.Expect("grad_z", z.Grad!);
        if (one.ExpectedNames.Contains("label"))
        {
            one.Expect("label", contrast.Labels(steps, lengths, mask));
            one.Expect("weight", SequenceContrast.Weights(mask));
        }
    }

    private static void WeakPair(VectorCase one)
    {
        var contrast = new AlignedPairContrast(Options(one));
        var (a, b, stepsA, stepsB) = (one.Tensor("a").RequireGrad(), one.Tensor("b").RequireGrad(), one.Integers("steps_a"), one.Integers("steps_b"));
        var pair = AlignedPairContrast.Align(a, b, stepsA, stepsB);
        var loss = contrast.Loss(a, b, stepsA, stepsB);
        loss.Backward();
        one.Expect("path", Points(pair.Path));
        one.Expect("aligned_a", pair.TimesOfA);
        one.Expect("aligned_b", pair.TimesOfB);
        one.Expect("label_a", contrast.Labels(pair.TimesOfA, stepsB));
        one.Expect("label_b", contrast.Labels(pair.TimesOfB, stepsA));
        one.Expect("loss", loss);
        one.Expect("grad_a", a.Grad!);
        one.Expect("grad_b", b.Grad!);
    }

    private static void Warping(VectorCase one)
    {
        var matrix = new SimilarityMatrix([.. one.Floats("cost").Select(cost => 1 - cost)], one.Shape("cost")[0], one.Shape("cost")[1]);
        var accumulated = DynamicTimeWarping.Accumulated(matrix);
        one.Expect("accumulated", Array.ConvertAll(accumulated, cost => (float)cost));
        one.Expect("distance", accumulated[^1]);
        one.Expect("path", Points(DynamicTimeWarping.Path(matrix)));
    }

    private static void Positions(VectorCase one)
    {
        var (length, channels, trained) = ((int)one.Option("length"), (int)one.Option("channels"), (int)one.Option("train_length"));
        one.Expect("code", FramePositions.Code(length, channels, trained));
        one.Expect("code_train_length", FramePositions.Code(trained, channels, trained));
    }

    private static void Head(VectorCase one)
    {
        var shape = new FrameSequenceShape
        {
            Inner = (int)one.Option("fc"),
            Hidden = (int)one.Option("hidden"),
            Heads = (int)one.Option("heads"),
            FeedForward = (int)one.Option("d_ff"),
            Layers = (int)one.Option("layers"),
            Embedding = (int)one.Option("embedding"),
            TrainingLength = (int)one.Option("train_length"),
        };
        using var head = new FrameSequenceHead((int)one.Option("channels"), shape);
        using var projection = new FrameProjection(shape.Embedding, (int)one.Option("projection_hidden"));
        head.Load(one.StateTensors("embed."));
        projection.Load(one.StateTensors("ssl_projection."));
        head.Eval();
        projection.Eval();
        var embedding = head.Forward(one.Tensor("x"), one.Tensor("mask"));
        one.Expect("embedding", embedding);
        one.Expect("normalized", Unit(embedding));
        one.Expect("projected", Unit(projection.Forward(embedding)));

        static Tensor Unit(Tensor frames) => Cosine.Unit(frames.Flatten(0, 1)).View(frames.Shape);
    }

    private static void Projection(VectorCase one)
    {
        using var projection = new FrameProjection((int)one.Option("embedding"), (int)one.Option("projection_hidden"));
        projection.Load(one.StateTensors());
        var x = one.Tensor("x").RequireGrad();
        var output = projection.Forward(x);
        (output * one.Tensor("weight")).Sum().Backward();
        one.Expect("output", output);
        one.Expect("grad_x", x.Grad!);
        foreach (var (name, parameter) in projection.NamedParameters().Where(entry => one.ExpectedNames.Contains($"grad_{entry.Name}")))
        {
            one.Expect($"grad_{name}", parameter.Grad!);
        }

        var state = projection.NamedState().ToDictionary(entry => entry.Name, entry => entry.Tensor);
        one.Expect("running_mean", state["net.1.running_mean"]);
        one.Expect("running_var", state["net.1.running_var"]);
    }

    private static void TwoViews(VectorCase one)
    {
        var views = new SequenceViews((int)one.Option("seq_len"), (int)one.Option("frames"));
        int[] blocks = [views.Block(one.Option("ratio0")), views.Block(one.Option("ratio1"))];
        var first = At(0, views.FirstOffsets(blocks[0]));
        var second = At(1, views.SecondOffsets(blocks[1], first.Steps[0]));
        one.Expect("block", [first.Block, second.Block]);
        one.Expect("offset", [first.Offset, second.Offset]);
        one.Expect("low", [views.FirstOffsets(blocks[0]).Low, views.SecondOffsets(blocks[1], first.Steps[0]).Low]);
        one.Expect("high", [views.FirstOffsets(blocks[0]).High, views.SecondOffsets(blocks[1], first.Steps[0]).High]);
        foreach (var (i, view) in new[] { first, second }.Index())
        {
            one.Expect($"steps{i}", Array.ConvertAll(view.Steps, step => (long)step));
            one.Expect($"mask{i}", view.Mask);
        }

        SequenceView At(int view, (int Low, int High) range) =>
            views.At(blocks[view], SequenceViews.Offset(range, one.Option($"u_offset{view}")), [.. one.Floats($"keys{view}").Select(key => (double)key)]);
    }

    private static void Rates(VectorCase one)
    {
        var (rate, epochs) = (one.Option("lr"), (int)one.Option("epochs"));
        int[] pretraining = [0, 1, 75, 150, 299];
        one.Expect("pretrain", [.. pretraining.Select(epoch => (float)(rate * Schedules.Cosine(epoch, epochs + 1)))]);
        int[] probe = [0, 1, 50, 99];
        one.Expect("probe", [.. probe.Select(epoch => (float)Learning.Evaluation.LinearProbeSettings.FineGym.RateAt(epoch))]);
    }

    private static void ClippedSteps(VectorCase one)
    {
        var before = new[] { one.Tensor("w0"), one.Tensor("w1") };
        var parameters = before.Select(tensor => tensor.Clone().RequireGrad()).ToArray();
        using var optimiser = new Adam(parameters.Select((tensor, i) => ($"w{i}", tensor)), one.Option("lr"), weightDecay: one.Option("weight_decay"));
        var norms = new float[2];
        for (var step = 0; step < norms.Length; step++)
        {
            foreach (var (i, parameter) in parameters.Index())
            {
                parameter.Grad = one.Tensor($"g{i}_{step}");
            }

            norms[step] = (float)ClipGradients.Norm(parameters, one.Option("clip"));
            optimiser.Step();
        }

        one.Expect("norms", norms);
        one.Expect("change0", parameters[0] - before[0]);
        one.Expect("change1", parameters[1] - before[1]);
    }

    private static SequenceContrast Options(VectorCase one) => new(one.Option("temperature"), one.Option("variance"));

    private static long[] Points(IEnumerable<PathPoint> path) => [.. path.SelectMany(point => new long[] { point.Q, point.R })];
}
