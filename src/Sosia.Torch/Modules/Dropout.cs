namespace Sosia.Torch;

/// <summary>Zeroes elements by chance while training, and scales the others so that the mean stays (Srivastava et al. 2014).</summary>
/// <param name="probability">Of an element to become zero.</param>
public sealed class Dropout(double probability) : Module, ILayer
{
    /// <summary>Any shape.</summary>
    /// <exception cref="TorchException">The probability is not within 0 and 1.</exception>
    public Tensor Forward(Tensor input) => input.Dropout(probability, IsTraining);
}
