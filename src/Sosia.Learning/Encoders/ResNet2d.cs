using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Sizes of a <see cref="ResNet2d"/>.</summary>
/// <param name="Blocks">Of the four layers.</param>
/// <param name="Width">Channels of the first convolution; the last layer has 32 times as many.</param>
public sealed record ResNet2dShape(IReadOnlyList<int> Blocks, int Width = 64)
{
    /// <summary>He et al. 2016, table 1.</summary>
    public static ResNet2dShape ResNet50 { get; } = new([3, 4, 6, 3]);

    /// <summary>Channels after a layer, from 0.</summary>
    public int Channels(int layer) => Width * Bottleneck.Expansion << layer;

    /// <summary>The blocks of a layer, the first of which halves the picture in all layers but the first.</summary>
    internal Sequential Layer(int layer) => new([.. Enumerable.Range(0, Blocks[layer]).Select(ILayer (block) => block == 0
        ? new Bottleneck(layer == 0 ? Width : Channels(layer - 1), Width << layer, layer == 0 ? 1 : 2)
        : new Bottleneck(Channels(layer), Width << layer, 1))]);
}

/// <summary>
/// A residual network of bottlenecks for pictures (He et al. 2016; stride in the 3 x 3 convolution, as torchvision has it) with torchvision's names,
/// without the classifier.
/// </summary>
public sealed class ResNet2d : Encoder
{
    private readonly ResNet2dShape shape;
    private readonly ResNetStem stem;
    private readonly List<Sequential> layers;

    /// <summary>With torchvision's starting values.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="generator">Draws them.</param>
    public ResNet2d(ResNet2dShape shape, Generator? generator = null)
    {
        this.shape = shape;
        stem = new ResNetStem(Part("conv1", ResNetStem.Convolution(shape.Width)), Part("bn1", new BatchNorm(shape.Width)));
        layers = [.. Enumerable.Range(0, shape.Blocks.Count).Select(layer => Part($"layer{layer + 1}", shape.Layer(layer)))];
        Start(this, generator);
    }

    /// <inheritdoc/>
    public override int Width => shape.Channels(shape.Blocks.Count - 1);

    /// <inheritdoc/>
    /// <param name="input">N x 3 x H x W, RGB, each channel with ImageNet's mean taken off and divided by its deviation.</param>
    public override Features Forward(Tensor input)
    {
        if (input.Rank != 4 || input.Size(1) != 3)
        {
            throw new ArgumentException($"pictures of {string.Join(" x ", input.Shape)}: N x 3 x H x W are needed", nameof(input));
        }

        var (x, stages) = (stem.Forward(input), new List<Tensor>());
        foreach (var layer in layers)
        {
            x = layer.Forward(x);
            stages.Add(x.Unsqueeze(2)); // N x C x 1 x h x w
        }

        return new Features(x.Mean([2, 3])) { Map = stages[^1], Stages = stages };
    }

    /// <summary>Draws the starting values of such layers: convolutions normal by fan out (He et al. 2015), norms 1 and 0.</summary>
    internal static void Start(Module network, Generator? generator)
    {
        foreach (var (_, tensor) in network.NamedParameters().Where(parameter => parameter.Tensor.Rank == 4))
        {
            Init.KaimingNormalFanOut(tensor, generator);
        }
    }
}

/// <summary>What comes before the layers: 7 x 7 convolution and largest of 3 x 3, both halving the picture.</summary>
/// <param name="convolution">See <see cref="Convolution"/>.</param>
/// <param name="norm">Of its channels.</param>
internal sealed class ResNetStem(Conv2d convolution, BatchNorm norm)
{
    public static Conv2d Convolution(int width) => new(3, width, [7], [2], [3], bias: false);

    // N x 3 x H x W to N x width x H/4 x W/4.
    public Tensor Forward(Tensor pictures)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(norm.Forward(convolution.Forward(pictures)).Relu().MaxPool2d([3, 3], [2, 2], [1, 1]));
    }
}

/// <summary>1 x 1, 3 x 3, 1 x 1 convolutions; the input is added, by a 1 x 1 convolution of its own where shapes differ.</summary>
internal sealed class Bottleneck : Module, ILayer
{
    public const int Expansion = 4;

    private readonly Conv2d[] convolutions;
    private readonly BatchNorm[] norms;
    private readonly Sequential? downsample;

    public Bottleneck(int inputs, int width, int stride)
    {
        var outputs = width * Expansion;
        convolutions =
        [
            Part("conv1", new Conv2d(inputs, width, [1], bias: false)),
            Part("conv2", new Conv2d(width, width, [3], [stride], [1], bias: false)),
            Part("conv3", new Conv2d(width, outputs, [1], bias: false)),
        ];
        norms = [Part("bn1", new BatchNorm(width)), Part("bn2", new BatchNorm(width)), Part("bn3", new BatchNorm(outputs))];
        downsample = stride == 1 && inputs == outputs
            ? null
            : Part("downsample", new Sequential(new Conv2d(inputs, outputs, [1], [stride], bias: false), new BatchNorm(outputs)));
    }

    public Tensor Forward(Tensor x)
    {
        using var scope = TensorScope.Enter();
        var y = norms[0].Forward(convolutions[0].Forward(x)).Relu();
        y = norms[1].Forward(convolutions[1].Forward(y)).Relu();
        y = norms[2].Forward(convolutions[2].Forward(y));
        return scope.Keep((y + (downsample?.Forward(x) ?? x)).Relu());
    }
}
