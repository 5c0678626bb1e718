using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What an <see cref="S3d"/> is made of.</summary>
/// <param name="Gated">Whether the branches of the blocks are gated: S3D-G.</param>
/// <param name="Slow">Whether the stem leaves time as it is.</param>
/// <param name="Base">Channels of the stem; 64 in the paper, with smaller ones all widths shrink (ours).</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
/// <param name="Norm">Constants of the norms; nothing: PyTorch's, as in CoCLR.</param>
public sealed record S3dShape(bool Gated = false, bool Slow = false, int Base = 64, int Classes = 0, NormConstants? Norm = null)
{
    /// <summary>Constants of the norms of the checkpoints of torchvision and kylemin/S3D, which are TensorFlow's.</summary>
    public static NormConstants TensorFlowNorm { get; } = new(1e-3, 1e-3);
}

/// <summary>
/// S3D and S3D-G (Xie et al. 2018, Rethinking Spatiotemporal Feature Learning, 1712.04851): Inception whose 3- and 7-convolutions are one over space, then
/// one over time. Names are CoCLR's (code TengdaHan/CoCLR, backbone/s3dg.py), of the head torchvision's. Stages: its blocks 1 to 5.
/// </summary>
public sealed class S3d : Encoder
{
    private static readonly InceptionNames Names = new("branch0.0", "branch1.0", "branch1.1", "branch2.0", "branch2.1", "branch3.1");

    private readonly ConvNormRelu[] stem;
    private readonly InceptionBlock[] mixed;
    private readonly ConvolutionHead? head;

    /// <summary>With CoCLR's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public S3d(S3dShape shape, Generator? generator = null)
    {
        Width = Inception.Scaled(1024, shape.Base);
        var (first, second) = (Inception.Scaled(64, shape.Base), Inception.Scaled(192, shape.Base));
        using (SkipInit.Enter())
        {
            stem =
            [
                Part("Conv_1a", Pair(shape, 3, first, 7, stride: (shape.Slow ? 1 : 2, 2))),
                Part("Conv_2b", Unit(shape, first, first, 1)),
                Part("Conv_2c", Unit(shape, first, second, 3)),
            ];
            mixed = [.. Inception.Blocks(shape.Base).Select(block => Part($"Mixed_{block.Name}", Block(shape, block.Inputs, block.Widths)))];
            head = shape.Classes > 0 ? Part("classifier", new ConvolutionHead("1", Width, shape.Classes)) : null;
        }

        ConvolutionInit.Normal(this, 0.01, generator);
        ConvolutionInit.FanInLinear(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => Inception.Forward(input, stem[0].Forward, x => stem[2].Forward(stem[1].Forward(x)), mixed, Pool);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);

    /// <summary>Maxima; an axis of size 3 is padded by 1, and sizes are rounded down.</summary>
    internal static Tensor Pool(Tensor map, long[] kernel, long[] stride) => MaxPool.Of(map, kernel, stride, Array.ConvertAll(kernel, size => size / 3));

    /// <summary>One block by itself.</summary>
    internal static InceptionBlock Block(S3dShape shape, int inputs, InceptionWidths widths) =>
        new(inputs, widths, Names, (from, to, kernel) => Unit(shape, from, to, kernel), x => Pool(x, [3, 3, 3], [1, 1, 1]), shape.Gated);

    private static ConvNormRelu Unit(S3dShape shape, int inputs, int outputs, int kernel) => kernel == 1
        ? new(new ConvNorm("conv", Convolutions.Centred(inputs, outputs, [1, 1, 1]), "bn", outputs, shape.Norm))
        : Pair(shape, inputs, outputs, kernel, (1, 1));

    private static ConvNormRelu Pair(S3dShape shape, int inputs, int outputs, int kernel, (int Time, int Space) stride) => new(
        new ConvNorm("conv1", Convolutions.Centred(inputs, outputs, [1, kernel, kernel], [1, stride.Space, stride.Space]), "bn1", outputs, shape.Norm),
        new ConvNorm("conv2", Convolutions.Centred(outputs, outputs, [kernel, 1, 1], [stride.Time, 1, 1]), "bn2", outputs, shape.Norm));
}
