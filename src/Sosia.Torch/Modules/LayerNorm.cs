namespace Sosia.Torch;

/// <summary>Normalisation over the last dimension (Ba et al. 2016), with a learnt scale and offset.</summary>
public sealed class LayerNorm : Module, ILayer
{
    private readonly long width;
    private readonly double eps;

    /// <summary>Scale 1, offset 0.</summary>
    /// <param name="width">Length of the last dimension.</param>
    /// <param name="eps">Added to the variance.</param>
    public LayerNorm(long width, double eps = 1e-5)
    {
        this.width = width;
        this.eps = eps;
        Weight = Parameter("weight", Tensor.Ones([width]));
        Bias = Parameter("bias", Tensor.Zeros([width]));
    }

    /// <summary>The scale.</summary>
    public Tensor Weight { get; }

    /// <summary>The offset.</summary>
    public Tensor Bias { get; }

    /// <summary>... x width, the same shape.</summary>
    public Tensor Forward(Tensor input) => input.LayerNorm([width], Weight, Bias, eps);
}
