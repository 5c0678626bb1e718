using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What a <see cref="C3d"/> is made of.</summary>
/// <param name="Base">Channels of the first convolution; 64 in the code, smaller ones are ours.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
public sealed record C3dShape(int Base = 64, int Classes = 0);

/// <summary>
/// C3D with batch norms (Xu et al., CVPR 2019; code xudejing/video-clip-order-prediction, models/c3d.py) under its names; not the network of the
/// Sports-1M checkpoint, which has no norms and two wide layers at the end. Stages: before each pooling, and the last.
/// </summary>
public sealed class C3d : Encoder
{
    private readonly ConvNorm[] units;
    private readonly Linear? head;

    /// <summary>With the code's starting values.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public C3d(C3dShape shape, Generator? generator = null)
    {
        var width = shape.Base;
        Width = 8 * width;
        using (SkipInit.Enter())
        {
            units =
            [
                Unit("1", 3, width), Unit("2", width, 2 * width),
                Unit("3a", 2 * width, 4 * width), Unit("3b", 4 * width, 4 * width),
                Unit("4a", 4 * width, Width), Unit("4b", Width, Width),
                Unit("5a", Width, Width), Unit("5b", Width, Width),
            ];
            head = shape.Classes > 0 ? Part("linear", new Linear(Width, shape.Classes)) : null;
        }

        ConvolutionInit.FanIn(this, generator);
        ConvolutionInit.FanInLinear(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => FeatureMaps.Along(
        input,
        x => Through(x, 0..1),
        x => Through(HalveSpace(x), 1..2),
        x => Through(Halve(x), 2..4),
        x => Through(Halve(x), 4..6),
        x => Through(Halve(x), 6..8));

    /// <summary>The code's <c>return_conv</c>, with which clips are retrieved: maxima of 2x2 places instead of the mean.</summary>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <returns>N x numbers: 9216 of clips 16x112x112.</returns>
    public Tensor Flattened(Tensor clips) => HalveSpace(Forward(clips).Map!).Flatten(1);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);

    private static Tensor HalveSpace(Tensor map) => MaxPool.Of(map, [1, 2, 2], [1, 2, 2]);

    private static Tensor Halve(Tensor map) => MaxPool.Of(map, [2, 2, 2], [2, 2, 2]);

    private ConvNorm Unit(string name, int inputs, int outputs) =>
        new ConvNorm($"conv{name}", new Conv3d(inputs, outputs, [3], [1], [1]), $"bn{name}", outputs).RegisteredBy(Part);

    private Tensor Through(Tensor map, Range which) => units[which].Aggregate(map, (x, unit) => unit.Forward(x).ReluInPlace());
}
