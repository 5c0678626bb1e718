namespace Sosia.Learning.Training;

/// <summary>Values of a recipe that cannot be, each named with what is allowed.</summary>
internal static class RecipeCheck
{
    private const double AlmostOne = 0.999999; // AdamW divides by what is left to 1

    /// <summary>All that is wrong.</summary>
    /// <exception cref="RecipeException">Something is.</exception>
    public static void Throw(Recipe recipe)
    {
        var faults = Faults(recipe).ToList();
        if (faults.Count > 0)
        {
            throw new RecipeException(string.Join("; ", faults));
        }
    }

    /// <summary>Whether the batches of all stages can be shared out.</summary>
    /// <param name="recipe">All its stages.</param>
    /// <param name="processes">To so many.</param>
    /// <exception cref="RecipeException">One cannot.</exception>
    public static void Sharing(Recipe recipe, int processes)
    {
        var faults = recipe.Stages.Where(stage => stage.Batch / stage.Accumulate % processes != 0)
            .Select(stage => $"stages.{stage.Name}.batch is {stage.Batch}{(stage.Accumulate > 1 ? $" in {stage.Accumulate} parts" : "")}, which cannot be shared out to {processes} processes")
            .ToList();
        if (faults.Count > 0)
        {
            throw new RecipeException(string.Join("; ", faults));
        }
    }

    private static IEnumerable<string> Faults(Recipe recipe)
    {
        if (recipe.Data is { } data)
        {
            foreach (var fault in Ranges(
                ("data.holdout", data.Holdout, 0, 0.9), ("data.workers", data.Workers, 1, 256), ("data.rate", data.Rate, 0.01, 240), ("data.side", data.Side, 8, 4096), ("data.stretch", data.Stretch ?? 1, 0.1, 86400)))
            {
                yield return fault;
            }
        }

        if (recipe.Stages.Count == 0)
        {
            yield return "stages is empty";
        }

        foreach (var twice in recipe.Stages.GroupBy(stage => stage.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            yield return $"two stages have the name {twice.Key}";
        }

        foreach (var fault in recipe.Stages.SelectMany(Faults))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Faults(Stage stage)
    {
        var path = $"stages.{stage.Name}";
        if (stage.Name.Length == 0 || stage.Name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
        {
            yield return $"the stage's name '{stage.Name}' is no word of letters, digits, - and _: files are named by it";
        }

        if (stage.Batch < 1 || stage.Accumulate < 1 || stage.Batch % stage.Accumulate != 0)
        {
            yield return $"{path}.batch is {stage.Batch} and cannot be computed in {stage.Accumulate} equal parts";
        }
        else if (stage.Method.Fault(stage.Batch / stage.Accumulate) is { } fault)
        {
            yield return $"{path}.method: {fault}";
        }

        var optimiser = stage.Optimiser;
        foreach (var range in Ranges(
            ($"{path}.epochs", stage.Epochs, 0, 1e6),
            ($"{path}.steps", stage.Steps ?? 0, 0, 1e12),
            ($"{path}.clipNorm", stage.ClipNorm ?? 1, 1e-12, 1e12),
            ($"{path}.clipEach", stage.ClipEach ?? 1, 1e-12, 1e12),
            ($"{path}.ema", stage.Ema ?? 0, 0, 1),
            ($"{path}.checkpointMinutes", stage.CheckpointMinutes, 0, 1e6),
            ($"{path}.optimiser.rate", optimiser.Rate, 0, 1e3),
            ($"{path}.optimiser.rateBatch", optimiser.RateBatch ?? 1, 1, 1e9),
            ($"{path}.optimiser.weightDecay", optimiser.WeightDecay, 0, 10),
            ($"{path}.optimiser.weightDecayEnd", optimiser.WeightDecayEnd ?? 0, 0, 10),
            ($"{path}.optimiser.beta1", optimiser.Beta1, 0, AlmostOne),
            ($"{path}.optimiser.beta2", optimiser.Beta2, 0, AlmostOne),
            ($"{path}.optimiser.eps", optimiser.Eps, 0, 1),
            ($"{path}.schedule.warmupEpochs", stage.Schedule?.WarmupEpochs ?? 0, 0, 1e6),
            ($"{path}.schedule.warmupSteps", stage.Schedule?.WarmupSteps ?? 0, 0, 1e12),
            ($"{path}.schedule.warmupFactor", stage.Schedule?.WarmupFactor ?? 0, 0, 1),
            ($"{path}.schedule.floor", stage.Schedule?.Floor ?? 0, 0, 1)))
        {
            yield return range;
        }

        foreach (var (i, group) in (optimiser.Groups ?? []).Index())
        {
            foreach (var fault in Ranges(
                ($"{path}.optimiser.groups.{i}.weightDecay", group.WeightDecay ?? 0, 0, 10), ($"{path}.optimiser.groups.{i}.rateFactor", group.RateFactor, 0, 1e3)))
            {
                yield return fault;
            }
        }
    }

    private static IEnumerable<string> Ranges(params (string Path, double Value, double Least, double Most)[] values) =>
        values.Where(v => !(v.Value >= v.Least && v.Value <= v.Most)).Select(v => FormattableString.Invariant($"{v.Path} is {v.Value}, and may be {v.Least} to {v.Most}"));
}
