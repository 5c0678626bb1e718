namespace Sosia.Torch;

/// <summary>Parameters that are trained alike.</summary>
/// <param name="parameters">With the names that their state has in a checkpoint: <c>network.NamedParameters()</c>, or a part of it.</param>
/// <param name="learningRate">Of these; null: that of the optimiser.</param>
/// <param name="weightDecay">Of these; null: that of the optimiser.</param>
public sealed class ParameterGroup(IEnumerable<(string Name, Tensor Tensor)> parameters, double? learningRate = null, double? weightDecay = null)
{
    private double? rate = learningRate;
    private double? decay = weightDecay;

    /// <summary>May be changed between steps, as a schedule does.</summary>
    public double LearningRate
    {
        get => rate ?? 0;
        set => rate = value;
    }

    /// <summary>May be changed between steps.</summary>
    public double WeightDecay
    {
        get => decay ?? 0;
        set => decay = value;
    }

    /// <summary>Each with what the optimiser remembers of it.</summary>
    internal IReadOnlyList<TrainedParameter> Parameters { get; } = [.. parameters.Select(p => new TrainedParameter(p.Name, p.Tensor))];

    internal void Complete(double learningRate, double weightDecay) => (rate, decay) = (rate ?? learningRate, decay ?? weightDecay);
}

/// <summary>A parameter and its state: as many tensors of its shape as the optimiser keeps, from its first step on.</summary>
internal sealed class TrainedParameter(string name, Tensor tensor)
{
    public string Name => name;

    public Tensor Tensor => tensor;

    /// <summary>Steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>Empty before the first step.</summary>
    public Tensor[] State { get; set; } = [];
}
