using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Edits clips at random, each by numbers of its own and all its frames alike.</summary>
public sealed class Augmentation
{
    private readonly AugmentationOptions options;

    /// <summary>An augmentation with these options.</summary>
    /// <exception cref="RecipeException">They cannot be.</exception>
    public Augmentation(AugmentationOptions options)
    {
        options.Validate();
        this.options = options;
    }

    /// <summary>Edited clips, without a graph and in full precision. An edit costs only the clips that it is drawn for; the others keep their bits.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], on any device.</param>
    /// <param name="randoms">N; each moves on, so that a second call gives other edits.</param>
    /// <returns>A new tensor of the same shape, float32, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The clips are no N x 3 x T x H x W, or there is another number of random streams.</exception>
    public Tensor Apply(Tensor clips, IReadOnlyList<SampleRandom> randoms) => Apply(clips, [.. randoms.Select(random => ClipEdits.Draw(options, random))]);

    /// <summary>Edited clips of a sample's part: two clips of a sample are edited differently, and always alike.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], on any device.</param>
    /// <param name="samples">N, of the samples; they do not move on.</param>
    /// <param name="part">Of their random numbers.</param>
    /// <returns>A new tensor of the same shape, float32, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The clips are no N x 3 x T x H x W, or there is another number of random streams.</exception>
    public Tensor Apply(Tensor clips, IReadOnlyList<SampleRandom> samples, int part) => Apply(clips, [.. samples.Select(sample => sample.For(part))]);

    /// <summary>Edits clips as given.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], on any device.</param>
    /// <param name="edits">N.</param>
    /// <returns>A new tensor of the same shape, float32, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The clips are no N x 3 x T x H x W, or there is another number of edits.</exception>
    public static Tensor Apply(Tensor clips, IReadOnlyList<ClipEdits> edits) => Apply(clips, edits, clips.Device.Type == DeviceType.Cpu ? 1 : Math.Max(1, edits.Count));

    /// <summary>Edits clips so many at a time: on a GPU all at once, on a processor one by one, as each then stays in its caches.</summary>
    internal static Tensor Apply(Tensor clips, IReadOnlyList<ClipEdits> edits, int together)
    {
        if (clips.Shape is not [var n, 3, _, _, _] || n != edits.Count)
        {
            throw new ArgumentException($"clips of {string.Join(" x ", clips.Shape)} with {edits.Count} edits: N x 3 x T x H x W with N are needed");
        }

        using var noGrad = NoGrad.Enter();
        using var fullPrecision = Autocast.Enter(clips.Device.Type, enabled: false);
        using var scope = TensorScope.Enter();
        var result = OwnCopy(clips);
        Edit(static edit => edit.Placement, Placement.Apply);
        Edit(static edit => edit.Colour, ColourChange.Apply);
        Edit(static edit => edit.Blur, Blur.Apply);
        Edit(static edit => edit.Overlay, Overlay.Apply);
        Edit(static edit => edit.Noise, Noise.Apply);
        Edit(static edit => edit.Quantisation, Quantisation.Apply);
        return scope.Keep(result);

        // Changes those clips, in place, that have such an edit.
        void Edit<T>(Func<ClipEdits, T?> part, Func<Tensor, IReadOnlyList<T>, Tensor> apply)
            where T : class
        {
            var hit = Enumerable.Range(0, edits.Count).Where(i => part(edits[i]) is not null);
            foreach (var some in hit.Chunk(together))
            {
                using var inner = TensorScope.Enter();
                Change(result, some, clips => apply(clips, [.. some.Select(i => part(edits[i])!)]));
            }
        }
    }

    private static Tensor OwnCopy(Tensor clips)
    {
        var plain = clips.To(ScalarType.Float32);
        return plain.IsContiguous ? plain.Clone() : plain.Contiguous();
    }

    private static void Change(Tensor clips, int[] some, Func<Tensor, Tensor> change)
    {
        if (some is [var one])
        {
            var clip = clips.Narrow(0, one, 1);
            clip.CopyInPlace(change(clip));
            return;
        }

        var index = Tensor.Of(some, some.Length).To(clips.Device, ScalarType.Int64);
        clips.IndexCopyInPlace(0, index, change(clips.IndexSelect(0, index)));
    }
}
