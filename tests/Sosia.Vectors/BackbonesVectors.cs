using System.Text.Json;
using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>backbones</c>: layers and blocks. Networks are in <see cref="BackboneNetworkVectors"/>.</summary>
public static class BackbonesVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>(BackboneNetworkVectors.Cases)
    {
        ["conv3d"] = Convolution,
        ["max_pool3d"] = Pooling,
        ["max_pool3d_same"] = SamePools,
        ["same_padding_amounts"] = SameAmounts,
        ["batch_norm_train_a"] = Norm,
        ["batch_norm_train_b"] = Norm,
        ["batch_norm_eval_b"] = Norm,
        ["self_gating"] = Gating,
        ["r2plus1d_midplanes"] = Middles,
        ["s3d_mixed_3b"] = static one => Block(one, "Mixed_3b.", Separable(gated: false, "3b")),
        ["s3dg_mixed_3b"] = static one => Block(one, "Mixed_3b.", Separable(gated: true, "3b")),
        ["s3d_torchvision_mixed_5c"] = TorchVisionBlock,
        ["s3dg_from_mixed_4f"] = FromMixed4f,
        ["i3d_mixed_3c"] = static one => Block(one, "Mixed_3c.", Full(I3dPort.Piergiaj, "3c")),
        ["i3d_tf_ports_mixed_4b"] = static one => Block(one, "mixed_4b.", Full(I3dPort.TensorFlowPadding, "4b")),
    });

    private static void Convolution(VectorCase one)
    {
        using var convolution = new Conv3d(3, 4, [3, 2, 5], Numbers(one, "stride"), Numbers(one, "padding"));
        convolution.Load([("weight", one.Tensor("weight")), ("bias", one.Tensor("bias"))]);
        var x = one.Tensor("x").RequireGrad();
        Weighted(one, x, convolution.Forward(x));
        one.Expect("grad_weight", convolution.Weight.Grad!);
        one.Expect("grad_bias", convolution.Bias!.Grad!);
    }

    private static void Pooling(VectorCase one)
    {
        var x = one.Tensor("x").RequireGrad();
        Weighted(one, x, MaxPool.Of(x, Cube("kernel"), Cube("stride"), Cube("padding")));

        long[] Cube(string option) => [(long)one.Option(option), (long)one.Option(option), (long)one.Option(option)];
    }

    private static void SamePools(VectorCase one)
    {
        var (kernel, stride) = ((long)one.Option("kernel"), (long)one.Option("stride"));
        one.Expect("size_dependent", Pool(SameRule.SizeDependent));
        one.Expect("fixed_ceil", Pool(SameRule.Fixed));

        Tensor Pool(SameRule rule) => SamePadding.MaxPool(rule, one.Tensor("x"), [kernel, kernel, kernel], [stride, stride, stride]);
    }

    private static void SameAmounts(VectorCase one)
    {
        var rows = one.Integers("rows").Chunk(3).ToArray();
        one.Expect("size_dependent", Amounts(SameRule.SizeDependent));
        one.Expect("fixed", Amounts(SameRule.Fixed));

        long[] Amounts(SameRule rule) => [.. rows.Select(row => SamePadding.Amounts(rule, row[0], row[1], row[2])).SelectMany(static both => new[] { both.Front, both.Back })];
    }

    private static void Norm(VectorCase one)
    {
        using var norm = new BatchNorm(3, one.Option("eps"), one.Option("momentum"));
        norm.Load(one.StateTensors("bn."));
        norm.Train(one.Option("training") != 0);
        var x = one.Tensor("x").RequireGrad();
        Weighted(one, x, norm.Forward(x));
        one.Expect("grad_weight", norm.Weight!.Grad!);
        one.Expect("grad_bias", norm.Bias!.Grad!);
        one.ExpectAfter(norm, "after:bn.");
    }

    private static void Gating(VectorCase one)
    {
        using var gate = new FeatureGate(5);
        gate.Load(one.StateTensors("gating."));
        one.Expect("y", gate.Forward(one.Tensor("x")));
    }

    private static void Middles(VectorCase one)
    {
        var pairs = one.Integers("pairs").Chunk(2).ToArray();
        one.Expect("k3", [.. pairs.Select(pair => (long)FactoredConvolution.Middle(pair[0], pair[1]))]);
        one.Expect("vcop", [.. pairs.SelectMany(pair => new (int Time, int Space)[] { (3, 3), (3, 7), (1, 1) }
            .Select(kernel => (long)FactoredConvolution.Middle(pair[0], pair[1], kernel.Time, kernel.Space)))]);
    }

    private static void TorchVisionBlock(VectorCase one)
    {
        using var block = Separable(gated: false, "5c", S3dShape.TensorFlowNorm);
        Evaluated(block, Sosia.Learning.Import.PublishedNames.S3dTorchVision(one.StateTensors()).State
            .Select(static entry => (entry.Name["Mixed_5c.".Length..], entry.Tensor)));
        one.Expect("out", block.Forward(one.Tensor("x")));
    }

    private static void FromMixed4f(VectorCase one)
    {
        using var mixed4f = Evaluated(Separable(gated: true, "4f"), one.StateTensors("Mixed_4f."));
        using var mixed5b = Evaluated(Separable(gated: true, "5b"), one.StateTensors("Mixed_5b."));
        using var mixed5c = Evaluated(Separable(gated: true, "5c"), one.StateTensors("Mixed_5c."));
        using var noGrad = NoGrad.Enter();
        var first = mixed4f.Forward(one.Tensor("x"));
        var second = mixed5b.Forward(S3d.Pool(first, [2, 2, 2], [2, 2, 2]));
        var features = FeatureMaps.Of([first, second, mixed5c.Forward(second)]);
        one.Expect("mixed_4f", first);
        one.Expect("mixed_5b", second);
        one.Expect("mixed_5c", features.Map!);
        one.Expect("embedding", features.Vector);
    }

    private static void Block(VectorCase one, string prefix, InceptionBlock block)
    {
        using var loaded = Evaluated(block, one.StateTensors(prefix));
        one.Expect("out", loaded.Forward(one.Tensor("x")));
    }

    private static InceptionBlock Separable(bool gated, string name, NormConstants? norm = null)
    {
        var (_, inputs, widths) = Inception.Blocks(Inception.Base).Single(block => block.Name == name);
        return S3d.Block(new S3dShape(gated, Norm: norm), inputs, widths);
    }

    private static InceptionBlock Full(I3dPort port, string name)
    {
        var (_, inputs, widths) = Inception.Blocks(Inception.Base).Single(block => block.Name == name);
        return I3d.Block(port, inputs, widths);
    }

    private static InceptionBlock Evaluated(InceptionBlock block, IEnumerable<(string Name, Tensor Tensor)> state)
    {
        block.Load(state);
        block.Eval();
        return block;
    }

    // The loss of these cases: the sum of the output times r.
    private static void Weighted(VectorCase one, Tensor x, Tensor y)
    {
        (y * one.Tensor("r")).Sum().Backward();
        one.Expect("y", y);
        one.Expect("grad_x", x.Grad!);
    }

    private static long[] Numbers(VectorCase one, string option) => [.. one.Options.GetProperty(option).EnumerateArray().Select(static n => n.GetInt64())];
}
