using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>The exponential running mean of a network's weights (Polyak and Juditsky 1992), kept beside it.</summary>
internal sealed class WeightAverage : IDisposable
{
    private readonly (string Name, Tensor Tensor)[] weights;
    private readonly Tensor[] means;
    private readonly double decay;

    /// <summary>Begins with the weights as they are.</summary>
    /// <param name="network">What is averaged.</param>
    /// <param name="decay">Part of the mean that stays at each step.</param>
    public WeightAverage(Module network, double decay)
    {
        using var noGrad = NoGrad.Enter();
        this.decay = decay;
        weights = [.. network.NamedParameters()];
        means = [.. weights.Select(w => w.Tensor.Detach().Clone())];
    }

    /// <summary>Takes in the weights after a step.</summary>
    public void Update()
    {
        using var noGrad = NoGrad.Enter();
        Tensor.ForeachMulInPlace(means, decay);
        Tensor.ForeachAddInPlace(means, [.. weights.Select(w => w.Tensor)], 1 - decay);
    }

    /// <summary>The means under the names of the weights.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> State() => weights.Select((w, i) => (w.Name, means[i]));

    /// <summary>Goes on from where <see cref="State"/> was taken.</summary>
    /// <param name="state">All names.</param>
    public void Load(IReadOnlyDictionary<string, Tensor> state)
    {
        foreach (var (name, mean) in State())
        {
            mean.CopyInPlace(state[name]);
        }
    }

    /// <summary>Puts the means in the place of the weights.</summary>
    public void Apply()
    {
        using var noGrad = NoGrad.Enter();
        foreach (var (weight, mean) in weights.Zip(means))
        {
            weight.Tensor.CopyInPlace(mean);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(means, mean => mean.Dispose());
}
