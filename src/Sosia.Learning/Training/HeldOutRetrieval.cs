using Sosia.Learning.Evaluation;
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

        // As clips are found in a library: whole, in the middle, not mirrored.
        var plan = method.Views.Clips[0] with { Scale = (1, 1), AnyPlace = false, Mirror = 0, Crop = null, From = null };
        var clips = Clips(data, plan, recipe.Seed);
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
        run.Finish(result);
        return result;

        Tensor Part(int first, int count)
        {
            stop.ThrowIfCancellationRequested();
            var bytes = clips.Skip(first).Take(count).SelectMany(clip => clip).ToArray();
            return Batch.Unit(Tensor.Of(bytes, count, plan.Frames, plan.Side, plan.Side, 3).To(device));
        }
    }

    // As bytes: five hundred clips of a large network, as numbers, would fill the memory. A video that cannot be read costs the figure of no other.
    private static List<byte[]> Clips(Dataset data, ClipPlan plan, int seed)
    {
        var (reader, clips) = (new ClipReader(), new List<byte[]>());
        foreach (var one in data.HeldOut)
        {
            var clip = new byte[ClipReader.Bytes(plan)];
            try
            {
                var random = new SampleRandom(seed, -1, one.Number);
                reader.Read(one.Pack, one.Video, plan, random, random, clip);
            }
            catch (PackException)
            {
                continue;
            }

            clips.Add(clip);
            if (clips.Count == MostVideos)
            {
                break;
            }
        }

        return clips;
    }
}
