using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Channels of the four branches of an Inception block.</summary>
/// <param name="Plain">Of the branch that is one convolution.</param>
/// <param name="Narrow1">Of the second branch before its 3-convolution.</param>
/// <param name="Wide1">After it.</param>
/// <param name="Narrow2">Of the third branch before its 3-convolution.</param>
/// <param name="Wide2">After it.</param>
/// <param name="Pooled">Of the branch that pools first.</param>
internal sealed record InceptionWidths(int Plain, int Narrow1, int Wide1, int Narrow2, int Wide2, int Pooled)
{
    public int Sum => Plain + Wide1 + Wide2 + Pooled;

    public InceptionWidths Scaled(Func<int, int> scale) => new(scale(Plain), scale(Narrow1), scale(Wide1), scale(Narrow2), scale(Wide2), scale(Pooled));
}

/// <summary>Names of the units of an Inception block.</summary>
internal sealed record InceptionNames(string Plain, string Narrow1, string Wide1, string Narrow2, string Wide2, string Pooled);

/// <summary>The frame that S3D and I3D share: Inception-v1 (Szegedy et al. 2015, 1409.4842, table 1) over clips.</summary>
internal static class Inception
{
    /// <summary>Channels of the stem in the paper; with another base all widths are scaled (ours).</summary>
    public const int Base = 64;

    /// <summary>Last parts of the names of the blocks, and their widths.</summary>
    private static readonly (string Name, InceptionWidths Widths)[] Table =
    [
        ("3b", new(64, 96, 128, 16, 32, 32)),
        ("3c", new(128, 128, 192, 32, 96, 64)),
        ("4b", new(192, 96, 208, 16, 48, 64)),
        ("4c", new(160, 112, 224, 24, 64, 64)),
        ("4d", new(128, 128, 256, 24, 64, 64)),
        ("4e", new(112, 144, 288, 32, 64, 64)),
        ("4f", new(256, 160, 320, 32, 128, 128)),
        ("5b", new(256, 160, 320, 32, 128, 128)),
        ("5c", new(384, 192, 384, 48, 128, 128)),
    ];

    /// <summary>A width of the paper in a network of another base.</summary>
    public static int Scaled(int width, int to) => Math.Max(1, width * to / Base);

    /// <summary>The mixed blocks with their inputs, in order.</summary>
    public static IEnumerable<(string Name, int Inputs, InceptionWidths Widths)> Blocks(int to)
    {
        var inputs = Scaled(192, to);
        foreach (var (name, widths) in Table)
        {
            var scaled = widths.Scaled(width => Scaled(width, to));
            yield return (name, inputs, scaled);
            inputs = scaled.Sum;
        }
    }

    /// <summary>Clips through the network; its stages are the 7-convolution, the 3-convolution before the blocks, and blocks 3c, 4f and 5c.</summary>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <param name="first">The 7-convolution.</param>
    /// <param name="second">The 1-convolution and the 3-convolution.</param>
    /// <param name="mixed">The nine blocks.</param>
    /// <param name="pool">Takes a map, kernel and stride.</param>
    public static Features Forward(
        Tensor clips, Func<Tensor, Tensor> first, Func<Tensor, Tensor> second, InceptionBlock[] mixed, Func<Tensor, long[], long[], Tensor> pool) => FeatureMaps.Along(
        clips,
        first,
        x => second(pool(x, [1, 3, 3], [1, 2, 2])),
        x => Through(pool(x, [1, 3, 3], [1, 2, 2]), mixed[..2]),
        x => Through(pool(x, [3, 3, 3], [2, 2, 2]), mixed[2..7]),
        x => Through(pool(x, [2, 2, 2], [2, 2, 2]), mixed[7..]));

    private static Tensor Through(Tensor map, InceptionBlock[] blocks) => blocks.Aggregate(map, (x, block) => block.Forward(x));
}

/// <summary>A mixed block: four branches side by side, perhaps gated.</summary>
internal sealed class InceptionBlock : Module, ILayer
{
    private readonly ConvNormRelu[][] branches;
    private readonly FeatureGate[] gates;
    private readonly Func<Tensor, Tensor> pool;

    /// <summary>A block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="widths">Channels of the branches.</param>
    /// <param name="names">Of the units.</param>
    /// <param name="unit">Makes one from inputs, outputs and kernel, which is 1 or 3.</param>
    /// <param name="pool">3x3x3 without stride.</param>
    /// <param name="gated">Whether each branch has a gate.</param>
    public InceptionBlock(int inputs, InceptionWidths widths, InceptionNames names, Func<int, int, int, ConvNormRelu> unit, Func<Tensor, Tensor> pool, bool gated = false)
    {
        this.pool = pool;
        branches =
        [
            [Part(names.Plain, unit(inputs, widths.Plain, 1))],
            [Part(names.Narrow1, unit(inputs, widths.Narrow1, 1)), Part(names.Wide1, unit(widths.Narrow1, widths.Wide1, 3))],
            [Part(names.Narrow2, unit(inputs, widths.Narrow2, 1)), Part(names.Wide2, unit(widths.Narrow2, widths.Wide2, 3))],
            [Part(names.Pooled, unit(inputs, widths.Pooled, 1))],
        ];
        int[] outputs = [widths.Plain, widths.Wide1, widths.Wide2, widths.Pooled];
        gates = gated ? [.. outputs.Select((width, i) => Part($"gating_b{i}", new FeatureGate(width)))] : [];
    }

    /// <summary>N x inputs x T x H x W to N x the sum of the branches x T x H x W.</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Enter();
        var outputs = branches.Select((branch, i) => branch.Aggregate(i == 3 ? pool(input) : input, (x, unit) => unit.Forward(x)));
        return scope.Keep(Tensor.Cat([.. gates.Length == 0 ? outputs : outputs.Zip(gates, (x, gate) => gate.Forward(x))], 1));
    }
}

/// <summary>Feature gating of S3D-G (Xie et al. 2018, 1712.04851, section 4.4): the mean over time and space says how much of each channel passes.</summary>
internal sealed class FeatureGate : Module, ILayer
{
    private readonly Linear fc;

    public FeatureGate(int channels) => fc = Part("fc", new Linear(channels, channels));

    /// <summary>N x C x T x H x W.</summary>
    public Tensor Forward(Tensor input) => input * fc.Forward(input.Mean([2, 3, 4])).Sigmoid().View([input.Size(0), -1, 1, 1, 1]);
}
