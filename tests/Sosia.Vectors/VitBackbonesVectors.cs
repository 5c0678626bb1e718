using System.Text.Json;
using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>vit-backbones</c>: building blocks, positions, masks and targets. Networks are in <see cref="VitNetworkVectors"/>.</summary>
public static class VitBackbonesVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>(VitNetworkVectors.Cases)
    {
        ["gelu"] = Gelu,
        ["layer_norm"] = Norms,
        ["attention"] = static one => SelfAttention(one, splitBias: false),
        ["attention_split_bias"] = static one => SelfAttention(one, splitBias: true),
        ["attention_extremes"] = Extremes,
        ["split_bias_to_qkv_bias"] = static one => one.Expect("qkv_bias", Attention.SplitBias(one.Tensor("q_bias"), one.Tensor("v_bias"))),
        ["drop_path_rates"] = DropRates,
        ["drop_path"] = Dropped,
        ["patch_embedding"] = Patches,
        ["tubelet_embedding"] = Patches,
        ["sinusoid_small"] = Sine,
        ["sinusoid_vit_b"] = Sine,
        ["sincos_2d_small"] = Sine2d,
        ["sincos_2d_vit_b"] = Sine2d,
        ["positions_nearest"] = Nearest,
        ["positions_nearest_at_load"] = static one => one.Expect("positions", PositionTables.NearestFlattened(one.Tensor("pos_embed"), 16)),
        ["positions_bicubic"] = Bicubic,
        ["tube_mask"] = TubeMasks,
        ["videomae_targets"] = VideoMaeTargets,
        ["mae_targets"] = MaeTargets,
        ["layer_decay"] = static one => one.Expect("scales", Floats(TransformerInit.LayerFactors((int)one.Option("blocks"), one.Option("decay")))),
    });

    private static void Gelu(VectorCase one)
    {
        var x = one.Tensor("x").RequireGrad();
        var y = x.Gelu();
        y.Sum().Backward();
        one.Expect("y", y);
        one.Expect("derivative", x.Grad!);
        one.Expect("tanh_approximation", x.Gelu("tanh"));
    }

    private static void Norms(VectorCase one)
    {
        using var norm = new LayerNorm(6, TransformerSize.NormEps);
        norm.Load([("weight", one.Tensor("weight")), ("bias", one.Tensor("bias"))]);
        var x = one.Tensor("x").RequireGrad();
        var y = norm.Forward(x);
        (y * one.Tensor("r")).Sum().Backward();
        one.Expect("y_eps6", y);
        one.Expect("grad_x_rows_0_and_3", Tensor.Stack([x.Grad![0], x.Grad![3]]));
        one.Expect("grad_weight", norm.Weight.Grad!);
        one.Expect("grad_bias", norm.Bias.Grad!);
        one.Expect("y_eps5", x.LayerNorm([6], norm.Weight, norm.Bias, 1e-5));
    }

    private static void SelfAttention(VectorCase one, bool splitBias)
    {
        using var attention = new Attention(12, (int)one.Option("heads"), splitBias);
        attention.Load(one.StateTensors("attn."));
        var x = one.Tensor("x").RequireGrad();
        var y = attention.Forward(x.View([-1, 12]), 2).View([2, 5, 12]);
        (y * one.Tensor("r")).Sum().Backward();
        one.Expect("y", y);
        one.Expect("probabilities", attention.Weights(x.View([-1, 12]), 2));
        one.Expect("grad_x", x.Grad!);
        one.ExpectGradients(attention, "grad:attn.");
    }

    private static void Extremes(VectorCase one)
    {
        var heads = (int)one.Option("heads");
        one.Expect("y", Attention.Mix(one.Tensor("qkv").View([-1, 12]), 1, heads).View([1, 4, 4]));
        one.Expect("single_y", Attention.Mix(one.Tensor("single").View([-1, 12]), 2, heads).View([2, 1, 4]));
    }

    private static void DropRates(VectorCase one)
    {
        var rates = one.Options.GetProperty("rates").EnumerateArray().Select(static rate => rate.GetDouble()).ToArray();
        foreach (var (i, depth) in new[] { 1, 5, 12 }.Index())
        {
            one.Expect($"depth{depth}", Floats(DropPath.Rates(rates[i], depth)));
        }
    }

    private static void Dropped(VectorCase one)
    {
        using var dropPath = new DropPath(one.Option("rate"));
        var draw = dropPath.Scaled(one.Tensor("kept").To(ScalarType.Float32));
        one.Expect("y", DropPath.Apply(one.Tensor("x").View([-1, 3]), draw).View([4, 2, 3]));
    }

    private static void Patches(VectorCase one)
    {
        var tubelet = one.Options.TryGetProperty("tubelet", out var frames) ? frames.GetInt32() : 0;
        using var embedding = new PatchEmbedding(7, (int)one.Option("patch"), tubelet);
        embedding.Load(one.StateTensors("patch_embed."));
        one.Expect("y", embedding.Forward(embedding.Cut(one.Tensor("x")).Pixels).View([2, -1, 7]));
    }

    private static void Sine(VectorCase one) => one.Expect("table", PositionTables.Sine((int)one.Option("positions"), (int)one.Option("channels"))[0]);

    private static void Sine2d(VectorCase one)
    {
        var grid = (int)one.Option("grid");
        one.Expect("table", PositionTables.Sine(grid, grid, (int)one.Option("channels"))[0]);
    }

    private static void Nearest(VectorCase one)
    {
        var (space, time) = (one.Tensor("pos_embed"), one.Tensor("time_embed"));
        one.Expect("space_4x6", PositionTables.NearestSpace(space, 4, 6));
        one.Expect("space_2x2", PositionTables.NearestSpace(space, 2, 2));
        foreach (var frames in new[] { 6, 3, 1 }) { one.Expect($"time_{frames}", PositionTables.NearestTime(time, frames)); }
    }

    private static void Bicubic(VectorCase one)
    {
        one.Expect("up", PositionTables.Bicubic(one.Tensor("with_class"), slices: 1, classes: 1, 5, 5));
        one.Expect("frames", PositionTables.Bicubic(one.Tensor("two_slices"), slices: 2, classes: 0, 4, 4));
        one.Expect("down", PositionTables.Bicubic(one.Tensor("shrink"), slices: 1, classes: 1, 3, 3));
    }

    private static void TubeMasks(VectorCase one)
    {
        var frames = one.Options.GetProperty("frames").EnumerateArray().Select(static n => n.GetInt32()).ToArray();
        var ratios = one.Options.GetProperty("ratios").EnumerateArray().Select(static r => r.GetDouble()).ToArray();
        for (var i = 0; i < frames.Length; i++)
        {
            var order = one.Tensor($"order_{(char)('a' + i)}").View([1, -1]);
            one.Expect($"mask_{(char)('a' + i)}", Masks.Tube(order, frames[i], ratios[i])[0]);
        }
    }

    private static void VideoMaeTargets(VectorCase one)
    {
        var (clip, patch, tubelet) = (one.Tensor("clip"), (int)one.Option("patch"), (int)one.Option("tubelet"));
        var targets = VideoMaePretraining.Targets(clip, patch, tubelet);
        one.Expect("normalised", targets);
        one.Expect("first_tubelet", targets[0, 0]);
        one.Expect("second_tubelet", targets[0, 1]);
        one.Expect("raw", VideoMaePretraining.Targets(clip, patch, tubelet, normalise: false));
    }

    private static void MaeTargets(VectorCase one)
    {
        var (image, patch) = (one.Tensor("image"), (int)one.Option("patch"));
        var targets = MaskedAutoencoder.Targets(image, patch);
        one.Expect("normalised", targets);
        one.Expect("first_patch", targets[0, 0]);
        var raw = MaskedAutoencoder.Targets(image, patch, normalise: false);
        var constant = raw.Var([2], 0).Flatten().ArgMin().Item<long>();
        one.Expect("constant_patch", targets.Flatten(0, 1)[(int)constant]);
        one.Expect("raw", raw);
    }

    private static float[] Floats(double[] values) => Array.ConvertAll(values, static value => (float)value);
}
