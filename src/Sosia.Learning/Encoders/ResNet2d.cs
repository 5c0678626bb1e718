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
    public int Channels(int layer) => (Bottleneck.Expansion * Width) << layer;

    /// <summary>The convolution before the layers, which halves the picture.</summary>
    /// <param name="convolution">Its name.</param>
    /// <param name="norm">The name of its norm.</param>
    internal ConvNorm Stem(string convolution, string norm) => new(convolution, new Conv2d(3, Width, [7], [2], [3], bias: false), norm, Width);

    /// <summary>The blocks of a layer, the first of which halves the picture in all layers but the first.</summary>
    internal Sequential Layer(int layer) => ResidualBlock.Stage(
        Blocks[layer], layer == 0 ? Width : Channels(layer - 1), Channels(layer), layer == 0 ? 1 : 2, (inputs, stride) => Block(inputs, Width << layer, stride));

    // 1 x 1, 3 x 3 with the stride, 1 x 1.
    private static ResidualBlock Block(int inputs, int width, int stride)
    {
        var outputs = width * Bottleneck.Expansion;
        ConvNorm[] branch =
        [
            new("conv1", new Conv2d(inputs, width, [1], bias: false), "bn1", width),
            new("conv2", new Conv2d(width, width, [3], [stride], [1], bias: false), "bn2", width),
            new("conv3", new Conv2d(width, outputs, [1], bias: false), "bn3", outputs),
        ];
        var changes = stride > 1 || inputs != outputs;
        return new ResidualBlock(branch, changes ? new ConvNorm("downsample.0", new Conv2d(inputs, outputs, [1], [stride], bias: false), "downsample.1", outputs) : null);
    }
}

/// <summary>
/// A residual network of bottlenecks for pictures (He et al. 2016; stride in the 3 x 3 convolution, as torchvision has it) with torchvision's names,
/// without the classifier.
/// </summary>
public sealed class ResNet2d : Encoder
{
    private readonly ConvNorm stem;
    private readonly Sequential[] layers;

    /// <summary>With torchvision's starting values.</summary>
    /// <param name="shape">Its sizes.</param>
    /// <param name="generator">Draws them.</param>
    public ResNet2d(ResNet2dShape shape, Generator? generator = null)
    {
        Width = shape.Channels(shape.Blocks.Count - 1);
        stem = shape.Stem("conv1", "bn1").RegisteredBy(Part);
        layers = [.. Enumerable.Range(0, shape.Blocks.Count).Select(layer => Part($"layer{layer + 1}", shape.Layer(layer)))];
        ConvolutionInit.HeNormal2d(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x H x W, RGB, each channel with ImageNet's mean taken off and divided by its deviation.</param>
    public override Features Forward(Tensor input)
    {
        if (input.Rank != 4 || input.Size(1) != 3)
        {
            throw new ArgumentException($"pictures of {string.Join(" x ", input.Shape)}: N x 3 x H x W are needed", nameof(input));
        }

        var (x, stages) = (Pooled(stem, input), new List<Tensor>());
        foreach (var layer in layers)
        {
            x = layer.Forward(x);
            stages.Add(x.Unsqueeze(2)); // N x C x 1 x h x w
        }

        return new Features(x.Mean([2, 3])) { Map = stages[^1], Stages = stages };
    }

    /// <summary>What the layers get: the stem, ReLU, the largest of 3 x 3.</summary>
    /// <param name="stem">See <see cref="ResNet2dShape.Stem"/>.</param>
    /// <param name="pictures">N x 3 x H x W.</param>
    /// <returns>N x width x H/4 x W/4.</returns>
    internal static Tensor Pooled(ConvNorm stem, Tensor pictures)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(stem.Forward(pictures).ReluInPlace().MaxPool2d([3, 3], [2, 2], [1, 1]));
    }
}
