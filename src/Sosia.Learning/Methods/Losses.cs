using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>A term of what is minimised.</summary>
/// <param name="Name">As in the paper, in a word.</param>
/// <param name="Value">Scalar, the mean over the batch.</param>
/// <param name="Weight">Its factor in the sum.</param>
public readonly record struct LossTerm(string Name, Tensor Value, double Weight = 1);

/// <summary>The losses of a batch.</summary>
/// <param name="Terms">At least one.</param>
public sealed record Losses(params IReadOnlyList<LossTerm> Terms)
{
    /// <summary>The weighted sum.</summary>
    public Tensor Total() => Terms.Select(term => term.Weight == 1 ? term.Value : term.Value * term.Weight).Aggregate((a, b) => a + b);
}
