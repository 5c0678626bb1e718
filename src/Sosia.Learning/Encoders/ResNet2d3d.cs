using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a <see cref="ResNet2d3d"/> is made of.</summary>
/// <param name="Base">Channels of the stem, and of the bottlenecks of the first layer; 64 in the paper, smaller ones are ours.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: 3, 4, 6, 3.</param>
public sealed record ResNet2d3dShape(int Base = 64, IReadOnlyList<int>? Layers = null);

/// <summary>
/// R2D3D-50, the ResNet-50 of CVRL (Qian et al. 2021, 2008.03800) that is flat in its first two layers, as CoCLR builds and names it (code
/// TengdaHan/CoCLR, backbone/resnet_2d3d.py). Time is halved once, in the stem. Stages: stem and pooling, then the four layers.
/// </summary>
public sealed class ResNet2d3d : Encoder
{
    private readonly ConvNorm stem;
    private readonly ModuleList<ResidualBlock>[] layers;

    /// <summary>With the code's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public ResNet2d3d(ResNet2d3dShape shape, Generator? generator = null)
    {
        Width = 8 * Bottleneck.Expansion * shape.Base;
        using (SkipInit.Enter())
        {
            stem = new ConvNorm("conv1", Convolutions.Centred(3, shape.Base, [5, 7, 7], [2, 2, 2]), "bn1", shape.Base).RegisteredBy(Part);
            layers = [.. (shape.Layers ?? [3, 4, 6, 3]).Index().Select(layer =>
                Part($"layer{layer.Index + 1}", new ModuleList<ResidualBlock>(SlowStage.Blocks(BottleneckNames.TorchVision, shape.Base, layer.Index, layer.Item))))];
        }

        ConvolutionInit.HeNormal(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) =>
        FeatureMaps.Along(input, x => SlowStage.Pool(stem.Forward(x).ReluInPlace()), Layer(0), Layer(1), Layer(2), x => LastBeforeRelu(x).ReluInPlace());

    /// <summary>The last layer without its final ReLU, which CoCLR takes out of the block.</summary>
    /// <param name="map">N x C x t x h x w, of the layer before.</param>
    public Tensor LastBeforeRelu(Tensor map) => layers[^1][^1].Sum(layers[^1].SkipLast(1).Aggregate(map, (x, block) => block.Forward(x)));

    private Func<Tensor, Tensor> Layer(int index) => map => layers[index].Aggregate(map, (x, block) => block.Forward(x));
}
