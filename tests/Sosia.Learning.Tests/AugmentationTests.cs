using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class AugmentationTests
{
    private static readonly AugmentationOptions Everything = new()
    {
        ColourJitter = 1,
        Grey = 0.5,
        Blur = 1,
        Quantisation = 1,
        Overlay = 1,
        Frame = 1,
        Rotation = 1,
        Mirror = 0.5,
        Noise = 1,
    };

    [Fact]
    public void The_same_numbers_give_the_same_clips()
    {
        using var scope = TensorScope.Enter();
        var (clips, augmentation) = (Clips(3, 4, 19, 26), new Augmentation(Everything));
        var first = augmentation.Apply(clips, Randoms(3)).ToArray<float>();
        Assert.Equal(first, augmentation.Apply(clips, Randoms(3)).ToArray<float>());
        var randoms = Randoms(3);
        _ = augmentation.Apply(clips, randoms);
        Assert.NotEqual(first, augmentation.Apply(clips, randoms).ToArray<float>());
    }

    [Fact]
    public void A_clip_does_not_depend_on_those_beside_it()
    {
        using var scope = TensorScope.Enter();
        var (clips, augmentation) = (Clips(12, 3, 24, 24), new Augmentation(new() { Noise = 0.3, Mirror = 0.5 }));
        var together = augmentation.Apply(clips, Randoms(12));
        for (var i = 0; i < 12; i++)
        {
            Near(augmentation.Apply(clips.Narrow(0, i, 1), [Randoms(12)[i]]), together.Narrow(0, i, 1), 0);
        }
    }

    [Fact]
    public void Clips_together_become_what_each_becomes_alone()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(12, 3, 24, 20);
        var options = new AugmentationOptions { Noise = 0.3, Mirror = 0.5, Quantisation = 0 }; // where a rounding error decides between two steps
        var edits = Randoms(12).Select(random => ClipEdits.Draw(options, random)).ToList();
        Near(Augmentation.Apply(clips, edits, together: 12), Augmentation.Apply(clips, edits, together: 1), 1e-6);
        Near(Augmentation.Apply(clips, edits, together: 5), Augmentation.Apply(clips, edits, together: 1), 1e-6);
        var quantised = edits.Select((edit, i) => ClipEdits.None with { Quantisation = i % 3 == 0 ? null : new(20 + i) }).ToList();
        var smooth = Blur.Apply(clips, [.. edits.Select(_ => new Blur(0.2))]);
        Near(Augmentation.Apply(smooth, quantised, together: 12), Augmentation.Apply(smooth, quantised, together: 1), 1e-6);
    }

    [Fact]
    public void What_is_not_edited_keeps_its_bits()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(40, 2, 16, 16);
        var options = AugmentationOptions.None with { Blur = 0.3, LeastBlur = 0.05, MostBlur = 0.1, Frame = 0.3 };
        var edited = new Augmentation(options).Apply(clips, Randoms(40)).ToArray<float>().Chunk(2 * 3 * 16 * 16).ToArray();
        var before = clips.ToArray<float>().Chunk(2 * 3 * 16 * 16).ToArray();
        var kept = Randoms(40).Select(random => ClipEdits.Draw(options, random) is { Blur: null, Placement: null }).ToArray();
        Assert.Equal(kept, before.Zip(edited, (a, b) => a.SequenceEqual(b)));
        Assert.InRange(kept.Count(k => k), 10, 30);
        Assert.Equal(clips.ToArray<float>(), new Augmentation(AugmentationOptions.None).Apply(clips, Randoms(40)).ToArray<float>());
    }

    [Fact]
    public void The_clips_that_are_given_stay_as_they_are()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(2, 2, 16, 16);
        var before = clips.ToArray<float>();
        _ = new Augmentation(Everything).Apply(clips, Randoms(2));
        Assert.Equal(before, clips.ToArray<float>());
    }

    [Fact]
    public void Values_stay_in_range_at_any_size()
    {
        var augmentation = new Augmentation(Everything);
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(40),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            {
                using var scope = TensorScope.Enter();
                var random = new SampleRandom(seed, 0, 0);
                var (frames, height, width) = (1 + random.Below(4), 1 + random.Below(40), 1 + random.Below(40));
                var clips = random.Chance(0.5) ? Clips(2, frames, height, width, (ulong)random.Below(100)) : Tensor.Full([2, 3, frames, height, width], random.Below(2));
                var edited = augmentation.Apply(clips.To(ScalarType.Float32), [random.For(1), random.For(2)]);
                Assert.Equal(clips.Shape, edited.Shape);
                Assert.All(edited.ToArray<float>(), value => Assert.InRange(value, 0f, 1f));
            }));
    }

    [Fact]
    public void All_frames_are_edited_alike()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(6, 1, 24, 24).Expand([6, 3, 5, 24, 24]);
        var edited = new Augmentation(Everything with { Noise = 0 }).Apply(clips, Randoms(6));
        Near(edited, edited.Narrow(2, 0, 1).Expand(edited.Shape), 1e-6);
        Assert.True((edited - clips).Abs().Max().Item() > 0.1);
    }

    [Fact]
    public void Any_layout_of_the_input_gives_the_same()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(2, 3, 16, 24);
        var framesFirst = clips.Permute([0, 2, 3, 4, 1]).Contiguous().Permute([0, 4, 1, 2, 3]);
        var augmentation = new Augmentation(Everything);
        Assert.Equal(augmentation.Apply(clips, Randoms(2)).ToArray<float>(), augmentation.Apply(framesFirst, Randoms(2)).ToArray<float>());
    }

    [Fact]
    public void Autocast_changes_nothing()
    {
        using var scope = TensorScope.Enter();
        var (clips, augmentation) = (Clips(3, 3, 16, 16), new Augmentation(Everything));
        var plain = augmentation.Apply(clips, Randoms(3)).ToArray<float>();
        using var autocast = Autocast.Enter(DeviceType.Cpu);
        Assert.Equal(plain, augmentation.Apply(clips, Randoms(3)).ToArray<float>());
    }

    [Fact]
    public void Edits_come_as_often_as_the_options_say()
    {
        var options = new AugmentationOptions { Noise = 0.4, Mirror = 0.1 };
        var edits = Enumerable.Range(0, 2000).Select(i => ClipEdits.Draw(options, new SampleRandom(5, 0, i))).ToList();
        Often(0.8 + (0.2 * 0.2), edit => edit.Colour is not null);
        Often(0.2, edit => edit.Colour is { Grey: true });
        Often(0.3, edit => edit.Blur is not null);
        Often(0.3, edit => edit.Quantisation is not null);
        Often(0.3, edit => edit.Overlay is not null);
        Often(0.15, edit => edit.Overlay is { Width: >= 0.5 }); // captions
        Often(0.4, edit => edit.Noise is not null);
        Often(0.2, edit => edit.Placement is { Degrees: not 0 });
        Often(0.1, edit => edit.Placement is { Mirrored: true });
        Often(0.25, edit => edit.Placement is { Width: > 1 } or { Height: > 1 }); // bars
        Often(0.25, edit => edit.Placement is { Width: < 1 } or { Height: < 1 }); // crops

        // Four deviations of a count of 2,000.
        void Often(double probability, Func<ClipEdits, bool> has) => Assert.InRange(
            edits.Count(has) / 2000.0, probability - (4 * Deviation(probability)), probability + (4 * Deviation(probability)));

        static double Deviation(double probability) => Math.Sqrt(probability * (1 - probability) / 2000);
    }

    [Fact]
    public void Edits_are_as_strong_as_the_options_say()
    {
        var options = Everything with { Frame = 1, Rotation = 0, Mirror = 0 };
        var edits = Enumerable.Range(0, 1000).Select(i => ClipEdits.Draw(options, new SampleRandom(6, 0, i))).ToList();
        Assert.All(edits, edit =>
        {
            var (window, colour) = (edit.Placement!, edit.Colour!);
            var area = window.Width * window.Height;
            Assert.InRange(area > 1 ? 1 / area : area, 0.6 - 1e-9, 1);
            Assert.InRange(area > 1 ? 1 : window.Width / window.Height, 0.75 - 1e-9, (4 / 3.0) + 1e-9);
            Assert.True(area > 1 || Math.Abs(window.CentreX - 0.5) + (window.Width / 2) <= 0.5 + 1e-12, "a crop reaches outside");
            Assert.All([colour.Brightness, colour.Contrast, colour.Saturation], factor => Assert.InRange(factor, 0.6, 1.4));
            Assert.InRange(colour.Hue, -0.1, 0.1);
            Assert.InRange(edit.Blur!.Deviation, 0.004, 0.015);
            Assert.InRange(edit.Quantisation!.Quality, 10, 60);
            Assert.InRange(edit.Overlay!.Left, -1e-9, 1 - edit.Overlay.Width + 1e-9);
        });
        Assert.Equal([10, 60], new[] { edits.Min(edit => edit.Quantisation!.Quality), edits.Max(edit => edit.Quantisation!.Quality) });
    }

    [Fact]
    public void The_probability_of_one_edit_does_not_shift_another()
    {
        var options = new AugmentationOptions();
        for (var i = 0; i < 100; i++)
        {
            var (one, other) = (ClipEdits.Draw(options, new(1, 0, i)), ClipEdits.Draw(options with { Frame = 0, Rotation = 0, ColourJitter = 0 }, new(1, 0, i)));
            Assert.Equal((one.Blur, one.Overlay, one.Quantisation), (other.Blur, other.Overlay, other.Quantisation));
        }
    }

    [Fact]
    public void Wrong_clips_and_options_are_refused()
    {
        using var scope = TensorScope.Enter();
        var augmentation = new Augmentation(new());
        Assert.Contains("2 edits", Assert.Throws<ArgumentException>(() => augmentation.Apply(Clips(3, 2, 8, 8), Randoms(2))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => augmentation.Apply(Clips(2, 2, 8, 8)[0], Randoms(3)));
        Assert.Contains("blur is 1.5", Assert.Throws<RecipeException>(() => new Augmentation(new() { Blur = 1.5 })).Message, StringComparison.Ordinal);
        Assert.Throws<RecipeException>(() => new Augmentation(new() { Grey = double.NaN }));
        Assert.Throws<RecipeException>(() => new Augmentation(new() { LeastQuality = 70 }));
        Assert.Throws<RecipeException>(() => new Augmentation(new() { LeastArea = 0 }));
        Assert.Throws<RecipeException>(() => new Augmentation(new() { LeastBlur = 0 }));
    }

    internal static Tensor Clips(long count, long frames, long height, long width, ulong seed = 3)
    {
        using var generator = new Generator(seed);
        return Tensor.Rand([count, 3, frames, height, width], generator);
    }

    internal static void Near(Tensor a, Tensor b, double tolerance)
    {
        Assert.Equal(a.Shape, b.Shape);
        Assert.InRange((a - b).Abs().Max().Item(), 0, tolerance);
    }

    private static SampleRandom[] Randoms(int count) => [.. Enumerable.Range(0, count).Select(i => new SampleRandom(1, 2, i))];
}
