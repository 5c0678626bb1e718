using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>The figure at the end of a run: how well edited copies of clips that were never trained on are found, before and after.</summary>
public static class HeldOutRetrieval
{
    private const int MostVideos = 500;

    /// <summary>Measures a finished run, and writes down what came out.</summary>
    /// <returns>Null where the packs hold too few videos to hold any out.</returns>
    public static RunResult? Measure(Run run, Dataset data, Device device)
    {
        if (data.HeldOut.Count < 2)
        {
            return null;
        }

        var (recipe, plan) = (run.Recipe, Plan(run.Recipe));
        var clips = Clips(data, plan, recipe.Seed);
        using var generator = new Generator((ulong)recipe.Seed);
        using var encoder = recipe.Encoder.Build(generator, checkpointing: false);
        encoder.To(device);
        var untrained = Measure(encoder, clips, plan, recipe.Seed, device);
        using (var weights = Safetensors.Read(run.EncoderPath))
        {
            encoder.Load(weights.Tensors.Tensors);
        }

        var result = new RunResult(Measure(encoder, clips, plan, recipe.Seed, device), untrained);
        run.Finish(result);
        return result;
    }

    // The clips of the last stage, as they are found in a library: whole, in the middle, not mirrored.
    private static ClipPlan Plan(Recipe recipe)
    {
        using var generator = new Generator(0);
        using var method = recipe.Stages[^1].Method.Build(recipe.Encoder.Build(generator, checkpointing: false), World.Single);
        return method.Views.Clips[0] with { Scale = (1, 1), AnyPlace = false, Mirror = 0 };
    }

    private static byte[][] Clips(Dataset data, ClipPlan plan, int seed)
    {
        var reader = new ClipReader();
        return [.. data.HeldOut.Take(MostVideos).Select(one =>
        {
            var clip = new byte[ClipReader.Bytes(plan)];
            reader.Read(one.Pack, one.Video, plan, new SampleRandom(seed, -1, one.Number), clip);
            return clip;
        })];
    }

    private static CopyRetrievalResult Measure(Encoder encoder, byte[][] clips, ClipPlan plan, int seed, Device device) => throw new NotSupportedException();
}
