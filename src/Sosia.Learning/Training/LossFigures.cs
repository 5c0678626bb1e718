using Sosia.Learning.Methods;
using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>The losses of a step as numbers, means over its parts and over all processes.</summary>
internal sealed class LossFigures
{
    private readonly Dictionary<string, double> terms = new(StringComparer.Ordinal);

    /// <summary>The weighted sum.</summary>
    public double Total { get; private set; }

    /// <summary>By name, without weights.</summary>
    public IReadOnlyDictionary<string, double> Terms => terms;

    /// <summary>Takes in a part of the step.</summary>
    public void Add(Losses losses, Tensor total, int parts, World world)
    {
        Total += world.Mean(total.Item()) / parts;
        foreach (var term in losses.Terms)
        {
            terms[term.Name] = terms.GetValueOrDefault(term.Name) + (world.Mean(term.Value.Item()) / parts);
        }
    }
}
