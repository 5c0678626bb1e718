using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Methods;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>The figure at the end of a run: how well edited copies of clips that were never trained on are found, before and after.</summary>
public static class HeldOutRetrieval
{
    private const int MostVideos = 500;

    /// <summary>Measures a finished run, and writes down what came out.</summary>
    /// <returns>Null where the packs hold fewer than two that are held out and can be read.</returns>
    public static RunResult? Measure(Run run, Dataset data, Device device)
    {
        using var scope = TensorScope.Enter();
        var recipe = run.Recipe;
        var clips = Clips(data, Plan(recipe), recipe.Seed).To(device);
        if (clips.Size(0) < 2)
        {
            return null;
        }

        using var generator = new Generator((ulong)recipe.Seed);
        using var encoder = recipe.Encoder.Build(generator, checkpointing: false);
        encoder.To(device);
        var untrained = Measure(encoder, clips);
        using (var weights = Safetensors.Read(run.EncoderPath))
        {
            encoder.Load(weights.Tensors.Tensors);
        }

        var result = new RunResult(Measure(encoder, clips), untrained);
        run.Finish(result);
        return result;
    }

    // The clips of the last stage, as they are found in a library: whole, in the middle, not mirrored.
    private static ClipPlan Plan(Recipe recipe) => RecipeTrial.Views(recipe)[^1].Clips[0] with { Scale = (1, 1), AnyPlace = false, Mirror = 0 };

    // N x 3 x T x H x W; a video that cannot be read does not cost the figure of the others.
    private static Tensor Clips(Dataset data, ClipPlan plan, int seed)
    {
        var (reader, size, count) = (new ClipReader(), ClipReader.Bytes(plan), 0);
        var bytes = new byte[checked(Math.Min(data.HeldOut.Count, MostVideos) * size)];
        foreach (var one in data.HeldOut.Take(MostVideos))
        {
            try
            {
                reader.Read(one.Pack, one.Video, plan, new SampleRandom(seed, -1, one.Number), bytes.AsSpan(count * size, size));
                count++;
            }
            catch (PackException)
            {
                // the next one takes its place
            }
        }

        return Batch.Unit(Tensor.Of(bytes.AsSpan(0, count * size), count, plan.Frames, plan.Side, plan.Side, 3));
    }

    private static CopyRetrievalResult Measure(Encoder encoder, Tensor clips) => CopyRetrieval.Measure(encoder, clips, ThreeDCsl.Normalised);
}
