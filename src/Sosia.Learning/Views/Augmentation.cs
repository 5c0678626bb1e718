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

    /// <summary>Edits clips as given.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], on any device.</param>
    /// <param name="edits">N.</param>
    /// <returns>A new tensor of the same shape, float32, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The clips are no N x 3 x T x H x W, or there is another number of edits.</exception>
    public static Tensor Apply(Tensor clips, IReadOnlyList<ClipEdits> edits)
    {
        if (clips.Shape is not [var n, 3, _, _, _] || n != edits.Count)
        {
            throw new ArgumentException($"clips of {string.Join(" x ", clips.Shape)} with {edits.Count} edits: N x 3 x T x H x W with N are needed");
        }

        using var noGrad = NoGrad.Enter();
        using var fullPrecision = Autocast.Enter(clips.Device.Type, enabled: false);
        using var scope = TensorScope.Enter();
        var result = OwnCopy(clips);
        Edit(result, edits, static edit => edit.Placement, Placement.Apply);
        Edit(result, edits, static edit => edit.Colour, ColourChange.Apply);
        Edit(result, edits, static edit => edit.Blur, Blur.Apply);
        Edit(result, edits, static edit => edit.Overlay, Overlay.Apply);
        Edit(result, edits, static edit => edit.Noise, Noise.Apply);
        Edit(result, edits, static edit => edit.Quantisation, Quantisation.Apply);
        return scope.Keep(result);
    }

    private static Tensor OwnCopy(Tensor clips)
    {
        var plain = clips.To(ScalarType.Float32);
        return plain.IsContiguous ? plain.Clone() : plain.Contiguous();
    }

    // Changes those clips, in place, that have such an edit.
    private static void Edit<T>(
        Tensor clips, IReadOnlyList<ClipEdits> edits, Func<ClipEdits, T?> part, Func<Tensor, IReadOnlyList<T>, Tensor> apply)
        where T : class
    {
        long[] hit = [.. Enumerable.Range(0, edits.Count).Where(i => part(edits[i]) is not null).Select(i => (long)i)];
        if (hit.Length == 0)
        {
            return;
        }

        using var scope = TensorScope.Enter(); // a large batch has large intermediates
        var index = Tensor.Of(hit, hit.Length).To(clips.Device);
        var edited = apply(clips.IndexSelect(0, index), [.. edits.Select(part).OfType<T>()]);
        clips.IndexCopyInPlace(0, index, edited);
    }
}
