using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Which convolutions a <see cref="VideoResNet"/> has.</summary>
public enum VideoResNetKind
{
    /// <summary>3x3x3 everywhere.</summary>
    R3d,

    /// <summary>3x3x3 in the first layer, then 1x3x3: time never shrinks.</summary>
    Mc3,

    /// <summary>R(2+1)D: 1x3x3 then 3x1x1 everywhere.</summary>
    R2Plus1d,
}

/// <summary>What a <see cref="VideoResNet"/> is made of.</summary>
/// <param name="Kind">Its convolutions.</param>
/// <param name="Base">Channels of stem and first layer, doubling after; 64 in the paper, smaller ones are ours.</param>
/// <param name="Layers">Blocks of each of the four layers; nothing: two each, 18 layers in all.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
public sealed record VideoResNetShape(VideoResNetKind Kind, int Base = 64, IReadOnlyList<int>? Layers = null, int Classes = 0);

/// <summary>
/// R3D, MC3 and R(2+1)D (Tran et al. 2018, A Closer Look at Spatiotemporal Convolutions, 1711.11248) as torchvision builds and names them. Stages: the
/// stem and the four layers.
/// </summary>
public sealed class VideoResNet : Encoder
{
    private readonly ConvNormRelu stem;
    private readonly Sequential[] layers;
    private readonly Linear? head;

    /// <summary>With torchvision's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public VideoResNet(VideoResNetShape shape, Generator? generator = null)
    {
        Width = 8 * shape.Base;
        using (SkipInit.Enter())
        {
            stem = Part("stem", Stem(shape));
            layers = [.. (shape.Layers ?? [2, 2, 2, 2]).Index().Select(layer => Part($"layer{layer.Index + 1}", Layer(shape, layer.Index, layer.Item)))];
            head = shape.Classes > 0 ? Part("fc", new Linear(Width, shape.Classes)) : null;
        }

        ConvolutionInit.HeNormal(this, generator);
        ConvolutionInit.NormalLinear(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => FeatureMaps.Along(input, [stem.Forward, .. layers.Select(layer => (Func<Tensor, Tensor>)layer.Forward)]);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);

    // The 45 channels inside the stem of R(2+1)D stand in torchvision's code; those of narrow networks are ours.
    private static ConvNormRelu Stem(VideoResNetShape shape)
    {
        if (shape.Kind != VideoResNetKind.R2Plus1d)
        {
            return new ConvNormRelu(new ConvNorm("0", Convolutions.Centred(3, shape.Base, [3, 7, 7], [1, 2, 2]), "1", shape.Base));
        }

        var middle = (int)Math.Floor((45 * shape.Base / 64.0) + 0.5);
        return new ConvNormRelu(
            new ConvNorm("0", Convolutions.Centred(3, middle, [1, 7, 7], [1, 2, 2]), "1", middle),
            new ConvNorm("3", Convolutions.Centred(middle, shape.Base, [3, 1, 1]), "4", shape.Base));
    }

    private static Sequential Layer(VideoResNetShape shape, int index, int blocks)
    {
        var outputs = shape.Base << index;
        var isFlat = shape.Kind == VideoResNetKind.Mc3 && index > 0;
        return ResidualBlock.Stage(blocks, index == 0 ? outputs : outputs / 2, outputs, index == 0 ? 1 : 2, Block);

        ResidualBlock Block(int inputs, int stride)
        {
            var middle = FactoredConvolution.Middle(inputs, outputs); // of the block's inputs and outputs, in both convolutions
            return new ResidualBlock(
                [
                    new ConvNorm("conv1.0", Convolution(inputs, middle, stride), "conv1.1", outputs),
                    new ConvNorm("conv2.0", Convolution(outputs, middle, 1), "conv2.1", outputs),
                ],
                stride == 1 && inputs == outputs ? null : new ConvNorm("downsample.0", Convolutions.Centred(inputs, outputs, [1, 1, 1], Steps(stride)), "downsample.1", outputs));
        }

        ILayer Convolution(int inputs, int middle, int stride) => shape.Kind == VideoResNetKind.R2Plus1d
            ? FactoredConvolution.TorchVision(inputs, middle, outputs, stride)
            : Convolutions.Centred(inputs, outputs, isFlat ? [1, 3, 3] : [3, 3, 3], Steps(stride));

        long[] Steps(int stride) => isFlat ? [1, stride, stride] : [stride, stride, stride];
    }
}
