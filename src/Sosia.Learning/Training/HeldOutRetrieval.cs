using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Methods;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>The figures at the end of a run: how well edited copies of clips that were never trained on are found, before and after, and what unrelated clips look like.</summary>
public static class HeldOutRetrieval
{
    private const int Together = 32; // clips
    private const int MostCopied = 500; // clips
    private const int OfVideo = 4; // clips, for the background
    private const int MostKnown = 2000; // clips, for the background

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
        var clips = PlainClips.Read(data.HeldOut, method.Views.Clips[0], recipe.Seed, each: 1, MostCopied);
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
        run.Finish(result, BackgroundOf(method, data, recipe.Seed, device, stop));
        return result;

        Tensor Part(int first, int count)
        {
            stop.ThrowIfCancellationRequested();
            return clips.Part(first, count, device);
        }
    }

    private static Background? BackgroundOf(Method method, Dataset data, int seed, Device device, CancellationToken stop)
    {
        if (method.Encoder is ClipTrunk)
        {
            return null; // whitened as it is, and trained so
        }

        PlainClips Read(IEnumerable<TrainingVideo> from, int most) => PlainClips.Read(from, method.Views.Clips[0], seed, OfVideo, most);
        var (known, heldOut) = (Read(data.Training, MostKnown), Read(data.HeldOut, MostCopied));
        return known.Count < 2 ? null : Background.Of(Vectors(method, known, device, stop), Vectors(method, heldOut, device, stop), heldOut.Videos);
    }

    // N x D.
    private static Tensor Vectors(Method method, PlainClips clips, Device device, CancellationToken stop)
    {
        using var noGrad = NoGrad.Enter();
        method.Encoder.Eval();
        var vectors = new List<Tensor>();
        for (var first = 0; first < clips.Count; first += Together)
        {
            stop.ThrowIfCancellationRequested();
            using var scope = TensorScope.Enter();
            var some = clips.Part(first, Math.Min(Together, clips.Count - first), device);
            vectors.Add(scope.Keep(method.Encoder.Forward(method.Prepare(some)).Vector.To(Device.Cpu, ScalarType.Float32)));
        }

        return Tensor.Cat([.. vectors]);
    }
}
