using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Constants of the batch norms of a network.</summary>
/// <param name="Eps">Added to the variance.</param>
/// <param name="Momentum">Weight of the newest batch in the running statistics.</param>
public sealed record NormConstants(double Eps = 1e-5, double Momentum = 0.1);

/// <summary>
/// A convolution and the batch norm after it, each under the name that its family has for it. Both belong to the module that registers them, as most
/// families let them stand side by side in a block.
/// </summary>
/// <param name="ConvolutionName">In the state dict.</param>
/// <param name="Convolution">A module; perhaps a factored convolution.</param>
/// <param name="NormName">In the state dict.</param>
/// <param name="Norm">Over what the convolution gives.</param>
internal sealed record ConvNorm(string ConvolutionName, ILayer Convolution, string NormName, BatchNorm Norm)
{
    /// <summary>With a new norm.</summary>
    public ConvNorm(string convolutionName, ILayer convolution, string normName, long channels, NormConstants? constants = null)
        : this(convolutionName, convolution, normName, new BatchNorm(channels, (constants ?? new()).Eps, (constants ?? new()).Momentum))
    {
    }

    /// <summary>Registers both: <c>stem = new ConvNorm(...).RegisteredBy(Part)</c>.</summary>
    public ConvNorm RegisteredBy(Func<string, Module, Module> part)
    {
        part(ConvolutionName, (Module)Convolution);
        part(NormName, Norm);
        return this;
    }

    /// <summary>N x C x T x H x W to N x channels x t x h x w, which may be changed in place.</summary>
    public Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(Norm.Forward(Convolution.Forward(input)));
    }
}

/// <summary>Convolutions, each with its norm and ReLU, one after the other.</summary>
internal sealed class ConvNormRelu : Module, ILayer
{
    private readonly ConvNorm[] units;

    public ConvNormRelu(params ConvNorm[] units) => this.units = Array.ConvertAll(units, unit => unit.RegisteredBy(Part));

    public Tensor Forward(Tensor input)
    {
        using var scope = TensorScope.Enter();
        return scope.Keep(units.Aggregate(input, (x, unit) => unit.Forward(x).ReluInPlace()));
    }
}

/// <summary>Convolutions without bias.</summary>
internal static class Convolutions
{
    /// <summary>Padded by half its odd kernel, so that without a stride nothing shrinks.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="kernel">Time, height, width.</param>
    /// <param name="stride">Time, height, width; nothing: 1.</param>
    public static Conv3d Centred(int inputs, int outputs, long[] kernel, long[]? stride = null) =>
        new(inputs, outputs, kernel, stride, Array.ConvertAll(kernel, size => size / 2), bias: false);
}
