namespace Sosia.Torch;

/// <summary>The transpose of a convolution over time, height and width: it makes them longer.</summary>
public sealed class ConvTranspose3d : Module, ILayer
{
    private readonly long[] stride;
    private readonly long[] padding;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Time, height and width, or one number for all; so are the others.</param>
    /// <param name="stride">Steps; nothing: 1.</param>
    /// <param name="padding">Taken off each side; nothing: none.</param>
    /// <param name="bias">Whether there is one.</param>
    public ConvTranspose3d(long inputs, long outputs, long[] kernel, long[]? stride = null, long[]? padding = null, bool bias = true)
    {
        (this.stride, this.padding) = (stride ?? [1], padding ?? [0]);
        long[] field = kernel.Length == 1 ? [kernel[0], kernel[0], kernel[0]] : kernel;
        var fanIn = outputs * field[0] * field[1] * field[2]; // as PyTorch counts it for the transpose
        Weight = Parameter("weight", Init.FanIn(Tensor.Empty([inputs, outputs, .. field]), fanIn));
        Bias = bias ? Parameter("bias", Init.FanIn(Tensor.Empty([outputs]), fanIn)) : null;
    }

    /// <summary>inputs x outputs x time x height x width.</summary>
    public Tensor Weight { get; }

    /// <summary>outputs; null without one.</summary>
    public Tensor? Bias { get; }

    /// <summary>B x C x T x H x W.</summary>
    public Tensor Forward(Tensor input) => input.ConvTranspose3d(Weight, Bias, stride, padding);
}
