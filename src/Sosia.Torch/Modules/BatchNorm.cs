namespace Sosia.Torch;

/// <summary>
/// Normalisation of each channel over the batch and all that follows the channels (Ioffe and Szegedy 2015): PyTorch's BatchNorm1d, 2d and 3d.
/// Training uses the statistics of the batch and gathers running ones; use takes those.
/// </summary>
public sealed class BatchNorm : Module, ILayer
{
    private readonly long channels;
    private readonly double eps;
    private readonly double momentum;
    private readonly Tensor batches;

    /// <summary>Scale 1, offset 0, running mean 0, running variance 1.</summary>
    /// <param name="channels">Length of the second dimension.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">Weight of the newest batch in the running statistics.</param>
    /// <param name="affine">Whether a scale and an offset are learnt.</param>
    public BatchNorm(long channels, double eps = 1e-5, double momentum = 0.1, bool affine = true)
    {
        this.channels = channels;
        this.eps = eps;
        this.momentum = momentum;
        Weight = affine ? Parameter("weight", Tensor.Ones([channels])) : null;
        Bias = affine ? Parameter("bias", Tensor.Zeros([channels])) : null;
        RunningMean = Buffer("running_mean", Tensor.Zeros([channels]));
        RunningVariance = Buffer("running_var", Tensor.Ones([channels]));
        batches = Buffer("num_batches_tracked", Tensor.Zeros([], ScalarType.Int64));
    }

    /// <summary>The scale: channels; null without one.</summary>
    public Tensor? Weight { get; }

    /// <summary>The offset: channels; null without one.</summary>
    public Tensor? Bias { get; }

    /// <summary>Channels.</summary>
    public Tensor RunningMean { get; }

    /// <summary>Channels; unbiased.</summary>
    public Tensor RunningVariance { get; }

    /// <summary>B x channels x ..., the same shape.</summary>
    /// <exception cref="TorchException">Other channels; or one value a channel while training, which has no variance.</exception>
    public Tensor Forward(Tensor input)
    {
        if (IsTraining && input.Count <= channels)
        {
            throw new TorchArgumentException($"batch norm of {input.Describe()}: training needs more than one value a channel");
        }

        if (IsTraining)
        {
            batches.AddInPlace(1);
        }

        return input.BatchNorm(Weight, Bias, RunningMean, RunningVariance, IsTraining, momentum, eps, cudnnEnabled: true);
    }
}
