using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Tests.Evaluating;

/// <summary>Finished runs without a training: their starting weights are what they learned.</summary>
internal static class EncoderRuns
{
    /// <summary>Writes a run.</summary>
    /// <param name="folder">Of the run.</param>
    /// <param name="method">Its tiny recipe is taken.</param>
    /// <param name="seed">Of the weights; the recipe has another.</param>
    public static string Make(string folder, string method, int seed = 7)
    {
        var recipe = RecipeFile.Named(method, "tiny");
        var run = Run.Create(folder, recipe, new RunStart([], DateTimeOffset.UnixEpoch, 1, "cpu", TorchRuntime.Version));
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)seed);
        using var encoder = recipe.Encoder.Build(generator, checkpointing: false);
        Safetensors.Write(run.EncoderPath, encoder.ToStored());
        return folder;
    }
}
