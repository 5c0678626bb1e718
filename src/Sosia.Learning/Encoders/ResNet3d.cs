using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>The shortcut of a <see cref="ResNet3d"/> where sizes change; letters as in He et al. 2016.</summary>
public enum ResNetShortcut
{
    /// <summary>Places are left out and missing channels are zeros.</summary>
    A,

    /// <summary>A convolution 1x1x1 and its norm.</summary>
    B,
}

/// <summary>What a <see cref="ResNet3d"/> is made of; defaults are the code's.</summary>
/// <param name="Depth">10, 18, 34, 50, 101, 152 or 200.</param>
/// <param name="TimeKernel">Of the stem: <c>conv1_t_size</c>.</param>
/// <param name="TimeStride">Of the stem: <c>conv1_t_stride</c>.</param>
/// <param name="NoMaxPool">Whether there is no pooling after the stem: <c>no_max_pool</c>.</param>
/// <param name="Widen">Factor on all widths, which are cut down to whole numbers: <c>widen_factor</c>.</param>
/// <param name="Shortcut"><c>shortcut_type</c>.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
public sealed record ResNet3dShape(
    int Depth = 18, int TimeKernel = 7, int TimeStride = 1, bool NoMaxPool = false, double Widen = 1, ResNetShortcut Shortcut = ResNetShortcut.B, int Classes = 0)
{
    /// <summary>Channels of the four layers before they are widened; the stem has those of the first.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [64, 128, 256, 512];

    /// <summary>Blocks of each of the four layers.</summary>
    /// <exception cref="ArgumentException">There is no network of this depth.</exception>
    public IReadOnlyList<int> Blocks => Depth switch
    {
        10 => [1, 1, 1, 1],
        18 => [2, 2, 2, 2],
        34 or 50 => [3, 4, 6, 3],
        101 => [3, 4, 23, 3],
        152 => [3, 8, 36, 3],
        200 => [3, 24, 36, 3],
        _ => throw new ArgumentException($"a 3D ResNet has 10, 18, 34, 50, 101, 152 or 200 layers, not {Depth}"),
    };

    /// <summary>Whether its blocks are bottlenecks.</summary>
    public bool IsDeep => Depth >= 50;
}

/// <summary>
/// The 3D ResNets of Hara et al. (2018, Can Spatiotemporal 3D CNNs Retrace the History of 2D CNNs, 1711.09577; code kenshohara/3D-ResNets-PyTorch,
/// models/resnet.py) under their names. Stages: the stem before its pooling, and the four layers.
/// </summary>
public sealed class ResNet3d : Encoder
{
    private readonly ResNet3dShape shape;
    private readonly ConvNorm stem;
    private readonly Sequential[] layers;
    private readonly Linear? head;

    /// <summary>With the code's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    /// <exception cref="ArgumentException">There is no network of this depth.</exception>
    public ResNet3d(ResNet3dShape shape, Generator? generator = null)
    {
        this.shape = shape;
        var widths = shape.Widths.Select(width => (int)(width * shape.Widen)).ToArray();
        var outputs = Array.ConvertAll(widths, width => shape.IsDeep ? width * Bottleneck.Expansion : width);
        Width = outputs[^1];
        using (SkipInit.Enter())
        {
            var convolution = Convolutions.Centred(3, widths[0], [shape.TimeKernel, 7, 7], [shape.TimeStride, 2, 2]);
            stem = new ConvNorm("conv1", convolution, "bn1", widths[0]).RegisteredBy(Part);
            layers = [.. shape.Blocks.Select((blocks, i) => Part($"layer{i + 1}", ResidualBlock.Stage(
                blocks, i == 0 ? widths[0] : outputs[i - 1], outputs[i], i == 0 ? 1 : 2, (inputs, stride) => Block(inputs, widths[i], stride))))];
            head = shape.Classes > 0 ? Part("fc", new Linear(Width, shape.Classes)) : null;
        }

        ConvolutionInit.HeNormal(this, generator);
        ConvolutionInit.FanInLinear(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => FeatureMaps.Along(
        input,
        x => stem.Forward(x).ReluInPlace(),
        x => layers[0].Forward(shape.NoMaxPool ? x : MaxPool.Of(x, [3, 3, 3], [2, 2, 2], [1, 1, 1])),
        layers[1].Forward,
        layers[2].Forward,
        layers[3].Forward);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);

    private ResidualBlock Block(int inputs, int width, int stride)
    {
        long[] steps = [stride, stride, stride];
        var plain = shape.Shortcut == ResNetShortcut.A ? Padded(shape.IsDeep ? width * Bottleneck.Expansion : width, stride) : null;
        if (shape.IsDeep)
        {
            return Bottleneck.Build(BottleneckNames.TorchVision, inputs, width, ([1, 1, 1], [3, 3, 3]), steps, plain);
        }

        ConvNorm[] branch =
        [
            new("conv1", Convolutions.Centred(inputs, width, [3, 3, 3], steps), "bn1", width),
            new("conv2", Convolutions.Centred(width, width, [3, 3, 3]), "bn2", width),
        ];
        var changes = stride != 1 || inputs != width;
        return changes && plain is not null
            ? new ResidualBlock(branch, plain)
            : new ResidualBlock(branch, changes ? new ConvNorm("downsample.0", Convolutions.Centred(inputs, width, [1, 1, 1], steps), "downsample.1", width) : null);
    }

    // Every second place, and zeros for the channels that the input has not.
    private static Func<Tensor, Tensor> Padded(int outputs, int stride) => x =>
    {
        var places = x.Slice(2, step: stride).Slice(3, step: stride).Slice(4, step: stride);
        return places.ConstantPadNd([0, 0, 0, 0, 0, 0, 0, outputs - x.Size(1)], 0);
    };
}
