using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>The optimiser of a stage, its groups of parameters, and its rate over time.</summary>
internal sealed class ScheduledOptimiser : IDisposable
{
    private readonly Stage stage;
    private readonly double rate;
    private readonly (double Factor, bool OwnDecay)[] rules; // of the groups

    /// <summary>As the recipe says.</summary>
    /// <param name="stage">Says it.</param>
    /// <param name="network">Whose parameters that require gradients are trained.</param>
    public ScheduledOptimiser(Stage stage, Module network)
    {
        this.stage = stage;
        var options = stage.Optimiser;
        rate = options.RateBatch is { } batch ? options.Rate * stage.Batch / batch : options.Rate;
        var given = options.Groups ?? [];
        var groups = network.NamedParameters().Where(p => p.Tensor.RequiresGrad)
            .GroupBy(p => given.FirstOrDefault(rule => rule.Match.Any(end => p.Name.EndsWith(end, StringComparison.Ordinal))))
            .ToList();
        rules = [.. groups.Select(group => (group.Key?.RateFactor ?? 1, group.Key?.WeightDecay is not null))];
        var parameters = groups.Select(group => new ParameterGroup(group, rate, group.Key?.WeightDecay ?? options.WeightDecay));
        Inner = options.Name switch
        {
            OptimiserName.Sgd => new Sgd(parameters, rate, momentum: options.Beta1),
            OptimiserName.Adam => new Adam(parameters, rate, options.Beta1, options.Beta2, options.Eps),
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
        var step = schedule.ByEpoch ? at.Epoch * at.EpochSteps : at.Step;
        var factor = schedule.Name switch
        {
            ScheduleName.Cosine => Schedules.Cosine(step, at.Steps, schedule.Floor),
            ScheduleName.Steps => Schedules.Steps(at.Epoch, schedule.Milestones ?? []),
            ScheduleName.WarmedCosine => Schedules.WarmedCosine(step, at.Steps, (long)warmup, 1, schedule.Floor),
            _ => 1,
        };
        return rate * factor * (schedule.Name == ScheduleName.WarmedCosine ? 1 : Schedules.Warmup(step, warmup, schedule.WarmupFactor));
    }

    /// <summary>A step at the rate of the schedule.</summary>
    public void Step(Progress at)
    {
        var options = stage.Optimiser;
        foreach (var (group, (factor, ownDecay)) in Inner.Groups.Zip(rules))
        {
            group.LearningRate = Rate(at) * factor;
            if (options.WeightDecayEnd is { } end && !ownDecay)
            {
                group.WeightDecay = Schedules.Between(at.Step, at.Steps, options.WeightDecay, end);
            }
        }

        Inner.Step();
    }

    /// <inheritdoc/>
    public void Dispose() => Inner.Dispose();
}
