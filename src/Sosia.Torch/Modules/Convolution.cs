namespace Sosia.Torch;

/// <summary>Convolution over the last two dimensions.</summary>
public sealed class Conv2d : Module, ILayer
{
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly long groups;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Height and width, or one number for both; so are the others.</param>
    /// <param name="stride">Steps; nothing: 1.</param>
    /// <param name="padding">Zeros on each side; nothing: none.</param>
    /// <param name="groups">Each group of outputs sees its group of inputs.</param>
    /// <param name="bias">Whether there is one.</param>
    public Conv2d(long inputs, long outputs, long[] kernel, long[]? stride = null, long[]? padding = null, long groups = 1, bool bias = true)
    {
        (this.stride, this.padding, this.groups) = (stride ?? [1], padding ?? [0], groups);
        long[] field = kernel.Length == 1 ? [kernel[0], kernel[0]] : kernel;
        var fanIn = inputs / groups * field[0] * field[1];
        Weight = Parameter("weight", Init.FanIn(Tensor.Empty([outputs, inputs / groups, .. field]), fanIn));
        Bias = bias ? Parameter("bias", Init.FanIn(Tensor.Empty([outputs]), fanIn)) : null;
    }

    /// <summary>outputs x inputs / groups x height x width.</summary>
    public Tensor Weight { get; }

    /// <summary>outputs; null without one.</summary>
    public Tensor? Bias { get; }

    /// <summary>B x C x H x W.</summary>
    public Tensor Forward(Tensor input) => input.Conv2d(Weight, Bias, stride, padding, default, groups);
}

/// <summary>Convolution over the last three dimensions: time, height, width.</summary>
public sealed class Conv3d : Module, ILayer
{
    private readonly long[] stride;
    private readonly long[] padding;
    private readonly long groups;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Time, height and width, or one number for all; so are the others.</param>
    /// <param name="stride">Steps; nothing: 1.</param>
    /// <param name="padding">Zeros on each side; nothing: none.</param>
    /// <param name="groups">Each group of outputs sees its group of inputs.</param>
    /// <param name="bias">Whether there is one.</param>
    public Conv3d(long inputs, long outputs, long[] kernel, long[]? stride = null, long[]? padding = null, long groups = 1, bool bias = true)
    {
        (this.stride, this.padding, this.groups) = (stride ?? [1], padding ?? [0], groups);
        long[] field = kernel.Length == 1 ? [kernel[0], kernel[0], kernel[0]] : kernel;
        var fanIn = inputs / groups * field[0] * field[1] * field[2];
        Weight = Parameter("weight", Init.FanIn(Tensor.Empty([outputs, inputs / groups, .. field]), fanIn));
        Bias = bias ? Parameter("bias", Init.FanIn(Tensor.Empty([outputs]), fanIn)) : null;
    }

    /// <summary>outputs x inputs / groups x time x height x width.</summary>
    public Tensor Weight { get; }

    /// <summary>outputs; null without one.</summary>
    public Tensor? Bias { get; }

    /// <summary>B x C x T x H x W.</summary>
    public Tensor Forward(Tensor input) => input.Conv3d(Weight, Bias, stride, padding, default, groups);
}
