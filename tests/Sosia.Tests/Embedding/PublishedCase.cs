using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Tests.Embedding;

using State = IReadOnlyList<(string Name, Tensor Tensor)>;

/// <summary>A small network of a kind, its file as the authors publish such, and what they show to it.</summary>
internal sealed record PublishedCase(
    string Name, string Kind, Func<Generator, Encoder> Network, Func<Encoder, IReadOnlyList<(string Key, State State)>> Parts, ClipSampling Sampling, PixelNormalisation Pixels)
{
    private static readonly TransformerSize Small = new(16, 2, 1);

    /// <summary>What the imported network must be, where it is not the one of the file.</summary>
    public Func<Encoder, Encoder> Expected { get; init; } = network => network;

    public static IReadOnlyList<PublishedCase> All { get; } =
    [
        new("3d-csl", "3d-csl", TimeSformer, Below("state_dict", "feature_extractor.model.", "feature_extractor.model.head.weight"), ClipSampling.ThreeDCsl, PixelNormalisation.Centred),
        new("fame-i3d", "fame", g => new I3d(new(I3dPort.TensorFlowPadding, 4), g), Fame, new(16, 12.5, 224), PixelNormalisation.Kinetics),
        new("fame-r2plus1d", "fame", g => new VideoResNet(new(VideoResNetKind.R2Plus1d, 4, [1, 2, 1, 1]), g), Fame, new(16, 12.5, 112), PixelNormalisation.Kinetics),
        new("svt", "svt", TimeSformer, Svt, new(8, 0.9375, 224), PixelNormalisation.ImageNet),
        new("svt-published", "svt", TimeSformer, Top("backbone.", "head.last_layer.weight_g"), new(8, 0.9375, 224), PixelNormalisation.ImageNet),
        new("carl", "carl", Carl, Below("model_state", "", "ssl_projection.net.0.weight"), new(80, 10, 224), PixelNormalisation.ImageNet),
        new("mvd", "mvd", g => Tubelets(VideoMaePooling.MeanAsIs, VideoMaePositions.Grid, g), Mvd, new(16, 7.5, 224), PixelNormalisation.ImageNet),
        new("slic", "slic", g => new ResNet3d(new ResNet3dShape(10, NoMaxPool: true) { Widths = [4, 6, 10, 12] }, g), Below("state_dict", "module.", "module.fc1.weight"), new(16, 25, 128), PixelNormalisation.ImageNet),
        new("videomae-pretrained", "videomae", g => Tubelets(VideoMaePooling.MeanOfNormalised, VideoMaePositions.Flat, g), Below("model", "encoder.", "decoder.head.weight"), new(16, 7.5, 224), PixelNormalisation.ImageNet),
        new("videomae-tuned", "videomae", g => Tubelets(VideoMaePooling.Mean, VideoMaePositions.Flat, g), Below("module", "", "head.weight"), new(16, 7.5, 224), PixelNormalisation.ImageNet),
        new("timesformer", "timesformer", TimeSformer, Below("model_state", "model.", "model.head.weight"), new(8, 0.9375, 224), PixelNormalisation.TimeSformer),
        new("mae", "mae", g => Vit(new(Small, 32), g), Below("model", "", "decoder_pos_embed"), new(1, 1, 224), PixelNormalisation.ImageNet),
        new("vit", "vit", g => Vit(new(Small, 32, MeanPool: true), g), Top("", "head.weight"), new(1, 1, 224), PixelNormalisation.Centred),
        Dino("dinov2", registers: 0, PositionResize.DinoV2),
        Dino("dinov2-registers", registers: 4, PositionResize.DinoV2Registers),
    ];

    public static PublishedCase Named(string name) => All.Single(one => one.Name == name);

    private static PublishedCase Dino(string name, int registers, PositionResize resize)
    {
        var published = new VisionTransformerShape(Small, 14, 518, 518, LayerScale: 1, Registers: registers);
        return new(name, "dinov2", g => Vit(published, g), DinoFile, new(1, 1, 224), PixelNormalisation.ImageNet)
        {
            Expected = network =>
            {
                var smaller = Vit(published with { Height = 224, Width = 224 }, null);
                Importer.Load(smaller, new PublishedState([.. network.NamedState()], [], []), resize: resize);
                return smaller;
            },
        };
    }

    private static VideoTransformer TimeSformer(Generator generator)
    {
        var network = new VideoTransformer(new(Small, Patch: 32), generator);
        using var noGrad = NoGrad.Enter();
        foreach (var (_, tensor) in network.NamedParameters().Where(entry => entry.Name.Contains("temporal_fc.weight", StringComparison.Ordinal)))
        {
            tensor.UniformInPlace(-0.5, 0.5, generator); // at its start it is 0, and hides what comes before it
        }

        return network;
    }

    private static VideoMae Tubelets(VideoMaePooling pooling, VideoMaePositions positions, Generator generator) =>
        new(new(Small, 32, Pooling: pooling, Positions: positions), generator);

    private static VisionTransformer Vit(VisionTransformerShape shape, Generator? generator) => new(shape, generator);

    private static FrameSequenceEncoder Carl(Generator generator) => new(
        new() { Backbone = new([1, 1, 1, 2], 4), Inner = 12, Hidden = 32, Heads = 1, FeedForward = 24, Layers = 2, Embedding = 10 }, generator);

    private static List<(string, State)> Fame(Encoder network) =>
        [("state_dict", [.. Named(network, "module.encoder_q."), .. Named(network, "module.encoder_k."), .. Beside("module.encoder_q.id_head.0.weight"), .. Beside("module.queue")])];

    // A checkpoint of a training: the student is another network.
    private static List<(string, State)> Svt(Encoder network) =>
    [
        ("student", [.. Named(network, "module.backbone.").Select(entry => (entry.Name, entry.Tensor + 1))]),
        ("teacher", [.. Named(network, "backbone."), .. Beside("head.mlp.0.weight")]),
        ("dino_loss", Beside("center")),
    ];

    private static List<(string, State)> Mvd(Encoder network) => [("model", [.. Named(new MvdStudent((VideoMae)network, new(new(16, 1, 2), 5, 7)), "")])];

    private static List<(string, State)> DinoFile(Encoder network) =>
    [
        ("", [.. Named(network, "").Select(entry => (DinoName(entry.Name), entry.Tensor)), .. Beside("mask_token")]),
    ];

    private static string DinoName(string name) => name.Replace("gamma_1", "ls1.gamma", StringComparison.Ordinal).Replace("gamma_2", "ls2.gamma", StringComparison.Ordinal);

    private static Func<Encoder, IReadOnlyList<(string, State)>> Below(string key, string prefix, string beside) => network => [(key, [.. Named(network, prefix), .. Beside(beside)])];

    private static Func<Encoder, IReadOnlyList<(string, State)>> Top(string prefix, string beside) => Below("", prefix, beside);

    private static IEnumerable<(string Name, Tensor Tensor)> Named(Module network, string prefix) => network.NamedState().Select(entry => (prefix + entry.Name, entry.Tensor));

    private static State Beside(string name) => [(name, Tensor.Zeros([1]))];
}
