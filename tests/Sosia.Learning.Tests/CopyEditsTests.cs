using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;
using static Sosia.Learning.Tests.AugmentationTests;

namespace Sosia.Learning.Tests;

public sealed class CopyEditsTests
{
    public static TheoryData<string> Names => [.. TrainingEdits.All.Select(edit => edit.Name)];

    [Fact]
    public void Every_edit_of_videos_is_one_of_clips_or_has_a_reason()
    {
        string[] known = [.. TrainingEdits.All.Select(edit => edit.Name), .. TrainingEdits.Elsewhere.Keys];
        Assert.Equal(known.Distinct(), known);
        Assert.Equal(Edits.All.Select(edit => edit.Name).Order(), known.Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_edit_changes_a_clip_and_leaves_it_in_range(string name)
    {
        using var scope = TensorScope.Enter();
        var (clips, other) = (Clips(1, 4, 96, 110), Clips(1, 4, 96, 110, seed: 9));
        for (var seed = 0; seed < 10; seed++)
        {
            var edit = Drawn(name, seed);
            var edited = CopyEdits.Apply(clips, [edit], other);
            Assert.Equal(clips.Shape, edited.Shape);
            Assert.InRange(edited.Min().Item(), 0, 1);
            Assert.InRange(edited.Max().Item(), 0, 1);
            Assert.True((edited - clips).Abs().Max().Item() > 0.01, $"{name} did nothing: seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_edit_is_as_likely_as_its_probability(string name)
    {
        var row = TrainingEdits.Named(name);
        Assert.Equal(0.3, row.Probability(EditOptions.Each(0.3)));
        var options = Only(name, 0.3);
        Assert.Equal(0.3, TrainingEdits.All.Sum(edit => edit.Probability(options)));
        var often = Enumerable.Range(0, 1000).Count(i => CopyEdits.Draw(options, new(1, 0, i)).Names.SequenceEqual([name]));
        Assert.InRange(often, 240, 360); // four deviations
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Without_strength_what_has_a_range_changes_little(string name)
    {
        using var scope = TensorScope.Enter();
        string[] whole = ["mirror", "rot90", "rot180", "grey", "sepia", "invert", "reverse"];
        string[] large = ["logo", "text", "emoji", "pip-in", "pip-over"]; // they stay, but small
        if (!whole.Contains(name) && !large.Contains(name))
        {
            var clips = Smooth(4, 32, 32);
            var edit = TrainingEdits.Named(name).Add(EditedClip.None, new EditDraw(new(3, 0, 0), Strength: 0));
            Near(CopyEdits.Apply(clips, [edit]), clips, 0.02);
        }
    }

    [Fact]
    public void Nothing_drawn_changes_nothing()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(5, 3, 16, 20);
        var edits = Randoms(5).Select(random => CopyEdits.Draw(EditOptions.Each(0), random)).ToList();
        Assert.All(edits, edit => Assert.Empty(edit.Names));
        Assert.Equal(clips.ToArray<float>(), CopyEdits.Apply(clips, edits).ToArray<float>());
    }

    [Fact]
    public void Everything_drawn_is_cut_to_the_most()
    {
        var clips = Enumerable.Range(0, 200).Select(i => CopyEdits.Draw(EditOptions.Each(1) with { Most = 3 }, new(1, 0, i)).Names).ToList();
        Assert.All(clips, names => Assert.Equal(3, names.Distinct().Count()));
        Assert.Equal(TrainingEdits.All.Count, clips.SelectMany(names => names).Distinct().Count());
        Assert.Equal(TrainingEdits.All.Count, CopyEdits.Draw(EditOptions.Each(1) with { Most = 99 }, new(1, 0, 0)).Names.Count);
    }

    [Fact]
    public void The_same_numbers_give_the_same_clips()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(4, 4, 20, 26);
        var first = Edited(clips, Randoms(4));
        Near(Edited(clips, Randoms(4)), first, 0);
        var randoms = Randoms(4);
        _ = Edited(clips, randoms);
        Assert.True((Edited(clips, randoms) - first).Abs().Max().Item() > 0.1);
    }

    [Fact]
    public void A_clip_does_not_depend_on_those_beside_it()
    {
        using var scope = TensorScope.Enter();
        var (clips, others) = (Clips(24, 4, 24, 24), Clips(24, 4, 24, 24, seed: 8));
        var together = Edited(clips, Randoms(24), others);
        for (var i = 0; i < 24; i++)
        {
            Near(Edited(clips.Narrow(0, i, 1), [Randoms(24)[i]], others.Narrow(0, i, 1)), together.Narrow(0, i, 1), 0);
        }
    }

    [Fact]
    public void The_probability_of_one_edit_does_not_shift_another()
    {
        for (var i = 0; i < 50; i++)
        {
            var (one, both) = (CopyEdits.Draw(Only("crop", 1), new(1, 0, i)), CopyEdits.Draw(Only("crop", 1) with { Blur = 1, Mirror = 1 }, new(1, 0, i)));
            Assert.Equal(one.Warp[0].Start.Values, both.Warp[0].Start.Values);
        }
    }

    [Fact]
    public void Frames_are_edited_alike_but_for_time_and_noise()
    {
        using var scope = TensorScope.Enter();
        var still = Clips(1, 1, 24, 24).Expand([1, 3, 5, 24, 24]);
        var options = EditOptions.Each(0.5) with { Most = 99, Zoom = 0, Fade = 0, Noise = 0, Screen = 0, PipIn = 0, PipOver = 0 };
        for (var i = 0; i < 20; i++)
        {
            var edited = CopyEdits.Apply(still, [CopyEdits.Draw(options, new(4, 0, i))]);
            Near(edited, edited.Narrow(2, 0, 1).Expand(edited.Shape), 1e-6);
        }
    }

    [Fact]
    public void Any_size_and_any_draw_give_clips_in_range()
    {
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(60),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            {
                using var scope = TensorScope.Enter();
                var random = new SampleRandom(seed, 0, 0);
                var (frames, height, width) = (1 + random.Below(5), 1 + random.Below(40), 1 + random.Below(40));
                var clips = random.Chance(0.5) ? Clips(2, frames, height, width, (ulong)random.Below(100)) : Tensor.Full([2, 3, frames, height, width], random.Below(2));
                var options = EditOptions.Each(0.4) with { Most = 40, Strength = random.Next() };
                var edited = CopyEdits.Apply(clips, [CopyEdits.Draw(options, random), CopyEdits.Draw(options, random)]);
                Assert.Equal(clips.Shape, edited.Shape);
                Assert.InRange(edited.Min().Item(), 0, 1); // neither is NaN
                Assert.InRange(edited.Max().Item(), 0, 1);
            }));
    }

    [Fact]
    public void The_clips_that_are_given_stay_as_they_are_in_any_layout()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(6, 3, 16, 24);
        var before = clips.ToArray<float>();
        var edited = Edited(clips, Randoms(6));
        Assert.Equal(before, clips.ToArray<float>());
        var framesFirst = clips.Permute([0, 2, 3, 4, 1]).Contiguous().Permute([0, 4, 1, 2, 3]);
        Near(Edited(framesFirst, Randoms(6)), edited, 0);
    }

    [Fact]
    public void Wrong_clips_and_options_are_refused()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(2, 2, 8, 8);
        Assert.Contains("1 edits", Assert.Throws<ArgumentException>(() => CopyEdits.Apply(clips, [EditedClip.None])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => CopyEdits.Apply(clips[0], [EditedClip.None, EditedClip.None, EditedClip.None]));
        Assert.Contains("mixed", Assert.Throws<ArgumentException>(() => CopyEdits.Apply(clips, [EditedClip.None, EditedClip.None], clips[..1])).Message, StringComparison.Ordinal);
        Assert.Contains("pip-in is 1.5", Assert.Throws<RecipeException>(() => (new EditOptions() with { PipIn = 1.5 }).Validate()).Message, StringComparison.Ordinal);
        Assert.Throws<RecipeException>(() => (new EditOptions() with { Strength = double.NaN }).Validate());
        Assert.Throws<RecipeException>(() => (new EditOptions() with { Most = -1 }).Validate());
        Assert.Contains("there are crop", Assert.Throws<ArgumentException>(() => TrainingEdits.Named("nothing")).Message, StringComparison.Ordinal);
        new EditOptions().Validate();
    }

    [Fact]
    public void Recipes_hold_the_options_and_keep_the_defaults_of_the_others()
    {
        var json = JsonSerializer.Serialize(new EditOptions { Crop = 0.5, PipIn = 0.25 }, EditOptionsJson.Default.EditOptions);
        Assert.Equal(new EditOptions { Crop = 0.5, PipIn = 0.25 }, JsonSerializer.Deserialize(json, EditOptionsJson.Default.EditOptions));
        var read = JsonSerializer.Deserialize("""{"strength":0.5,"pipIn":0.25}""", EditOptionsJson.Default.EditOptions);
        Assert.Equal(new EditOptions { Strength = 0.5, PipIn = 0.25 }, read);
    }

    internal static EditedClip Drawn(string name, int seed) => TrainingEdits.Named(name).Add(EditedClip.None, new EditDraw(new(seed, 0, 0)));

    // Waves that are far longer than a pixel.
    internal static Tensor Smooth(int frames, int height, int width)
    {
        var values = new float[3 * frames * height * width];
        for (var i = 0; i < values.Length; i++)
        {
            var (x, y, plane) = (i % width, i / width % height, i / (width * height));
            values[i] = (float)(0.5 + (0.2 * Math.Sin((4.0 * x / width) + plane)) + (0.2 * Math.Cos((5.0 * y / height) - plane)));
        }

        return Tensor.Of(values, 1, 3, frames, height, width);
    }

    private static Tensor Edited(Tensor clips, SampleRandom[] randoms, Tensor? others = null) =>
        CopyEdits.Apply(clips, [.. randoms.Select(random => CopyEdits.Draw(EditOptions.Each(0.12), random))], others);

    private static SampleRandom[] Randoms(int count) => [.. Enumerable.Range(0, count).Select(i => new SampleRandom(1, 2, i))];

    // The options of the table's row, found by what it reads.
    private static EditOptions Only(string name, double probability)
    {
        var none = EditOptions.Each(0);
        EditOptions[] each =
        [
            none with { Crop = probability }, none with { Zoom = probability }, none with { Aspect = probability }, none with { Mirror = probability },
            none with { Rot3 = probability }, none with { Letterbox = probability }, none with { Pillarbox = probability }, none with { Frame = probability },
            none with { Rot90 = probability }, none with { Rot180 = probability }, none with { Screen = probability }, none with { Colour = probability },
            none with { Grey = probability }, none with { Sepia = probability }, none with { Tint = probability }, none with { Invert = probability },
            none with { Contrast = probability }, none with { Brightness = probability }, none with { Gamma = probability }, none with { Blur = probability },
            none with { Sharpen = probability }, none with { Logo = probability }, none with { Text = probability }, none with { Emoji = probability },
            none with { Noise = probability }, none with { Drop = probability }, none with { Freeze = probability }, none with { Reverse = probability },
            none with { PipIn = probability }, none with { PipOver = probability }, none with { Scale = probability }, none with { Fade = probability },
            none with { Reencode = probability }, none with { Lowrate = probability },
        ];
        return each[TrainingEdits.All.Select(edit => edit.Name).ToList().IndexOf(name)];
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(EditOptions))]
internal sealed partial class EditOptionsJson : JsonSerializerContext;
