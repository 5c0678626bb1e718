using Sosia.Learning.Views;
using static Sosia.Learning.Tests.PaintedFrame;

namespace Sosia.Learning.Tests;

/// <summary>Constant borders are cut off to the pixel, and nothing else is.</summary>
public sealed class BordersTests
{
    public static TheoryData<string, PixelBox> Boxes => new()
    {
        { "none", Whole },
        { "letterbox", new(0, 12, 96, 84) },
        { "pillarbox", new(20, 0, 76, 96) },
        { "frame", new(10, 14, 86, 82) },
        { "asymmetric", new(3, 25, 90, 96) },
        { "one edge", new(0, 0, 96, 70) },
        { "one line", new(0, 1, 96, 96) },
        { "a third is left", new(0, 32, 96, 64) },
    };

    [Theory]
    [MemberData(nameof(Boxes))]
    public void Bars_of_any_colour_are_cut_off(string what, PixelBox box)
    {
        foreach (var colour in new (byte, byte, byte)[] { (0, 0, 0), (16, 16, 16), (255, 255, 255), (20, 60, 200) })
        {
            Assert.True(box == Borders.Inside(PaintedFrame.Inside(box, colour), Side), $"{what}, {colour}");
        }
    }

    [Theory]
    [MemberData(nameof(Boxes))]
    public void Bars_that_were_encoded_again_are_cut_off(string what, PixelBox box)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            Assert.True(box == Borders.Inside(Noisy(PaintedFrame.Inside(box, (18, 16, 17), seed), 2, seed), Side), $"{what}, seed {seed}");
        }
    }

    // A scaled edge is neither bar nor picture; two lines of it may go with either.
    [Fact]
    public void A_blurred_edge_is_cut_nearby()
    {
        var sharp = PaintedFrame.Inside(new(0, 20, 96, 76));
        var blurred = Paint((x, y) =>
        {
            var (r, g, b) = (0, 0, 0);
            for (var at = y - 1; at <= y + 1; at++)
            {
                var pixel = ((Math.Clamp(at, 0, Side - 1) * Side) + x) * 3;
                (r, g, b) = (r + sharp[pixel], g + sharp[pixel + 1], b + sharp[pixel + 2]);
            }

            return ((byte)(r / 3), (byte)(g / 3), (byte)(b / 3));
        });
        var box = Borders.Inside(blurred, Side);
        Assert.Equal((0, 96), (box.Left, box.Right));
        Assert.InRange(box.Top, 18, 21);
        Assert.InRange(box.Bottom, 75, 78);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(128)]
    [InlineData(255)]
    public void A_flat_picture_is_whole(byte value)
    {
        Assert.Equal(Whole, Borders.Inside(Paint((_, _) => (value, value, value)), Side));
        Assert.Equal(Whole, Borders.Inside(Noisy(Paint((_, _) => (value, value, value)), 2), Side));
    }

    [Fact]
    public void A_flat_picture_inside_bars_is_whole() =>
        Assert.Equal(Whole, Borders.Inside(Paint((_, y) => y is < 20 or >= 76 ? default : ((byte)200, (byte)10, (byte)10)), Side));

    [Fact]
    public void Two_flat_halves_are_whole() =>
        Assert.Equal(Whole, Borders.Inside(Paint((_, y) => y < 48 ? default : ((byte)200, (byte)10, (byte)10)), Side));

    // From one line to the next nothing ends: one level a line, noisy or not.
    [Fact]
    public void A_dark_sky_that_fades_is_no_bar()
    {
        var sky = Paint((x, y) => y < 60 ? ((byte)(y * 0.5), (byte)(y * 0.8), (byte)y) : Busy(x, y, 1));
        Assert.Equal(Whole, Borders.Inside(sky, Side));
        Assert.Equal(Whole, Borders.Inside(Noisy(sky, 2), Side));
    }

    // A flat wall behind a small bright thing: too few pixels end at one line.
    [Fact]
    public void A_flat_background_is_no_bar()
    {
        var wall = Paint((x, y) => x is > 40 and < 56 && y is > 30 and < 66 ? Busy(x, y, 2) : ((byte)80, (byte)80, (byte)80));
        Assert.Equal(Whole, Borders.Inside(wall, Side));
    }

    [Fact]
    public void Bars_inside_of_bars_are_cut_off()
    {
        var box = new PixelBox(16, 22, 80, 74);
        var twice = Paint((x, y) => y is < 10 or >= 86 || x is < 8 or >= 88 ? default
            : box.Left <= x && x < box.Right && box.Top <= y && y < box.Bottom ? Busy(x, y, 3) : ((byte)220, (byte)220, (byte)220));
        Assert.Equal(box, Borders.Inside(twice, Side));
    }

    [Theory]
    [InlineData(0, 40, 96, 60)]
    [InlineData(40, 0, 60, 96)]
    [InlineData(36, 36, 60, 60)]
    public void A_picture_of_which_little_would_be_left_is_whole(int left, int top, int right, int bottom) =>
        Assert.Equal(Whole, Borders.Inside(PaintedFrame.Inside(new(left, top, right, bottom)), Side));

    [Fact]
    public void The_box_is_inside_whatever_the_picture()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var side = random.Next(1, 24);
            var blocks = random.Next(1, 5);
            var colours = Enumerable.Range(0, blocks * blocks).Select(_ => (byte)(random.Next(3) * 100)).ToArray();
            var rgb = new byte[side * side * 3];
            for (var i = 0; i < side * side; i++) rgb.AsSpan(3 * i, 3).Fill(colours[(i / side * blocks / side * blocks) + (i % side * blocks / side)]);
            var box = Borders.Inside(rgb, side);
            Assert.True(box.Left >= 0 && box.Top >= 0 && box.Right <= side && box.Bottom <= side && box.Left < box.Right && box.Top < box.Bottom, $"seed {seed}: {box}");
        }
    }
}
