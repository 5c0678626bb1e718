using System.Text.Json;
using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>3d-csl</c> that are about its training.</summary>
public static class ThreeDCslTrainingVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["shotmix"] = Mix,
        ["flip"] = static one => one.Expect("flipped", Mirror.LeftRight(one.Tensor("clips"))),
        ["predmae-tube-mask"] = TubeMask,
        ["predmae-loss"] = PredMaeLoss,
        ["predmae-forward"] = PredMaeForward,
        ["ms-loss"] = Similarity,
        ["ms-loss-mined"] = Similarity,
        ["ms-loss-single"] = Similarity,
        ["ms-memory"] = Memory,
        ["fcs-ranked-0.1"] = Flipped,
        ["fcs-ranked-0.3"] = Flipped,
        ["fcs-catch-up"] = Flipped,
        ["fcs-consistent"] = Flipped,
        ["fcs-attract"] = Flipped,
        ["fcs-hard-positive"] = Flipped,
        ["fcs-zero-vector"] = Flipped,
        ["total-loss"] = Total,
        ["schedule"] = Schedule,
    };

    private static void Mix(VectorCase one) =>
        one.Expect("mixed", new ShotMix(one.Integers("partner"), one.Integers("start"), one.Integers("length")).Apply(one.Tensor("clips")));

    private static void TubeMask(VectorCase one)
    {
        var score = one.Tensor("score");
        var visible = Masks.TubeOfScores(score.View([1, -1]), one.Option("ratio"))[0];
        one.Expect("visible", visible);
        one.Expect("masked", Tensor.Ones(score.Shape, ScalarType.Bool).IndexCopyInPlace(0, visible, Tensor.Zeros(visible.Shape, ScalarType.Bool)));
    }

    private static void PredMaeLoss(VectorCase one)
    {
        var (patch, t) = ((int)one.Option("patch"), (int)one.Option("t"));
        var future = one.Tensor("video").Narrow(2, t, t);
        var prediction = one.Tensor("prediction").RequireGrad();
        var target = PredMae.Targets(future, patch, normalise: false);
        var loss = PredMae.Loss(prediction, target);
        loss.Backward();
        one.Expect("target", target);
        one.Expect("loss", loss);
        one.Expect("grad_prediction", prediction.Grad!);
        one.Expect("loss_normalised", PredMae.Loss(prediction, PredMae.Targets(future, patch, normalise: true)));
    }

    private static void PredMaeForward(VectorCase one)
    {
        var (patch, t, video) = ((int)one.Option("patch"), (int)one.Option("t"), one.Tensor("video"));
        var shape = VideoTransformerShape.ThreeDCsl(Size("encoder")) with
        {
            Patch = patch,
            Height = (int)video.Size(3),
            Width = (int)video.Size(4),
            Frames = t,
        };
        var decoder = Size("decoder");
        using var method = new PredMae(
            new VideoTransformer(shape), new PredMaeOptions(DecoderWidth: decoder.Width, DecoderDepth: decoder.Depth, DecoderHeads: decoder.Heads));
        method.Load(one.StateTensors());
        method.Eval();
        var visible = one.Tensor("visible").View([1, -1]).Repeat([video.Size(0), 1]);
        var prediction = method.Forward(video.Narrow(2, 0, t), visible);
        one.Expect("prediction", prediction);
        one.Expect("loss", PredMae.Loss(prediction, PredMae.Targets(video.Narrow(2, t, t), patch, normalise: false)));

        TransformerSize Size(string part) => new((int)one.Option($"{part}.dim"), (int)one.Option($"{part}.depth"), (int)one.Option($"{part}.heads"));
    }

    private static void Similarity(VectorCase one)
    {
        var embeddings = one.Tensor("embeddings").RequireGrad();
        var z = Cosine.Unit(embeddings);
        var s = Cosine.Matrix(z, z);
        var pairs = PairMasks.Within(one.Tensor("labels"));
        if (Epsilon(one.Options) is { } epsilon) { pairs = pairs.Mined(s, epsilon); }
        var loss = Constants(one).Loss(s, pairs);
        one.Expect("loss", loss);
        if (one.ExpectedNames.Contains("positive_pairs"))
        {
            one.Expect("positive_pairs", pairs.Positive);
            one.Expect("negative_pairs", pairs.Negative);
        }

        if (!one.ExpectedNames.Contains("grad_embeddings")) { return; }
        loss.Backward();
        one.Expect("grad_embeddings", embeddings.Grad!);
    }

    private static void Memory(VectorCase one)
    {
        using var memory = new EmbeddingMemory((int)one.Option("memory"), one.Shape("batch0")[1]);
        foreach (var (i, epsilon) in one.Options.GetProperty("epsilon").EnumerateArray().Index())
        {
            var embeddings = one.Tensor($"batch{i}").RequireGrad();
            var (s, pairs, own) = memory.Compare(Cosine.Unit(embeddings), one.Tensor($"labels{i}"));
            var mined = epsilon.ValueKind == JsonValueKind.Null ? pairs : pairs.Mined(s, epsilon.GetDouble());
            var loss = Constants(one).Loss(s, mined.Without(own));
            loss.Backward();
            one.Expect($"loss{i}", loss);
            one.Expect($"grad{i}", embeddings.Grad!);
            one.Expect($"memory{i}", memory.Rows);
            one.Expect($"memory_labels{i}", memory.Labels);
            one.Expect($"next{i}", memory.Next);
        }
    }

    private static void Flipped(VectorCase one)
    {
        string[] names = ["anchor", "augmented", "flipped"];
        var clips = Array.ConvertAll(names, name => one.Tensor(name).RequireGrad());
        var loss = Fcs.Loss(clips[0], clips[1], clips[2], videos: null, Reading(one), Margin(one));
        one.Expect("loss", loss);
        loss.Backward();
        foreach (var (name, clip) in names.Zip(clips).Where(pair => one.ExpectedNames.Contains($"grad_{pair.First}")))
        {
            one.Expect($"grad_{name}", clip.Grad!);
        }
    }

    private static void Total(VectorCase one)
    {
        string[] names = ["anchor", "augmented", "flipped"];
        var clips = Array.ConvertAll(names, name => one.Tensor(name).RequireGrad());
        using var method = new ThreeDCsl(
            new VideoTransformer(VideoTransformerShape.ThreeDCsl(new(12, 1, 3)) with { Patch = 8, Height = 8, Width = 8 }),
            new ThreeDCslOptions(Reading(one), Margin(one), one.Option("fcs_weight"), Memory: 0, MinerEpsilon: Epsilon(one.Options)),
            World.Single);
        var losses = method.Objective(Tensor.Stack(clips, 1).Flatten(0, 1), one.Tensor("video"));
        var total = losses.Total();
        total.Backward();
        one.Expect("loss", total);
        one.Expect("ms", losses.Terms[0].Value);
        one.Expect("fcs", losses.Terms[1].Value);
        foreach (var (name, clip) in names.Zip(clips)) { one.Expect($"grad_{name}", clip.Grad!); }
    }

    private static void Schedule(VectorCase one)
    {
        var (total, warmup) = ((long)one.Option("total"), (long)one.Option("warmup"));
        var millionths = one.Option("batch") * 1.5e-4 / 256 * 1e6;
        one.Expect("lr_millionths", Array.ConvertAll(one.Integers("iteration"), Rate));

        float Rate(long step) =>
            (float)(millionths * Schedules.Cosine(step, total, one.Option("min_ratio")) * Schedules.Warmup(step, warmup, one.Option("warmup_ratio")));
    }

    private static MultiSimilarity Constants(VectorCase one) => new(one.Option("alpha"), one.Option("beta"), one.Option("base"));

    private static double? Epsilon(JsonElement options) =>
        options.TryGetProperty("epsilon", out var epsilon) && epsilon.ValueKind == JsonValueKind.Number ? epsilon.GetDouble() : null;

    private static double Margin(VectorCase one) => one.Options.GetProperty("margin") is { ValueKind: JsonValueKind.Number } margin ? margin.GetDouble() : 0;

    private static FcsReading Reading(VectorCase one) => one.Options.GetProperty("reading").GetString() switch
    {
        "ranked" => FcsReading.Ranked,
        "catch-up" => FcsReading.CatchUp,
        "consistent" => FcsReading.Consistent,
        "attract" => FcsReading.Attract,
        "hard-positive" => FcsReading.HardPositive,
        var other => throw new VectorFileException($"case '{one.Name}': no reading '{other}'"),
    };
}
