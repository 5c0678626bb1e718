namespace Sosia.Torch;

/// <summary>Normalisation over groups of channels and all that follows them (Wu and He 2018), with a learnt scale and offset of each channel.</summary>
public sealed class GroupNorm : Module, ILayer
{
    private readonly long groups;
    private readonly double eps;

    /// <summary>Scale 1, offset 0.</summary>
    /// <param name="groups">Number of groups.</param>
    /// <param name="channels">A multiple of it.</param>
    /// <param name="eps">Added to the variance.</param>
    public GroupNorm(long groups, long channels, double eps = 1e-5)
    {
        this.groups = groups;
        this.eps = eps;
        Weight = Parameter("weight", Tensor.Ones([channels]));
        Bias = Parameter("bias", Tensor.Zeros([channels]));
    }

    /// <summary>The scale: channels.</summary>
    public Tensor Weight { get; }

    /// <summary>The offset: channels.</summary>
    public Tensor Bias { get; }

    /// <summary>B x channels x ..., the same shape.</summary>
    public Tensor Forward(Tensor input) => input.GroupNorm(groups, Weight, Bias, eps);
}
