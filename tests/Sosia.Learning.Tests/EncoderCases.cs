using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>An encoder that every test of encoders walks over.</summary>
/// <param name="Make">From a generator.</param>
/// <param name="Input">What it takes: two of it.</param>
/// <param name="Tokens">Tokens of each; 0: none.</param>
/// <param name="DropsPaths">Whether training leaves out branches.</param>
/// <param name="Half">How far half precision may be off, as a share of the largest number.</param>
/// <param name="Idle">Parameters that the vector does not depend on.</param>
public sealed record EncoderCase(Func<Generator?, Encoder> Make, long[] Input, int Tokens, bool DropsPaths = false, double Half = 0.1, params string[] Idle)
{
    /// <summary>Channels, times, rows and columns of each stage; none where the encoder is a transformer.</summary>
    public long[][] Stages { get; init; } = [];
}

public static class EncoderCases
{
    private static readonly TransformerSize Size = new(24, 2, 3);

    private static readonly VideoTransformerShape Video = new(Size, Patch: 8, Height: 16, Width: 24, Frames: 4, DropPath: 0.5);

    public static IReadOnlyDictionary<string, EncoderCase> All { get; } = new Dictionary<string, EncoderCase>
    {
        ["vit"] = new(static g => new VisionTransformer(new(Size, 8, 16, 24), g), [2, 3, 16, 24], 7),
        ["vit mean"] = new(static g => new VisionTransformer(new(Size, 8, 16, 24, MeanPool: true, DropPath: 0.5), g), [2, 3, 16, 24], 7, true),
        ["vit layer scale"] = new(static g => new VisionTransformer(new(Size, 8, 16, 24, LayerScale: 0.1), g), [2, 3, 16, 24], 7),
        ["timesformer divided"] = new(static g => new VideoTransformer(Video, g), [2, 3, 4, 16, 24], 25, true),
        ["timesformer divided, mean"] = new(static g => new VideoTransformer(Video with { MeanPool = true }, g), [2, 3, 4, 16, 24], 25, true),
        ["timesformer joint"] = new(static g => new VideoTransformer(Video with { Attention = SpaceTimeAttention.Joint }, g), [2, 3, 4, 16, 24], 25, true),
        ["timesformer space"] = new(static g => new VideoTransformer(Video with { Attention = SpaceTimeAttention.SpaceOnly }, g), [2, 3, 4, 16, 24], 7, true),
        ["timesformer resized"] = new(static g => new VideoTransformer(Video with { DropPath = 0 }, g), [2, 3, 3, 24, 24], 28),
        ["timesformer, another grid of as many places"] = new(static g => new VideoTransformer(Video with { DropPath = 0 }, g), [2, 3, 4, 24, 16], 25),
        ["timesformer, one column"] = new(static g => new VideoTransformer(Video with { DropPath = 0 }, g), [2, 3, 1, 16, 8], 3),
        ["videomae mean"] = new(static g => new VideoMae(new(Size, 8, DropPath: 0.5), g), [2, 3, 4, 16, 24], 12, true),
        ["videomae first"] = new(static g => new VideoMae(new(Size, 8, Pooling: VideoMaePooling.First), g), [2, 3, 4, 16, 24], 12),
        ["videomae normalised mean"] = new(
            static g => new VideoMae(new(Size, 8, Pooling: VideoMaePooling.MeanOfNormalised, LayerScale: 0.1), g), [2, 3, 4, 16, 24], 12),
        ["videomae mean as is"] = new(
            static g => new VideoMae(new(new(48, 2, 3), 8, Pooling: VideoMaePooling.MeanAsIs, Positions: VideoMaePositions.Grid), g), [2, 3, 4, 16, 24], 12, Idle: ["norm.weight", "norm.bias"]),
        ["clip-trunk"] = new(static g => Trunk(g, timeDepth: 0), [2, 3, 2, 64, 64], 0, Half: 0.25),
        ["r3d"] = Convolutional(
            static g => new VideoResNet(new(VideoResNetKind.R3d, 4, [1, 2, 1, 1]), g), [4, 18, 13], [4, 4, 9, 7], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["mc3"] = Convolutional(
            static g => new VideoResNet(new(VideoResNetKind.Mc3, 4, [1, 1, 1, 1]), g), [3, 18, 13], [4, 3, 9, 7], [4, 3, 9, 7], [8, 3, 5, 4], [16, 3, 3, 2], [32, 3, 2, 1]),
        ["r2plus1d"] = Convolutional(
            static g => new VideoResNet(new(VideoResNetKind.R2Plus1d, 4, [1, 2, 1, 1]), g), [4, 18, 13], [4, 4, 9, 7], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["c3d"] = Convolutional(static g => new C3d(new(4), g), [9, 16, 18], [4, 9, 16, 18], [8, 9, 8, 9], [16, 4, 4, 4], [32, 2, 2, 2], [32, 1, 1, 1]),
        ["r3d clip order"] = Convolutional(
            static g => new ClipOrderResNet(new(Factored: false, 4, [1, 1, 3, 1]), g), [4, 18, 13], [4, 4, 9, 7], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["r21d clip order"] = Convolutional(
            static g => new ClipOrderResNet(new(Factored: true, 4, [1, 1, 2, 1]), g), [4, 18, 13], [4, 4, 9, 7], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["resnet3d 10"] = Convolutional(
            static g => new ResNet3d(new(10, Widen: 1 / 16.0), g), [8, 36, 26], [4, 8, 18, 13], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["resnet3d 18, shortcut A"] = Convolutional(
            static g => new ResNet3d(new(18, 3, 2, NoMaxPool: true, 1 / 16.0, ResNetShortcut.A), g), [8, 18, 13], [4, 4, 9, 7], [4, 4, 9, 7], [8, 2, 5, 4], [16, 1, 3, 2], [32, 1, 2, 1]),
        ["resnet3d 50"] = Convolutional(
            static g => new ResNet3d(new(50, Widen: 1 / 16.0), g), [8, 36, 26], [4, 8, 18, 13], [16, 4, 9, 7], [32, 2, 5, 4], [64, 1, 3, 2], [128, 1, 2, 1]),
        ["r2d3d"] = Convolutional(
            static g => new ResNet2d3d(new(4, [1, 1, 1, 2]), g), [5, 36, 26], [4, 3, 9, 7], [16, 3, 9, 7], [32, 3, 5, 4], [64, 3, 3, 2], [128, 3, 2, 1]),
        ["slow"] = Convolutional(
            static g => new SlowResNet(new(4, [1, 1, 1, 2]), g), [3, 36, 26], [4, 3, 9, 7], [16, 3, 9, 7], [32, 3, 5, 4], [64, 3, 3, 2], [128, 3, 2, 1]),
        ["s3d"] = Convolutional(
            static g => new S3d(new(Base: 16), g), [8, 34, 32], [16, 4, 17, 16], [48, 4, 9, 8], [120, 4, 5, 4], [208, 2, 3, 2], [256, 1, 1, 1]),
        ["s3d slow"] = Convolutional(
            static g => new S3d(new(Slow: true, Base: 16, Norm: S3dShape.TensorFlowNorm), g), [4, 34, 32], [16, 4, 17, 16], [48, 4, 9, 8], [120, 4, 5, 4], [208, 2, 3, 2], [256, 1, 1, 1]),
        ["s3dg"] = Convolutional(
            static g => new S3d(new(Gated: true, Base: 16), g), [8, 34, 32], [16, 4, 17, 16], [48, 4, 9, 8], [120, 4, 5, 4], [208, 2, 3, 2], [256, 1, 1, 1]),
        ["i3d"] = Convolutional(
            static g => new I3d(new(Base: 16), g), [7, 35, 32], [16, 4, 18, 16], [48, 4, 9, 8], [120, 4, 5, 4], [208, 2, 3, 2], [256, 1, 2, 1]),
        ["i3d, fixed padding"] = Convolutional(
            static g => new I3d(new(I3dPort.TensorFlowPadding, 16), g), [7, 35, 32], [16, 3, 17, 16], [48, 3, 9, 8], [120, 3, 5, 4], [208, 2, 3, 2], [256, 1, 2, 1]),
        ["clip-trunk over time"] = new(static g => Trunk(g, timeDepth: 1), [2, 3, 2, 64, 64], 0, Half: 0.25),
    };

    public static TheoryData<string> Names { get; } = [.. All.Keys];

    public static Tensor Input(this EncoderCase one, ulong seed = 7) => Tensor.Randn(one.Input, new Generator(seed));

    // Two clips of the given times, rows and columns.
    private static EncoderCase Convolutional(Func<Generator?, Encoder> make, long[] clip, params long[][] stages) => new(make, [2, 3, .. clip], 0) { Stages = stages };

    // It draws from the default generator, as what it begins with is trained already.
    private static ClipTrunk Trunk(Generator? generator, int timeDepth)
    {
        using var scope = TensorScope.Enter();
        if (generator is not null)
        {
            Generator.Seed((ulong)(1e6 * Tensor.Rand([1], generator).Item()));
        }

        return new ClipTrunk(new ClipTrunkShape(24, 3, 8, timeDepth, 2));
    }
}
