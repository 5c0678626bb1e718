using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a <see cref="SlowResNet"/> is made of.</summary>
/// <param name="Base">Channels of the stem, and of the bottlenecks of the first stage; 64 in the paper, smaller ones are ours.</param>
/// <param name="Layers">Blocks of each of the four stages; nothing: 3, 4, 6, 3.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
public sealed record SlowResNetShape(int Base = 64, IReadOnlyList<int>? Layers = null, int Classes = 0);

/// <summary>
/// SlowOnly ResNet-50: the slow pathway of SlowFast (Feichtenhofer et al. 2019, 1812.03982, table 1), which never shrinks time, under pytorchvideo's names
/// (models/resnet.py). The head classifies the mean (ours at sizes other than 8x224x224). Stages: stem and pooling, then the four of the paper.
/// </summary>
public sealed class SlowResNet : Encoder
{
    private static readonly BottleneckNames Names = new(
        ["branch2.conv_a", "branch2.conv_b", "branch2.conv_c"], ["branch2.norm_a", "branch2.norm_b", "branch2.norm_c"], "branch1_conv", "branch1_norm");

    private readonly ConvNormRelu stem;
    private readonly ModuleList<ResidualBlock>[] stages;
    private readonly Linear? head;

    /// <summary>With the code's starting values: each bottleneck begins as its shortcut, as its last norm is 0.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public SlowResNet(SlowResNetShape shape, Generator? generator = null)
    {
        Width = 8 * Bottleneck.Expansion * shape.Base;
        using (SkipInit.Enter())
        {
            stem = Part("blocks.0", new ConvNormRelu(new ConvNorm("conv", Convolutions.Centred(3, shape.Base, [1, 7, 7], [1, 2, 2]), "norm", shape.Base)));
            stages = [.. (shape.Layers ?? [3, 4, 6, 3]).Index().Select(stage =>
                Part($"blocks.{stage.Index + 1}.res_blocks", new ModuleList<ResidualBlock>(SlowStage.Blocks(Names, shape.Base, stage.Index, stage.Item))))];
            head = shape.Classes > 0 ? Part("blocks.5.proj", new Linear(Width, shape.Classes)) : null;
        }

        ConvolutionInit.HeNormal(this, generator);
        ConvolutionInit.NormalLinear(this, generator);
        foreach (var block in stages.SelectMany(blocks => blocks))
        {
            Init.Constant(block.LastNorm.Weight!, 0);
        }
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => FeatureMaps.Along(
        input,
        [x => SlowStage.Pool(stem.Forward(x)), .. stages.Select(blocks => (Func<Tensor, Tensor>)(x => blocks.Aggregate(x, (map, block) => block.Forward(map))))]);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);
}

/// <summary>What <see cref="SlowResNet"/> and <see cref="ResNet2d3d"/> share: convolutions over space, and over time in the last two stages alone.</summary>
internal static class SlowStage
{
    /// <summary>Bottlenecks kt x 1 x 1, 1x3x3, 1x1x1; the first halves height and width in all stages but the first.</summary>
    /// <param name="names">Of their parts.</param>
    /// <param name="width">Of the middle in the first stage.</param>
    /// <param name="stage">From 0.</param>
    /// <param name="count">Blocks.</param>
    public static IEnumerable<ResidualBlock> Blocks(BottleneckNames names, int width, int stage, int count)
    {
        var (middle, time) = (width << stage, stage < 2 ? 1 : 3);
        var outputs = middle * Bottleneck.Expansion;
        return Enumerable.Range(0, count).Select(i => (i, stage) switch
        {
            (0, 0) => Block(width, 1),
            (0, _) => Block(outputs / 2, 2),
            _ => Block(outputs, 1),
        });

        ResidualBlock Block(int inputs, int stride) => Bottleneck.Build(names, inputs, middle, ([time, 1, 1], [1, 3, 3]), [1, stride, stride]);
    }

    /// <summary>Halves height and width.</summary>
    public static Tensor Pool(Tensor map) => MaxPool.Of(map, [1, 3, 3], [1, 2, 2], [0, 1, 1]);
}
