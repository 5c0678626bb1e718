using System.Globalization;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>All that a training needs to go on as if it had never stopped: one safetensors file, whole or not there.</summary>
/// <param name="Stage">Number of the stage in the recipe, from 0.</param>
/// <param name="Step">Steps of that stage that are done.</param>
/// <param name="Elapsed">Seconds of training so far, all stages together.</param>
internal sealed record Checkpoint(int Stage, long Step, double Elapsed)
{
    private const string Version = "sosia.checkpoint/1";
    private const string OfMethod = "method.";
    private const string OfOptimiser = "optimiser.";
    private const string OfAverage = "average.";

    /// <summary>Writes it; the one before is replaced when it stands. Between two stages there is nothing to remember but that.</summary>
    public void Write(string path, Module? method = null, Optimiser? optimiser = null, WeightAverage? average = null)
    {
        using var scope = TensorScope.Enter();
        var tensors = (method?.NamedState() ?? []).Select(entry => entry.Tensor.ToStored(OfMethod + entry.Name))
            .Concat((optimiser?.State() ?? []).Select(entry => entry.Tensor.ToStored(OfOptimiser + entry.Name)))
            .Concat((average?.State() ?? []).Select(entry => entry.Tensor.ToStored(OfAverage + entry.Name)));
        Safetensors.Write(path, tensors, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["format"] = Version,
            ["stage"] = Stage.ToString(CultureInfo.InvariantCulture),
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["elapsed"] = Elapsed.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Where a training stood; null: it has no checkpoint yet.</summary>
    /// <exception cref="CheckpointException">The file is broken, or not ours.</exception>
    public static Checkpoint? Find(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = Safetensors.Read(path);
        var facts = file.Metadata;
        return facts.GetValueOrDefault("format") == Version
            && int.TryParse(facts.GetValueOrDefault("stage"), CultureInfo.InvariantCulture, out var stage)
            && long.TryParse(facts.GetValueOrDefault("step"), CultureInfo.InvariantCulture, out var step)
            && double.TryParse(facts.GetValueOrDefault("elapsed"), CultureInfo.InvariantCulture, out var elapsed)
            ? new Checkpoint(stage, step, elapsed)
            : throw new RecipeException($"{path} is no checkpoint of a training ({Version})");
    }

    /// <summary>Puts everything back.</summary>
    /// <exception cref="StateMismatchException">The recipe is not the one that it was written with.</exception>
    public static void Restore(string path, Module method, Optimiser optimiser, WeightAverage? average)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var file = Safetensors.Read(path);
        method.Load(file.Tensors.Under(OfMethod).Tensors);
        optimiser.Load(file.Tensors.Under(OfOptimiser).Tensors.Select(stored => (stored.Name, stored.ToTensor())));
        average?.Load(file.Tensors.Under(OfAverage).Tensors.ToDictionary(stored => stored.Name, stored => stored.ToTensor(), StringComparer.Ordinal));
    }
}
