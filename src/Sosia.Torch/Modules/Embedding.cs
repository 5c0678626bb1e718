namespace Sosia.Torch;

/// <summary>A learnt vector for each of several numbers.</summary>
public sealed class Embedding : Module, ILayer
{
    /// <summary>With PyTorch's starting values: normal.</summary>
    /// <param name="count">Numbers 0 to count - 1.</param>
    /// <param name="width">Length of a vector.</param>
    public Embedding(long count, long width) => Weight = Parameter("weight", Init.Normal(Tensor.Empty([count, width])));

    /// <summary>count x width.</summary>
    public Tensor Weight { get; }

    /// <summary>Numbers of any shape, Int64 or Int32, to that shape x width.</summary>
    /// <exception cref="TorchException">One is out of range.</exception>
    public Tensor Forward(Tensor input) => Weight.Embedding(input);
}
