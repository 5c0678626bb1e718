using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>The figures at the end of a run: how well edited copies of clips that were never trained on are found, before and after, and what unrelated clips look like.</summary>
public static class HeldOutRetrieval
{
    private const int Most = 500; // clips

    /// <summary>Measures a finished run, and writes down what came out.</summary>
    /// <param name="run">All stages are trained.</param>
    /// <param name="data">What it was trained on.</param>
    /// <param name="device">Where.</param>
    /// <param name="stop">Ends it; it can be measured again.</param>
    /// <returns>Null where the packs hold fewer than two that are held out and can be read.</returns>
    public static RunResult? Measure(Run run, Dataset data, Device device, CancellationToken stop = default)
    {
        using var scope = TensorScope.Enter();
        var recipe = run.Recipe;
        using var generator = new Generator((ulong)recipe.Seed);
        using var method = recipe.Stages[^1].Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
        var reader = new PlainClips(method.Views.Clips[0], recipe.Seed);
        var clips = reader.Read(data.HeldOut, each: 1, Most).ToList();
        if (clips.Count < 2)
        {
            return null;
        }

        method.To(device);
        CopyRetrievalResult Figure() => CopyRetrieval.Measure(method.Encoder, clips.Count, Part, method.Prepare);
        var untrained = Figure();
        using (var weights = Safetensors.Read(run.EncoderPath))
        {
            method.Encoder.Load(weights.Tensors.Tensors);
        }

        var result = new RunResult(Figure(), untrained);
        var isWhitened = method.Encoder is ClipTrunk; // and trained so
        using var background = isWhitened ? null : HeldOutBackground.Measure(method.Encoder, method.Prepare, method.Views.Clips[0], data, recipe.Seed, device, stop);
        run.Finish(result, background);
        return result;

        Tensor Part(int first, int count)
        {
            stop.ThrowIfCancellationRequested();
            return reader.Batch(clips.GetRange(first, count), device);
        }
    }
}
