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
public sealed record EncoderCase(Func<Generator?, Encoder> Make, long[] Input, int Tokens, bool DropsPaths = false, double Half = 0.1, params string[] Idle);

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
        ["clip-trunk over time"] = new(static g => Trunk(g, timeDepth: 1), [2, 3, 2, 64, 64], 0, Half: 0.25),
    };

    public static TheoryData<string> Names { get; } = [.. All.Keys];

    public static Tensor Input(this EncoderCase one, ulong seed = 7) => Tensor.Randn(one.Input, new Generator(seed));

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
