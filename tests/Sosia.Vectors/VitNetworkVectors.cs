using System.Text.Json;
using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The networks of <c>vit-backbones</c>: forward block by block, gradients, pre-training, names.</summary>
public static class VitNetworkVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["vit_class_token"] = Image,
        ["vit_mean_pool"] = Image,
        ["vit_tiny_full"] = Image,
        ["timesformer_divided_space_time"] = Video,
        ["timesformer_joint_space_time"] = Video,
        ["timesformer_space_only"] = Video,
        ["timesformer_resized"] = Video,
        ["timesformer_divided_gradients"] = VideoGradients,
        ["videomae_vit"] = VideoMaeEncoder,
        ["videomae_vit_first_token"] = VideoMaeEncoder,
        ["videomae_small_full"] = VideoMaeEncoder,
        ["videomae_pretrain_small"] = VideoMaeTraining,
        ["mae_pretrain_small"] = MaeTraining,
        ["names_vit_tiny_patch16_224"] = ImageNames,
        ["names_vit_small_patch16_224"] = ImageNames,
        ["names_vit_base_patch16_224"] = ImageNames,
        ["names_vit_large_patch16_224"] = ImageNames,
        ["names_vit_base_patch16_224_mean_pool"] = ImageNames,
        ["names_timesformer_base_divided_space_time"] = VideoNames,
        ["names_timesformer_base_joint_space_time"] = VideoNames,
        ["names_timesformer_base_space_only"] = VideoNames,
        ["names_videomae_small"] = VideoMaeNames,
        ["names_videomae_base"] = VideoMaeNames,
        ["names_videomae_large"] = VideoMaeNames,
        ["names_videomae_small_pretrain"] = static one => Names(one, () => new VideoMaePretraining(VideoMaePretrainingShape.Small)),
        ["names_videomae_base_pretrain"] = static one => Names(one, () => new VideoMaePretraining(VideoMaePretrainingShape.Base)),
        ["names_videomae_large_pretrain"] = static one => Names(one, () => new VideoMaePretraining(VideoMaePretrainingShape.Large)),
        ["names_mae_base_pretrain"] = static one => Names(one, () => new MaskedAutoencoder(MaskedAutoencoderShape.Of(TransformerSize.Base))),
    };

    private static void Image(VectorCase one)
    {
        var size = Size(one);
        var input = one.Shape("input");
        using var network = new VisionTransformer(new(size, (int)one.Option("patch"), input[2], input[3], Classes(one), Has(one, "global_pool")));
        network.Load(one.StateTensors());
        network.Eval();
        using var noGrad = NoGrad.Enter();
        one.ExpectEntries(network);
        var tokens = network.Embed(one.Tensor("input"));
        one.Expect("tokens", tokens);
        Blocks(one, tokens, network.Blocks);
        Embedding(one, network.Forward(one.Tensor("input")).Vector, network.Classify);
    }

    private static void Video(VectorCase one)
    {
        var (clips, shape) = (one.Shape("input")[0], VideoShape(one, "input"));
        using var network = new VideoTransformer(shape);
        network.Load(one.StateTensors());
        network.Eval();
        using var noGrad = NoGrad.Enter();
        one.ExpectEntries(network);
        var (classes, patches, frames) = network.Embed(one.Tensor("input"));
        one.Expect("tokens", Together(classes, patches));
        var number = 0;
        network.Encode(classes, patches, frames, (c, y) => one.Expect($"block{number++}", Together(c, y)));
        Embedding(one, network.Forward(one.Tensor("input")).Vector, network.Classify);
    }

    private static void VideoGradients(VectorCase one)
    {
        using var network = new VideoTransformer(VideoShape(one, "clip") with { DropPath = 0 });
        network.Load(one.StateTensors());
        var clip = one.Tensor("clip").RequireGrad();
        var embedding = network.Forward(clip).Vector;
        var loss = (embedding * one.Tensor("r")).Sum();
        loss.Backward();
        one.Expect("embedding", embedding);
        one.Expect("loss", loss);
        one.Expect("grad_clip", clip.Grad!);
        one.ExpectGradients(network);
    }

    private static void VideoMaeEncoder(VectorCase one)
    {
        var pooling = one.Options.TryGetProperty("mean_pool", out var mean) && !mean.GetBoolean() ? VideoMaePooling.First : VideoMaePooling.Mean;
        using var network = new VideoMae(new(Size(one), (int)one.Option("patch"), (int)one.Option("tubelet"), Classes(one), pooling));
        network.Load(one.StateTensors());
        network.Eval();
        using var noGrad = NoGrad.Enter();
        one.ExpectEntries(network);
        var clips = one.Shape("input")[0];
        var tokens = network.Embed(network.Cut(one.Tensor("input"))).View([clips, -1, network.Width]);
        one.Expect("tokens", tokens);
        Blocks(one, tokens, network.Blocks);
        Embedding(one, network.Forward(one.Tensor("input")).Vector, network.Classify);
    }

    private static void VideoMaeTraining(VectorCase one)
    {
        var (patch, tubelet) = ((int)one.Option("patch"), (int)one.Option("tubelet"));
        var decoder = new TransformerSize((int)one.Option("decoder_dim"), (int)one.Option("decoder_depth"), (int)one.Option("decoder_heads"));
        using var network = new VideoMaePretraining(new(Size(one), decoder, patch, tubelet));
        network.Load(one.StateTensors());
        var (clip, hidden) = (one.Tensor("clip"), one.Tensor("mask"));
        var (encoded, prediction) = network.Forward(clip, hidden);
        var pixels = (clip * Channels(one, "rgb_std")) + Channels(one, "rgb_mean");
        var targets = VideoMaePretraining.Targets(pixels, patch, tubelet);
        var loss = VideoMaePretraining.Loss(prediction, targets, hidden);
        loss.Backward();
        var visible = network.Encoder.Embed(network.Encoder.Cut(clip), Masks.Visible(hidden));
        one.Expect("visible", visible.View([2, -1, network.Encoder.Width]));
        one.Expect("encoded", encoded);
        one.Expect("prediction", prediction);
        one.Expect("target", Masks.OfHidden(targets, hidden));
        one.Expect("loss", loss);
        one.ExpectGradients(network);
    }

    private static void MaeTraining(VectorCase one)
    {
        var patch = (int)one.Option("patch");
        var image = one.Tensor("image");
        var decoder = new TransformerSize((int)one.Option("decoder_dim"), (int)one.Option("decoder_depth"), (int)one.Option("decoder_heads"));
        using var network = new MaskedAutoencoder(new(Size(one), decoder, patch, (int)image.Size(2), (int)image.Size(3)));
        network.Load(one.StateTensors());
        var (latent, prediction, hidden) = network.Forward(image, one.Tensor("noise"), one.Option("mask_ratio"));
        var loss = MaskedAutoencoder.Loss(prediction, MaskedAutoencoder.Targets(image, patch), hidden);
        loss.Backward();
        one.Expect("mask", hidden);
        one.Expect("latent", latent);
        one.Expect("prediction", prediction);
        one.Expect("loss", loss);
        one.ExpectGradients(network);
    }

    private static void ImageNames(VectorCase one) =>
        Names(one, () => new VisionTransformer(new(SizeOf(one), Classes: 1000, MeanPool: Has(one, "global_pool"))));

    private static void VideoNames(VectorCase one) =>
        Names(one, () => new VideoTransformer(new VideoTransformerShape(SizeOf(one), Classes: 400) with { Attention = AttentionOf(one) }));

    private static void VideoMaeNames(VectorCase one) => Names(one, () => new VideoMae(new(SizeOf(one), Classes: 400)));

    private static void Names(VectorCase one, Func<Module> make)
    {
        using var skip = SkipInit.Enter();
        using var network = make();
        one.ExpectEntries(network);
    }

    private static void Blocks(VectorCase one, Tensor tokens, IReadOnlyList<TransformerBlock> blocks)
    {
        var x = tokens.Flatten(0, 1);
        foreach (var (i, block) in blocks.Index())
        {
            x = block.Forward(x, tokens.Size(0));
            one.Expect($"block{i}", x.View(tokens.Shape));
        }
    }

    private static void Embedding(VectorCase one, Tensor embedding, Func<Tensor, Tensor> classify)
    {
        one.Expect("embedding", embedding);
        if (one.ExpectedNames.Contains("logits")) { one.Expect("logits", classify(embedding)); }
    }

    private static Tensor Together(Tensor classes, Tensor patches) =>
        Tensor.Cat([classes.Unsqueeze(1), patches.View([classes.Size(0), -1, classes.Size(1)])], 1);

    private static VideoTransformerShape VideoShape(VectorCase one, string input)
    {
        var (patch, sizes) = ((int)one.Option("patch"), one.Shape(input));
        var shape = new VideoTransformerShape(Size(one), patch, sizes[3], sizes[4], sizes[2], AttentionOf(one), Classes(one));
        return !Has(one, "stored_frames") ? shape : shape with
        {
            Height = one.Options.GetProperty("stored_grid")[0].GetInt32() * patch,
            Width = one.Options.GetProperty("stored_grid")[1].GetInt32() * patch,
            Frames = (int)one.Option("stored_frames"),
        };
    }

    private static SpaceTimeAttention AttentionOf(VectorCase one) => one.Options.GetProperty("attention").GetString() switch
    {
        "divided_space_time" => SpaceTimeAttention.Divided,
        "joint_space_time" => SpaceTimeAttention.Joint,
        "space_only" => SpaceTimeAttention.SpaceOnly,
        var other => throw new VectorFileException($"no attention '{other}'"),
    };

    private static TransformerSize Size(VectorCase one) => new((int)one.Option("dim"), (int)one.Option("depth"), (int)one.Option("heads"));

    private static TransformerSize SizeOf(VectorCase one) => one.Options.GetProperty("size").GetString() switch
    {
        "tiny" => TransformerSize.Tiny,
        "small" => TransformerSize.Small,
        "base" => TransformerSize.Base,
        "large" => TransformerSize.Large,
        var other => throw new VectorFileException($"no size '{other}'"),
    };

    private static int Classes(VectorCase one) => Has(one, "classes") ? (int)one.Option("classes") : 0;

    private static bool Has(VectorCase one, string option) => one.Options.ValueKind == JsonValueKind.Object && one.Options.TryGetProperty(option, out _);

    private static Tensor Channels(VectorCase one, string option) =>
        Tensor.Of(one.Options.GetProperty(option).EnumerateArray().Select(static v => v.GetSingle()).ToArray(), 1, 3, 1, 1, 1);
}
