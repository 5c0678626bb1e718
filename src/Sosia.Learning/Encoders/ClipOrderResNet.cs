using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a <see cref="ClipOrderResNet"/> is made of.</summary>
/// <param name="Factored">Whether every convolution is factored, stem and shortcuts too: R(2+1)D; otherwise R3D.</param>
/// <param name="Base">Channels of stem and first layer, doubling after; 64 in the code, smaller ones are ours.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: one each, 10 layers in all.</param>
public sealed record ClipOrderResNetShape(bool Factored, int Base = 64, IReadOnlyList<int>? Layers = null);

/// <summary>
/// R3D and R(2+1)D of video clip order prediction (Xu et al., CVPR 2019; code xudejing/video-clip-order-prediction, models/r3d.py and r21d.py) under
/// their names. Stages: the stem and the four layers.
/// </summary>
public sealed class ClipOrderResNet : Encoder
{
    private readonly ConvNorm stem;
    private readonly ClipOrderLayer[] layers;

    /// <summary>With the code's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public ClipOrderResNet(ClipOrderResNetShape shape, Generator? generator = null)
    {
        Width = 8 * shape.Base;
        using (SkipInit.Enter())
        {
            stem = new ConvNorm("conv1", ClipOrderLayer.Convolution(shape.Factored, 3, shape.Base, [3, 7, 7], [1, 2, 2]), "bn1", shape.Base).RegisteredBy(Part);
            layers = [.. (shape.Layers ?? [1, 1, 1, 1]).Index().Select(layer => Part($"conv{layer.Index + 2}", new ClipOrderLayer(
                shape.Factored, layer.Item, layer.Index == 0 ? shape.Base : shape.Base << (layer.Index - 1), shape.Base << layer.Index)))];
        }

        ConvolutionInit.FanIn(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) =>
        FeatureMaps.Along(input, [x => stem.Forward(x).ReluInPlace(), .. layers.Select(layer => (Func<Tensor, Tensor>)layer.Forward)]);
}

/// <summary>Blocks of one width: <c>block1</c>, which may halve every size, then <c>blocks.0</c>, <c>blocks.1</c>, ...</summary>
internal sealed class ClipOrderLayer : Module
{
    private readonly ResidualBlock[] blocks;

    public ClipOrderLayer(bool factored, int count, int inputs, int outputs) => blocks =
    [
        Part("block1", Block(factored, inputs, outputs)),
        .. Enumerable.Range(0, count - 1).Select(i => Part($"blocks.{i}", Block(factored, outputs, outputs))),
    ];

    /// <summary>N x inputs x T x H x W.</summary>
    public Tensor Forward(Tensor input) => blocks.Aggregate(input, (x, block) => block.Forward(x));

    /// <summary>A convolution of these networks: factored, or in one piece that is called <c>temporal_spatial_conv</c>.</summary>
    public static ILayer Convolution(bool factored, int inputs, int outputs, long[] kernel, long[] stride) =>
        factored ? new SpatioTemporalConvolution(inputs, outputs, kernel, stride) : new WholeConvolution(inputs, outputs, kernel, stride);

    private static ResidualBlock Block(bool factored, int inputs, int outputs)
    {
        long[] stride = inputs == outputs ? [1, 1, 1] : [2, 2, 2];
        return new ResidualBlock(
            [
                new ConvNorm("conv1", Convolution(factored, inputs, outputs, [3, 3, 3], stride), "bn1", outputs),
                new ConvNorm("conv2", Convolution(factored, outputs, outputs, [3, 3, 3], [1, 1, 1]), "bn2", outputs),
            ],
            inputs == outputs ? null : new ConvNorm("downsampleconv", Convolution(factored, inputs, outputs, [1, 1, 1], stride), "downsamplebn", outputs));
    }

    private sealed class WholeConvolution : Module, ILayer
    {
        private readonly Conv3d convolution;

        public WholeConvolution(int inputs, int outputs, long[] kernel, long[] stride) =>
            convolution = Part("temporal_spatial_conv", Convolutions.Centred(inputs, outputs, kernel, stride));

        public Tensor Forward(Tensor input) => convolution.Forward(input);
    }
}
