using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What an encoder makes of N pictures or clips.</summary>
/// <param name="Vector">N x D: the embedding, not normalised to length.</param>
/// <param name="Tokens">N x places x D where the encoder is a transformer; the encoder says in which order.</param>
public sealed record Features(Tensor Vector, Tensor? Tokens = null)
{
    /// <summary>N x C x t x h x w, the last feature map, where the encoder is convolutional.</summary>
    public Tensor? Map { get; init; }

    /// <summary>Feature maps on the way, the first stage first, the last one being <see cref="Map"/>; none where the encoder is a transformer.</summary>
    public IReadOnlyList<Tensor> Stages { get; init; } = [];
}

/// <summary>A network that turns pictures (N x 3 x H x W) or clips (N x 3 x T x H x W) into vectors.</summary>
public abstract class Encoder : Module
{
    /// <summary>Length of the vector: D.</summary>
    public abstract int Width { get; }

    /// <summary>N pictures or clips to N vectors.</summary>
    /// <exception cref="ArgumentException">The input has another rank, or its sizes do not fit the patches.</exception>
    public abstract Features Forward(Tensor input);
}
