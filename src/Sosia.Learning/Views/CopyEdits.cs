using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// Edits clips as copies of videos are edited: the strong set beside <see cref="Augmentation"/>, with all that <see cref="TrainingEdits"/> lists. All
/// frames of a clip are edited alike, but for what is about time (zoom, drop, freeze, reverse, fade) and noise.
/// </summary>
public static class CopyEdits
{
    private const int Chosen = 0; // of a clip's random numbers; the edits' follow

    /// <summary>Draws for a clip. Each edit has numbers of its own: the probability of one does not shift another.</summary>
    /// <param name="options">How likely and how strong; see <see cref="EditOptions.Validate"/>.</param>
    /// <param name="random">The clip's; it moves on, so that a second draw differs.</param>
    public static EditedClip Draw(EditOptions options, SampleRandom random)
    {
        _ = random.NextBits();
        var clip = EditedClip.None;
        foreach (var row in Rows(options, random))
        {
            var edit = TrainingEdits.All[row];
            var added = edit.Add(clip, new EditDraw(random.For((2 * row) + 2), options.Strength));
            clip = added with { Names = [.. clip.Names, edit.Name] };
        }

        return clip;
    }

    /// <summary>Edits clips, without a graph and in full precision; those without an edit keep their bits.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], on any device.</param>
    /// <param name="edits">N.</param>
    /// <param name="others">
    /// N x 3 x T x H x W: what each clip is mixed with, where its edits mix (<see cref="Inset"/>); null: the next clip of the batch, for the last one
    /// the first.
    /// </param>
    /// <returns>A new tensor of the same shape, float32, in [0, 1].</returns>
    /// <exception cref="ArgumentException">The clips are no N x 3 x T x H x W, there is another number of edits, or the others have another shape.</exception>
    public static Tensor Apply(Tensor clips, IReadOnlyList<EditedClip> edits, Tensor? others = null)
    {
        if (clips.Shape is not [var n, 3, _, _, _] || n != edits.Count)
        {
            throw new ArgumentException($"clips of {string.Join(" x ", clips.Shape)} with {edits.Count} edits: N x 3 x T x H x W with N are needed");
        }

        if (others is not null && !others.Shape.SequenceEqual(clips.Shape))
        {
            var (shape, wrong) = (string.Join(" x ", clips.Shape), string.Join(" x ", others.Shape));
            throw new ArgumentException($"clips of {shape} cannot be mixed with {wrong}: each needs one of its size", nameof(others));
        }

        using var noGrad = NoGrad.Enter();
        using var fullPrecision = Autocast.Enter(clips.Device.Type, enabled: false);
        using var scope = TensorScope.Enter();
        var result = clips.To(ScalarType.Float32, copy: true).Contiguous();
        for (var i = 0; i < edits.Count; i++)
        {
            if (edits[i] != EditedClip.None)
            {
                using var inner = TensorScope.Enter();
                var other = others?.Select(0, i) ?? clips.Select(0, (i + 1) % edits.Count);
                var clip = result.Select(0, i);
                clip.CopyInPlace(Edit(clip, edits[i], other.To(ScalarType.Float32)).Clamp(0, 1)); // resampling may end a rounding above 1
            }
        }

        return scope.Keep(result);
    }

    // Clip and other: 3 x T x H x W.
    private static Tensor Edit(Tensor clip, EditedClip edit, Tensor other)
    {
        clip = edit.Time?.Apply(clip) ?? clip;
        clip = edit.Screen is null ? clip : Overlays.Apply(clip, edit.Boxes, edit.Stickers);
        clip = WarpStage.Apply(clip, edit.Warp);
        clip = edit.Screen?.Apply(clip) ?? clip;
        clip = edit.Colour?.Apply(clip) ?? clip;
        clip = edit.Gamma == 1 ? clip : clip.Pow(edit.Gamma);
        clip = edit.Blur is null ? clip : Blur.Apply(clip.Unsqueeze(0), [edit.Blur]).Squeeze(0);
        clip = edit.Sharpening?.Apply(clip) ?? clip;
        clip = edit.Screen is null ? Overlays.Apply(clip, edit.Boxes, edit.Stickers) : clip;
        clip = edit.Noise is null ? clip : Noise.Apply(clip.Unsqueeze(0), [edit.Noise]).Squeeze(0);
        clip = edit.Insets.Aggregate(clip, (picture, inset) => inset.Apply(picture, other));
        clip = Downscale.Apply(clip, edit.Resolution);
        clip = edit.Fade?.Apply(clip) ?? clip;
        return edit.Quantisation is null ? clip : Quantisation.Apply(clip.Unsqueeze(0), [edit.Quantisation]).Squeeze(0);
    }

    // Rows of the table that are drawn, in its order.
    private static IEnumerable<int> Rows(EditOptions options, SampleRandom random)
    {
        var edits = TrainingEdits.All;
        var drawn = Enumerable.Range(0, edits.Count).Where(row => random.For((2 * row) + 1).Chance(edits[row].Probability(options))).ToList();
        var order = random.For(Chosen);
        return drawn.Count <= options.Most ? drawn : drawn.OrderBy(_ => order.NextBits()).Take(options.Most).Order();
    }
}
