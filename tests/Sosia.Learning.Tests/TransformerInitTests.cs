using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>Starting values and sizes of the published networks.</summary>
public sealed class TransformerInitTests
{
    [Fact]
    public void A_timesformer_begins_as_published()
    {
        using var scope = TensorScope.Enter();
        using var network = new VideoTransformer(VideoTransformerShape.ThreeDCsl(TransformerSize.Tiny) with { Classes = 7 }, new Generator(1));
        foreach (var (name, tensor) in network.NamedParameters())
        {
            if (name.Contains("temporal_fc", StringComparison.Ordinal) || name == "time_embed") { Bounds(tensor, 0, 0); }
            else if (name.StartsWith("patch_embed", StringComparison.Ordinal)) { Bounds(tensor, 0.9 / Math.Sqrt(768), 1 / Math.Sqrt(768)); }
            else if (tensor.Rank > 1) { Deviation(tensor, 0.02); }
            else { Assert.All(tensor.ToArray<float>(), value => Assert.Equal(name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0, value)); }
        }
    }

    // PyTorch's trunc_normal_ has an outlier of -2 in most networks of this size.
    [Fact]
    public void No_weight_stands_at_the_limit()
    {
        using var scope = TensorScope.Enter();
        for (ulong seed = 0; seed < 4; seed++)
        {
            Bounds(Init.TruncatedNormal(Tensor.Empty([20_000_000]), 0.02, generator: new Generator(seed)), 0.08, 0.12);
        }
    }

    [Fact]
    public void The_head_of_videomae_begins_small()
    {
        using var scope = TensorScope.Enter();
        using var network = new VideoMae(new(TransformerSize.Micro, Classes: 400), new Generator(1));
        Deviation(network.NamedState().Single(e => e.Name == "head.weight").Tensor, 0.02 * 0.001);
    }

    [Fact]
    public void Masked_autoencoders_begin_as_published()
    {
        using var scope = TensorScope.Enter();
        using var video = new VideoMaePretraining(new(TransformerSize.Nano, new(48, 2, 2)), new Generator(1));
        using var image = new MaskedAutoencoder(new(TransformerSize.Nano, new(48, 2, 2)), new Generator(1));
        var (v, i) = (State(video), State(image));
        var xavier = Math.Sqrt(6.0 / (96 + 288));

        Bounds(v["mask_token"], 0.01, 0.02);
        Bounds(v["encoder_to_decoder.weight"], 0.9 / Math.Sqrt(96), 1 / Math.Sqrt(96));
        Bounds(v["encoder.blocks.0.attn.qkv.weight"], 0.9 * xavier, xavier);
        Bounds(v["encoder.blocks.0.attn.q_bias"], 0, 0);
        Bounds(v["encoder.patch_embed.proj.weight"], 0.9 / Math.Sqrt(1536), 1 / Math.Sqrt(1536));
        Bounds(i["blocks.3.attn.qkv.weight"], 0.9 * xavier, xavier);
        Bounds(i["patch_embed.proj.weight"], 0.9 * Math.Sqrt(6.0 / (96 + 768)), Math.Sqrt(6.0 / (96 + 768)));
        Bounds(i["cls_token"], 0.02, 0.1);
        Assert.Equal(PositionTables.Sine(14, 14, 96).ToArray<float>(), i["pos_embed"].ToArray<float>());
        Assert.DoesNotContain("pos_embed", image.NamedParameters().Select(p => p.Name));
    }

    [Theory]
    [InlineData("small", 30_548_352)]
    [InlineData("base", 121_258_752)]
    public void The_networks_of_3d_csl_have_the_published_size(string size, long parameters)
    {
        using var skip = SkipInit.Enter();
        using var network = new VideoTransformer(VideoTransformerShape.ThreeDCsl(size == "small" ? TransformerSize.Small : TransformerSize.Base));
        Assert.Equal(parameters, network.CountParameters());
    }

    [Fact]
    public void A_skipped_start_ends_with_its_guard()
    {
        using var scope = TensorScope.Enter();
        using (SkipInit.Enter())
        {
            using (SkipInit.Enter()) { }
            Assert.Equal(5, Init.Uniform(Tensor.Full([1], 5.0), 0, 1).Item());
        }

        Assert.InRange(Init.Uniform(Tensor.Full([1], 5.0), 0, 1).Item(), 0, 1);
    }

    private static Dictionary<string, Tensor> State(Module network) => network.NamedState().ToDictionary(e => e.Name, e => e.Tensor);

    private static void Bounds(Tensor tensor, double least, double most) => Assert.InRange(tensor.Abs().Max().Item(), least - 1e-7, most + 1e-7);

    // Means over many draws: five standard errors.
    private static void Deviation(Tensor tensor, double wanted)
    {
        var deviation = Math.Sqrt(tensor.Square().Mean().Item());
        Assert.InRange(deviation, wanted * (1 - (5 / Math.Sqrt(2.0 * tensor.Count))), wanted * (1 + (5 / Math.Sqrt(2.0 * tensor.Count))));
    }
}
