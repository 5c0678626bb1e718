using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>
/// A convolution over time and space factored into one over space and one over time, norm and ReLU between them (Tran et al. 2018, 1711.11248). The two
/// published families disagree on the channels between, and neither's checkpoints load into the other.
/// </summary>
internal static class FactoredConvolution
{
    /// <summary>Channels between, so that both together have as many weights as the full convolution (section 3.5).</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="time">Kernel over time.</param>
    /// <param name="space">Kernel over height and over width.</param>
    public static int Middle(long inputs, long outputs, long time = 3, long space = 3) =>
        (int)(time * space * space * inputs * outputs / ((space * space * inputs) + (time * outputs)));

    /// <summary>3x3x3, as torchvision names its parts: 0, 1, 3.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="middle">Channels between.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="stride">In time and in space.</param>
    public static Sequential TorchVision(int inputs, int middle, int outputs, int stride) => new(
        Convolutions.Centred(inputs, middle, [1, 3, 3], [1, stride, stride]),
        new BatchNorm(middle),
        new Activation(static x => x.ReluInPlace()),
        Convolutions.Centred(middle, outputs, [3, 1, 1], [stride, 1, 1]));
}

/// <summary>Of the clip-order-prediction code (models/r21d.py): each convolution's own inputs and outputs say how many channels are between.</summary>
internal sealed class SpatioTemporalConvolution : Module, ILayer
{
    private readonly ConvNorm spatial;
    private readonly Conv3d temporal;

    /// <summary>A factored convolution, padded by half its kernel.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Time, height, width; height and width are one.</param>
    /// <param name="stride">Time, height, width.</param>
    public SpatioTemporalConvolution(int inputs, int outputs, long[] kernel, long[] stride)
    {
        var middle = FactoredConvolution.Middle(inputs, outputs, kernel[0], kernel[1]);
        spatial = new ConvNorm("spatial_conv", Convolutions.Centred(inputs, middle, [1, kernel[1], kernel[2]], [1, stride[1], stride[2]]), "bn", middle).RegisteredBy(Part);
        temporal = Part("temporal_conv", Convolutions.Centred(middle, outputs, [kernel[0], 1, 1], [stride[0], 1, 1]));
    }

    /// <inheritdoc/>
    public Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(temporal.Forward(spatial.Forward(input).ReluInPlace()));
    }
}
