using Sosia.Learning.Views;
using Sosia.Torch;
using static Sosia.Learning.Tests.AugmentationTests;

namespace Sosia.Learning.Tests;

public sealed class EditTests
{
    [Fact]
    public void Edits_of_no_strength_change_nothing()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(2, 3, 16, 24);
        Near(Placement.Apply(clips, [new(), new()]), clips, 1e-5);
        Near(ColourChange.Apply(clips, [new(), new()]), clips, 1e-5);
        Near(Blur.Apply(clips, [new(1e-4), new(1e-4)]), clips, 1e-6);
        Near(Noise.Apply(clips, [new(0, 1), new(0, 2)]), clips, 0);
        Near(Overlay.Apply(clips, [Outside, Outside]), clips, 0);
        Near(Quantisation.Apply(clips, [new(100), new(100)]), clips, 0.02);
    }

    [Fact]
    public void Mirroring_is_a_flip()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 2, 10, 14);
        Near(Placement.Apply(clips, [new() { Mirrored = true }]), clips.Flip([4]), 1e-5);
    }

    [Theory]
    [InlineData(90)]
    [InlineData(-90)]
    [InlineData(180)]
    public void A_square_turns_counter_clockwise(double degrees)
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 2, 12, 12);
        var expected = degrees switch
        {
            90 => clips.Flip([4]).Transpose(3, 4),
            -90 => clips.Transpose(3, 4).Flip([4]),
            _ => clips.Flip([3, 4]),
        };
        Near(Placement.Apply(clips, [new() { Degrees = degrees }]), expected, 1e-5);
    }

    [Fact]
    public void Half_a_turn_is_the_same_on_any_picture()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 1, 8, 20);
        Near(Placement.Apply(clips, [new() { Degrees = 180 }]), clips.Flip([3, 4]), 1e-5);
        var turned = Placement.Apply(clips, [new() { Degrees = 90, Outside = new(1, 0, 0) }]);
        Assert.Equal([1f, 0, 0], turned[0, .., 0, 4, 0].ToArray<float>()); // 8 pixels wide now: left of them is outside
        Near(turned[0, .., 0, 4, 10], clips[0, .., 0, 4, 9], 1e-5); // half a pixel right of and below the middle was left of and below it
    }

    [Fact]
    public void A_crop_enlarges_its_window()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 1, 16, 16);
        var crop = Placement.Apply(clips, [new() { Width = 0.5, Height = 0.5, CentreX = 0.75, CentreY = 0.25, Outside = new(1, 1, 1) }]);
        var window = clips[.., .., 0, ..8, 8..];
        Near(crop[.., .., 0].AvgPool2d([2, 2]).Narrow(2, 1, 6).Narrow(3, 1, 6), Smoothed(window).Narrow(2, 1, 6).Narrow(3, 1, 6), 1e-5);
    }

    [Fact]
    public void Bars_have_their_colour_and_the_picture_its_share()
    {
        using var scope = TensorScope.Enter();
        var white = Tensor.Ones([1, 3, 2, 20, 20]);
        var barred = Placement.Apply(white, [new() { Height = 2, Outside = new(0.2, 0.4, 0.6) }]);
        Assert.Equal([0.2f, 0.4f, 0.6f], barred[0, .., 1, 3, 10].ToArray<float>());
        Assert.Equal([1f, 1, 1], barred[0, .., 1, 6, 0].ToArray<float>());
        Near(barred[0, 0, 0].Mean(), Tensor.Of(0.6f), 0.02); // half 1, half 0.2
    }

    [Fact]
    public void Grey_is_luma()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 2, 5, 7);
        var luma = (clips[.., 0] * 0.299) + (clips[.., 1] * 0.587) + (clips[.., 2] * 0.114);
        var grey = ColourChange.Apply(clips, [new() { Grey = true, Saturation = 1.3, Hue = 0.1 }]);
        Near(grey, luma.Unsqueeze(1).Expand(clips.Shape), 1e-5);
    }

    [Fact]
    public void Brightness_and_contrast_follow_their_formulas()
    {
        using var scope = TensorScope.Enter();
        var clips = (Clips(2, 2, 6, 6) * 0.4) + 0.3;
        var changed = ColourChange.Apply(clips, [new() { Brightness = 1.2 }, new() { Contrast = 0.5 }]);
        Near(changed[0], clips[0] * 1.2, 1e-5);
        var mean = ((clips[1, 0] * 0.299) + (clips[1, 1] * 0.587) + (clips[1, 2] * 0.114)).Mean();
        Near(changed[1], (clips[1] + mean) * 0.5, 1e-5);
    }

    [Fact]
    public void Hue_turns_and_keeps_luma()
    {
        using var scope = TensorScope.Enter();
        var clips = (Clips(1, 1, 6, 6) * 0.1) + 0.45; // nothing is clamped
        var turned = ColourChange.Apply(clips, [new() { Hue = 0.25 }]);
        var back = ColourChange.Apply(turned, [new() { Hue = 0.75 }]);
        Near(back, clips, 1e-4);
        Assert.True((turned - clips).Abs().Max().Item() > 0.02);
        Near(Luma(turned), Luma(clips), 1e-4);
        var red = ColourChange.Apply(Tensor.Of([0.6f, 0.4f, 0.4f], 1, 3, 1, 1, 1), [new() { Hue = 1 / 3.0 }]).ToArray<float>();
        Assert.True(red.Max() != red[0], string.Join(" ", red));

        static Tensor Luma(Tensor clips) => ColourChange.Apply(clips, [new() { Grey = true }]);
    }

    [Fact]
    public void A_blur_spreads_a_point_as_a_gaussian()
    {
        using var scope = TensorScope.Enter();
        var point = Tensor.Zeros([1, 3, 1, 41, 41]);
        point[.., .., 0, 20, 20].FillInPlace(1);
        var blurred = Blur.Apply(point, [new(2.0 / 41)])[0, 1, 0];
        Assert.Equal(1, blurred.Sum().Item(), 4);
        Assert.Equal(Math.Exp(-4 / 8.0), blurred[20, 22].Item() / blurred[20, 20].Item(), 4);
        Assert.Equal(Math.Exp(-(4 + 9) / 8.0), blurred[22, 17].Item() / blurred[20, 20].Item(), 4);
        Near(Blur.Apply(Tensor.Full([1, 3, 1, 9, 6], 0.7), [new(0.3)]), Tensor.Full([1, 3, 1, 9, 6], 0.7), 1e-5); // edges too
    }

    [Fact]
    public void Quantising_twice_is_quantising_once()
    {
        using var scope = TensorScope.Enter();
        var clips = (Blur.Apply(Clips(2, 2, 24, 24), [new(0.05), new(0.05)]) * 0.8) + 0.1; // nothing is clamped
        var once = Quantisation.Apply(clips, [new(30), new(70)]);
        Near(Quantisation.Apply(once, [new(30), new(70)]), once, 1e-4);
        var lost = (once - clips).Square().Mean([1, 2, 3, 4]).ToArray<float>();
        Assert.True(lost[0] > 1.5 * lost[1] && lost[1] > 0, string.Join(" ", lost));
    }

    [Fact]
    public void A_flat_block_keeps_its_mean()
    {
        using var scope = TensorScope.Enter();
        var flat = Tensor.Full([1, 3, 1, 13, 9], 100 / 255.0); // (100 - 128) * 8 is a multiple of 16: exact at quality 50
        Near(Quantisation.Apply(flat, [new(50)]), flat, 1e-5);
        var other = Quantisation.Apply(Tensor.Full([1, 3, 1, 13, 9], 101 / 255.0), [new(25)]);
        Near(other, Tensor.Full(other.Shape, 100 / 255.0), 1e-5); // steps of 4: -27 / 4 rounds to -7
    }

    [Fact]
    public void A_box_lies_where_it_should()
    {
        using var scope = TensorScope.Enter();
        var clips = Clips(1, 2, 40, 40);
        var box = new Overlay { Left = 0.25, Top = 0.5, Width = 0.5, Height = 0.25, Opacity = 0.5, Ground = new(0, 0, 1), Ink = new(1, 1, 0) };
        var laid = Overlay.Apply(clips, [box]);
        Near(laid[.., .., .., ..20], clips[.., .., .., ..20], 0);
        Near(laid[.., .., .., 30..], clips[.., .., .., 30..], 0);
        Near(laid[.., .., .., .., ..10], clips[.., .., .., .., ..10], 0);
        Near(laid[.., .., .., .., 30..], clips[.., .., .., .., 30..], 0);
        Near(laid[.., 2, .., 20, 10..30], (clips[.., 2, .., 20, 10..30] + 1) * 0.5, 1e-6); // the box's edge has no writing
        var ink = laid[0, 0, 0, 20..30, 10..30].Eq(1).To(ScalarType.Float32).Sum().Item();
        Assert.InRange(ink, 10, 100);
    }

    [Fact]
    public void Noise_has_its_deviation_and_comes_from_its_seed()
    {
        using var scope = TensorScope.Enter();
        var grey = Tensor.Full([3, 3, 4, 32, 32], 0.5);
        var noisy = Noise.Apply(grey, [new(0.05, 1), new(0.05, 1), new(0.05, 2)]);
        Near(noisy[0], noisy[1], 0);
        Assert.Equal(0.05, noisy[0].Std([0, 1, 2, 3], 1).Item(), 3);
        Assert.True((noisy[0] - noisy[2]).Std([0, 1, 2, 3], 1).Item() > 0.06);
        Assert.True((noisy[0, .., 0] - noisy[0, .., 1]).Std([0, 1, 2], 1).Item() > 0.06); // frames differ
    }

    private static Overlay Outside => new() { Left = 2, Top = 0, Width = 0.1, Height = 0.1 };

    // Two pixels of bilinear enlargement by two lie a quarter to either side: their mean weighs neighbours by 1/8.
    private static Tensor Smoothed(Tensor pictures)
    {
        float[] line = [0.125f, 0.75f, 0.125f];
        float[] square = [.. line.SelectMany(a => line.Select(b => a * b))];
        return pictures.View([3, 1, 8, 8]).Conv2d(Tensor.Of(square, 1, 1, 3, 3), padding: [1, 1]).View([1, 3, 8, 8]);
    }
}
