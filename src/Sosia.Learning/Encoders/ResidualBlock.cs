using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>A residual block (He et al. 2016, 1512.03385): convolutions with norms, ReLU between them; the input is added, ReLU.</summary>
internal sealed class ResidualBlock : Module, ILayer
{
    private readonly ConvNorm[] branch;
    private readonly Func<Tensor, Tensor> shortcut;

    /// <summary>A block.</summary>
    /// <param name="branch">Its convolutions.</param>
    /// <param name="projection">What the input goes through to the sum.</param>
    public ResidualBlock(ConvNorm[] branch, ConvNorm? projection)
        : this(branch, projection is null ? static input => input : projection.Forward) => projection?.RegisteredBy(Part);

    /// <summary>A block whose shortcut has no parameters.</summary>
    /// <param name="branch">Its convolutions.</param>
    /// <param name="shortcut">What is added.</param>
    public ResidualBlock(ConvNorm[] branch, Func<Tensor, Tensor> shortcut)
    {
        this.branch = Array.ConvertAll(branch, unit => unit.RegisteredBy(Part));
        this.shortcut = shortcut;
    }

    /// <summary>The last norm of the branch.</summary>
    public BatchNorm LastNorm => branch[^1].Norm;

    /// <summary>Blocks one after the other, named 0, 1, ...: the first may change width and size.</summary>
    /// <param name="count">How many.</param>
    /// <param name="inputs">Channels into the first.</param>
    /// <param name="outputs">Channels out of each.</param>
    /// <param name="stride">Of the first.</param>
    /// <param name="block">Makes one from its inputs and stride.</param>
    public static Sequential Stage(int count, int inputs, int outputs, int stride, Func<int, int, ResidualBlock> block) =>
        new([block(inputs, stride), .. Enumerable.Range(1, count - 1).Select(_ => block(outputs, 1))]);

    /// <inheritdoc/>
    public Tensor Forward(Tensor input) => Sum(input).ReluInPlace();

    /// <summary>The block without its last ReLU.</summary>
    public Tensor Sum(Tensor input)
    {
        using var scope = TensorScope.Enter();
        var inner = branch[..^1].Aggregate(input, (x, unit) => unit.Forward(x).ReluInPlace());
        return scope.Keep(branch[^1].Forward(inner).AddInPlace(shortcut(input)));
    }
}

/// <summary>Names of the parts of a bottleneck.</summary>
/// <param name="Convolutions">Of the three convolutions.</param>
/// <param name="Norms">Of the norm after each.</param>
/// <param name="Shortcut">Of the convolution in the shortcut.</param>
/// <param name="ShortcutNorm">Of its norm.</param>
internal sealed record BottleneckNames(string[] Convolutions, string[] Norms, string Shortcut, string ShortcutNorm)
{
    /// <summary>As torchvision names them.</summary>
    public static BottleneckNames TorchVision { get; } = new(["conv1", "conv2", "conv3"], ["bn1", "bn2", "bn3"], "downsample.0", "downsample.1");
}

/// <summary>Residual blocks that compute in a narrow middle.</summary>
internal static class Bottleneck
{
    /// <summary>Outputs are so many times the width.</summary>
    public const int Expansion = 4;

    /// <summary>Channels of convolutions: inputs to width, width to width with the stride, width to four times as many.</summary>
    /// <param name="names">Of its parts.</param>
    /// <param name="inputs">Channels in.</param>
    /// <param name="width">Of the middle.</param>
    /// <param name="kernels">Of the first and the second convolution; the third is 1x1x1.</param>
    /// <param name="stride">Of the second convolution and the shortcut.</param>
    /// <param name="plain">The shortcut where sizes change, if it has no parameters.</param>
    public static ResidualBlock Build(BottleneckNames names, int inputs, int width, (long[] First, long[] Second) kernels, long[] stride, Func<Tensor, Tensor>? plain = null)
    {
        var outputs = width * Expansion;
        ConvNorm[] branch =
        [
            new(names.Convolutions[0], Convolutions.Centred(inputs, width, kernels.First), names.Norms[0], width),
            new(names.Convolutions[1], Convolutions.Centred(width, width, kernels.Second, stride), names.Norms[1], width),
            new(names.Convolutions[2], Convolutions.Centred(width, outputs, [1, 1, 1]), names.Norms[2], outputs),
        ];
        var changes = inputs != outputs || Array.Exists(stride, step => step > 1);
        return changes && plain is not null
            ? new ResidualBlock(branch, plain)
            : new ResidualBlock(branch, changes ? new ConvNorm(names.Shortcut, Convolutions.Centred(inputs, outputs, [1, 1, 1], stride), names.ShortcutNorm, outputs) : null);
    }
}
