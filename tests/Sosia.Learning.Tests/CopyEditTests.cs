using Sosia.Learning.Views;
using Sosia.Torch;
using static Sosia.Learning.Tests.AugmentationTests;

namespace Sosia.Learning.Tests;

public sealed class CopyEditTests
{
    [Fact]
    public void Mirror_and_turns_are_exact()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 3, 14, 14);
        Near(Edited(clips, "mirror"), clips.Flip([4]), 1e-5);
        Near(Edited(clips, "rot180"), clips.Flip([3, 4]), 1e-5);
        Near(Warped(clips, new WarpStage(Projection.QuarterTurn)), clips.Flip([4]).Transpose(3, 4), 1e-5);
        Near(Warped(clips, new WarpStage(Projection.Identity, Degrees: 90)), clips.Flip([4]).Transpose(3, 4), 1e-5);
        Near(Warped(clips, new WarpStage(Projection.Mirror), new WarpStage(Projection.QuarterTurn)), clips.Transpose(3, 4), 1e-5);
    }

    [Theory]
    [InlineData("letterbox")]
    [InlineData("pillarbox")]
    [InlineData("frame")]
    public void Bars_are_of_one_colour_and_lie_where_they_should(string name)
    {
        using var scope = TensorScope.Enter();
        var clips = (Clips(1, 2, 60, 60) * 0.5) + 0.25;
        for (var seed = 0; seed < 10; seed++)
        {
            var edit = CopyEditsTests.Drawn(name, seed);
            var (edited, outside) = (CopyEdits.Apply(clips, [edit]), edit.Warp[0].Outside!.Value);
            float[] colour = [(float)outside.Red, (float)outside.Green, (float)outside.Blue];
            foreach (var (y, x) in new[] { (0, 30), (59, 30), (30, 0), (30, 59) })
            {
                var isBar = name == "frame" || (x == 30) == (name == "letterbox");
                Assert.Equal(isBar, edited[0, .., 1, y, x].ToArray<float>().SequenceEqual(colour));
            }

            Assert.True((edited[0, .., 0, 20..40, 20..40] - edited[0, .., 0, 20, 20].View([3, 1, 1])).Abs().Max().Item() > 0.1, "the picture is gone");
        }
    }

    [Fact]
    public void Bars_keep_their_colour_under_what_follows()
    {
        using var scope = TensorScope.Enter();
        var white = Tensor.Ones([1, 3, 1, 40, 40]);
        var boxed = new WarpStage(Projection.Window(1, 2), Outside: new Rgb(1, 0, 0));
        var framed = new WarpStage(Projection.Window(2, 2), Outside: new Rgb(0, 0, 1));
        var edited = Warped(white, boxed, framed);
        Assert.Equal([0f, 0, 1], edited[0, .., 0, 20, 5].ToArray<float>());
        Assert.Equal([1f, 0, 0], edited[0, .., 0, 12, 20].ToArray<float>());
        Assert.Equal([1f, 1, 1], edited[0, .., 0, 20, 20].ToArray<float>());
        Near(Warped(white, framed, new WarpStage(Projection.Window(0.5, 0.5))), white, 1e-6); // the border is cropped away
    }

    [Fact]
    public void What_becomes_smaller_is_averaged()
    {
        using var scope = TensorScope.Enter();
        var stripes = Tensor.Of([0f, 1], 1, 1, 1, 2, 1).Repeat([1, 3, 2, 16, 40]); // 32 rows
        var squeezed = Warped(stripes, new WarpStage(Projection.Window(1, 2), Outside: new Rgb(0, 0, 0)));
        Near(squeezed[.., .., .., 10..22], Tensor.Full([1, 3, 2, 12, 40], 0.5), 0.03);
        var wide = Warped(stripes, new WarpStage(Projection.Window(2, 1), Outside: new Rgb(0, 0, 0)));
        Near(wide[.., .., .., .., 12..28], stripes[.., .., .., .., 12..28], 1e-5); // along the other side nothing is lost
        var turned = Warped(stripes, new WarpStage(Projection.QuarterTurn), new WarpStage(Projection.Window(2, 1), Outside: new Rgb(0, 0, 0)));
        Assert.InRange(turned[0, 0, 0, 16, 12..28].Std([0], 1).Item(), 0, 0.2);
    }

    [Fact]
    public void Corners_come_to_lie_where_they_should()
    {
        double[] corners = [-0.8, -0.9, 0.7, -0.6, -0.9, 0.5, 1.1, 0.9];
        var map = Projection.Corners(corners);
        double[] sides = [-1, -1, 1, -1, -1, 1, 1, 1];
        for (var i = 0; i < 8; i += 2)
        {
            var (x, y) = At(map, corners[i], corners[i + 1]);
            Assert.Equal(sides[i], x, 9);
            Assert.Equal(sides[i + 1], y, 9);
        }

        using var scope = TensorScope.Enter();
        var white = Tensor.Ones([1, 3, 1, 100, 100]);
        var seen = Warped(white, new WarpStage(map, Outside: new Rgb(0, 0, 0)));
        Assert.Equal(1, seen[0, 0, 0, 10, 14].Item(), 5); // right of and below top left, at 10 and 5
        Assert.Equal(0, seen[0, 0, 0, 10, 7].Item(), 5);
        Assert.Equal(0, seen[0, 0, 0, 12, 80].Item(), 5); // above top right, at 85 and 20
    }

    [Fact]
    public void A_zoom_moves_from_all_to_its_window()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 1, 16, 16).Expand([1, 3, 3, 16, 16]);
        var edited = Warped(clips, new WarpStage(Projection.Identity, Projection.Window(0.5, 0.5, 0.75, 0.25)));
        Near(edited[.., .., 0], clips[.., .., 0], 1e-5);
        Near(edited[.., .., 2], Warped(clips, new WarpStage(Projection.Window(0.5, 0.5, 0.75, 0.25)))[.., .., 2], 1e-5);
        Near(edited[.., .., 1], Warped(clips, new WarpStage(Projection.Window(0.75, 0.75, 0.625, 0.375)))[.., .., 1], 1e-5);
    }

    [Fact]
    public void The_negative_of_the_negative_is_the_picture()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 2, 8, 8);
        var once = Edited(clips, "invert");
        Near(once, 1 - clips, 1e-6);
        Near(Edited(once, "invert"), clips, 1e-6);
        Near(Coloured(clips, ColourMatrix.Negative.Then(ColourMatrix.Negative)), clips, 1e-6);
    }

    [Fact]
    public void Colours_follow_their_formulas()
    {
        using var scope = TensorScope.Enter();
        var clips = (Clips(1, 2, 8, 8) * 0.2) + 0.4;
        var luma = (clips[.., 0] * 0.299) + (clips[.., 1] * 0.587) + (clips[.., 2] * 0.114);
        Near(Edited(clips, "grey"), luma.Unsqueeze(1).Expand(clips.Shape), 1e-5);
        Near(Coloured(clips, ColourMatrix.Contrasted(1.5)), (clips * 1.5) - 0.25, 1e-6);
        Near(Coloured(clips, ColourMatrix.Brightened(-0.2)), clips - 0.2, 1e-6);
        Near(Coloured(clips, ColourMatrix.Contrasted(0.5).Then(ColourMatrix.Brightened(0.2))), (clips * 0.5) + 0.45, 1e-6);
        Near(Coloured(clips, ColourMatrix.Tinted(new(1, 0, 0.5), 1)), clips * Tensor.Of([1f, 0, 0.5f], 3, 1, 1, 1), 1e-6);
        Near(CopyEdits.Apply(clips, [EditedClip.None with { Gamma = 2 }]), clips * clips, 1e-6);
        var sepia = Edited(Tensor.Full([1, 3, 1, 2, 2], 0.5), "sepia")[0, .., 0, 0, 0].ToArray<float>();
        Assert.True(sepia[0] > sepia[1] && sepia[1] > sepia[2], string.Join(" ", sepia));
    }

    [Fact]
    public void Sharpening_steepens_an_edge_and_leaves_what_is_flat()
    {
        using var scope = TensorScope.Enter();
        var edge = Tensor.Cat([Tensor.Full([1, 3, 1, 100, 50], 0.4), Tensor.Full([1, 3, 1, 100, 50], 0.6)], 4);
        var sharp = Edited(edge, "sharpen");
        Assert.True(sharp[0, 0, 0, 10, 49].Item() < 0.39 && sharp[0, 0, 0, 10, 50].Item() > 0.61);
        Near(sharp[.., .., .., .., ..40], edge[.., .., .., .., ..40], 1e-4);
    }

    [Fact]
    public void Lost_resolution_is_lost()
    {
        using var scope = TensorScope.Enter();
        var board = Tensor.Of([0f, 1, 1, 0], 1, 1, 1, 2, 2).Repeat([1, 3, 2, 8, 8]);
        Near(CopyEdits.Apply(board, [EditedClip.None with { Resolution = 0.25 }])[.., .., .., 4..12, 4..12], Tensor.Full([1, 3, 2, 8, 8], 0.5), 0.03);
        var smooth = CopyEditsTests.Smooth(2, 64, 64);
        Near(CopyEdits.Apply(smooth, [EditedClip.None with { Resolution = 0.5 }]), smooth, 0.03);
    }

    [Fact]
    public void Pip_in_shows_the_clip_small_in_the_other()
    {
        using var scope = TensorScope.Enter();
        var (clips, other) = (CopyEditsTests.Smooth(2, 40, 40), Clips(1, 2, 40, 40));
        var mixed = CopyEdits.Apply(clips, [EditedClip.None with { Insets = [new Inset(0.5, 0.25, 0.5, 0.25, IsOther: false)] }], other);
        Near(mixed[.., .., .., 10..20, 20..], clips.View([3, 2, 40, 40]).AvgPool2d([4, 2]).View([1, 3, 2, 10, 20]), 0.03);
        Near(mixed[.., .., .., ..10], other[.., .., .., ..10], 0);
        Near(mixed[.., .., .., .., ..20], other[.., .., .., .., ..20], 0);
        var drawn = CopyEditsTests.Drawn("pip-in", 1).Insets[0];
        Assert.InRange(drawn.Width, 0.3, 0.5);
    }

    [Fact]
    public void Pip_over_covers_a_corner_with_the_other()
    {
        using var scope = TensorScope.Enter();
        var (clips, other) = (Clips(1, 2, 40, 40) * 0.5, Tensor.Ones([1, 3, 2, 40, 40]));
        var inset = CopyEditsTests.Drawn("pip-over", 1);
        var share = CopyEdits.Apply(clips, [inset], other).Gt(0.9).To(ScalarType.Float32).Mean().Item();
        Assert.InRange(inset.Insets[0].Width, 0.2, 0.38);
        Assert.InRange(share, inset.Insets[0].Width * inset.Insets[0].Height * 0.85, inset.Insets[0].Width * inset.Insets[0].Height * 1.15);
        var pair = Tensor.Cat([clips, other]);
        Near(CopyEdits.Apply(pair, [inset, EditedClip.None])[0], CopyEdits.Apply(clips, [inset], other)[0], 0); // the next of the batch
    }

    [Fact]
    public void Frames_come_in_the_order_that_is_said()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 5, 6, 6);
        Near(Edited(clips, "reverse"), clips.Flip([2]), 0);
        Assert.Equal([0, 1, 2, 2, 2], new TimeChange { Frozen = 0.6, FrozenAt = 1 }.Frames(5));
        Assert.Equal([0, 0, 2, 3], new TimeChange { Frozen = 0.1 }.Frames(4));
        Assert.Equal([4, 3, 2, 0, 0], new TimeChange { Frozen = 0.1, Reversed = true }.Frames(5));
        for (var seed = 0; seed < 50; seed++)
        {
            var shown = new TimeChange { Dropped = 0.3, Seed = seed }.Frames(6);
            Assert.Equal(0, shown[0]);
            Assert.All(Enumerable.Range(1, 5), t => Assert.True(shown[t] == t || shown[t] == shown[t - 1]));
            Assert.InRange(shown.Distinct().Count(), 1, 5);
        }

        Assert.Equal([0], new TimeChange { Dropped = 1, Frozen = 1, Reversed = true }.Frames(1));
    }

    [Fact]
    public void A_fade_rises_or_falls()
    {
        Assert.Equal([0.2, 0.6, 1, 1], new Fade(0.2, 0.5, Out: false).Light(4), Close);
        Assert.Equal([1, 1, 0.6, 0.2], new Fade(0.2, 0.5, Out: true).Light(4), Close);
        using var scope = TensorScope.Enter();
        var faded = CopyEdits.Apply(Tensor.Ones([1, 3, 4, 2, 2]), [EditedClip.None with { Fade = new(0.2, 0.5, Out: false) }]);
        Near(faded[0, 1, .., 1, 1], Tensor.Of([0.2f, 0.6f, 1, 1], 4), 1e-6);

        static bool Close(double a, double b) => Math.Abs(a - b) < 1e-9;
    }

    [Fact]
    public void A_filmed_screen_is_lit()
    {
        using var scope = TensorScope.Enter();
        var grey = Tensor.Full([1, 3, 1, 40, 40], 0.5);
        Tensor Lit(ScreenLight light) => CopyEdits.Apply(grey, [EditedClip.None with { Screen = light }]);
        Near(Lit(new()), grey, 1e-6);
        var vignette = Lit(new() { Vignette = 0.5 });
        Assert.InRange(vignette[0, 0, 0, 0, 0].Item(), 0.24, 0.28);
        Assert.InRange(vignette[0, 0, 0, 20, 20].Item(), 0.49, 0.5);
        var glare = Lit(new() { Glare = 0.4, GlareX = 0.25, GlareY = 0.75 });
        Assert.InRange(glare[0, 0, 0, 30, 10].Item(), 0.88, 0.91);
        Assert.InRange(glare[0, 0, 0, 0, 39].Item(), 0.5, 0.51);
        var waves = Lit(new() { Waves = 0.2, WavesAcross = 5 });
        Assert.InRange((waves.Max() - 0.5).Item(), 0.09, 0.1);
        Assert.Equal(0.5, waves.Mean().Item(), 2);
    }

    [Fact]
    public void Stickers_have_their_colour_at_their_place()
    {
        using var scope = TensorScope.Enter();
        foreach (var shape in Enum.GetValues<StickerShape>())
        {
            var clips = Tensor.Zeros([1, 3, 2, 60, 80]);
            var stuck = CopyEdits.Apply(clips, [EditedClip.None with { Stickers = [new(shape, 0.25, 0.5, 0.5, new Rgb(0.2, 0.9, 0.4))] }]);
            Assert.Equal([0.2f, 0.9f, 0.4f], stuck[0, .., 1, 30, 20].ToArray<float>());
            Near(stuck[.., .., .., .., 36..], clips[.., .., .., .., 36..], 0);
            Near(stuck[.., .., .., ..14], clips[.., .., .., ..14], 0);
            var area = stuck[0, 1, 0].Gt(0).To(ScalarType.Float32).Sum().Item();
            Assert.InRange(area, 150, 720); // a disc of radius 15 has 707
        }
    }

    private static Tensor Edited(Tensor clips, string name) => CopyEdits.Apply(clips, [CopyEditsTests.Drawn(name, 1)]);

    private static Tensor Warped(Tensor clips, params WarpStage[] stages) => CopyEdits.Apply(clips, [EditedClip.None with { Warp = stages }]);

    private static Tensor Coloured(Tensor clips, ColourMatrix colour) => CopyEdits.Apply(clips, [EditedClip.None with { Colour = colour }]);

    private static (double X, double Y) At(Projection map, double x, double y)
    {
        var m = map.Values;
        var w = (m[6] * x) + (m[7] * y) + m[8];
        return (((m[0] * x) + (m[1] * y) + m[2]) / w, ((m[3] * x) + (m[4] * y) + m[5]) / w);
    }
}
