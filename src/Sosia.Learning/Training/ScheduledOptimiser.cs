using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>The optimiser of a stage, its groups of parameters, and its rate over time.</summary>
internal sealed class ScheduledOptimiser : IDisposable
{
    private readonly Stage stage;
    private readonly double rate;
    private readonly double[] factors; // of the groups

    /// <summary>As the recipe says.</summary>
    /// <param name="stage">Says it.</param>
    /// <param name="network">Whose parameters that require gradients are trained.</param>
    public ScheduledOptimiser(Stage stage, Module network)
    {
        this.stage = stage;
        var options = stage.Optimiser;
        rate = options.RateBatch is { } batch ? options.Rate * stage.Batch / batch : options.Rate;
        var rules = options.Groups ?? [];
        var groups = network.NamedParameters().Where(p => p.Tensor.RequiresGrad)
            .GroupBy(p => rules.FirstOrDefault(rule => rule.Match.Any(end => p.Name.EndsWith(end, StringComparison.Ordinal))))
            .ToList();
        factors = [.. groups.Select(group => group.Key?.RateFactor ?? 1)];
        var parameters = groups.Select(group => new ParameterGroup(group, rate, group.Key?.WeightDecay ?? options.WeightDecay));
        Inner = options.Name switch
        {
            OptimiserName.Sgd => new Sgd(parameters, rate, momentum: options.Beta1),
            _ => new AdamW(parameters, rate, options.Beta1, options.Beta2, options.Eps),
        };
    }

    /// <summary>What takes the steps.</summary>
    public Optimiser Inner { get; }

    /// <summary>The rate at a step, of parameters without a factor of their own.</summary>
    public double Rate(Progress at)
    {
        var schedule = stage.Schedule!;
        var warmup = schedule.WarmupSteps ?? (schedule.WarmupEpochs * at.EpochSteps);
        var factor = schedule.Name == ScheduleName.Cosine ? Schedules.Cosine(at.Step, at.Steps, schedule.Floor) : 1;
        return rate * factor * Schedules.Warmup(at.Step, warmup, schedule.WarmupFactor);
    }

    /// <summary>A step at the rate of the schedule.</summary>
    public void Step(Progress at)
    {
        foreach (var (group, factor) in Inner.Groups.Zip(factors))
        {
            group.LearningRate = Rate(at) * factor;
        }

        Inner.Step();
    }

    /// <inheritdoc/>
    public void Dispose() => Inner.Dispose();
}
