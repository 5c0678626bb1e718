using Sosia.Learning.Views;
using static Sosia.Learning.Tests.PaintedFrame;

namespace Sosia.Learning.Tests;

/// <summary>Frames come out in their order, two later, each with the median of the boxes round it.</summary>
public sealed class SteadyBordersTests
{
    private static readonly PixelBox Letterbox = new(0, 16, 96, 80);
    private static readonly PixelBox Pillarbox = new(20, 0, 76, 96);

    [Fact]
    public void Frames_come_out_in_order_and_two_later()
    {
        var borders = new SteadyBorders(Side);
        var came = new List<double?>();
        for (var i = 0; i < 7; i++) came.Add(borders.Add(i / 2.0, PaintedFrame.Inside(Whole, seed: i))?.Time);
        Assert.Equal([null, null, 0, 0.5, 1, 1.5, 2], came);
        Assert.Equal([2.5, 3], borders.Finish().Select(frame => frame.Time));
        Assert.Empty(borders.Finish());
    }

    [Fact]
    public void Each_frame_keeps_its_own_pixels()
    {
        var buffer = new byte[Side * Side * 3];
        var borders = new SteadyBorders(Side);
        var came = new List<BorderedFrame>();
        for (var i = 0; i < 6; i++)
        {
            PaintedFrame.Inside(Whole, seed: i).CopyTo(buffer, 0); // a decoder gives the same buffer again and again
            if (borders.Add(i, buffer) is { } frame) came.Add(frame);
        }

        came.AddRange(borders.Finish());
        Assert.All(came.Index(), frame => Assert.Equal(PaintedFrame.Inside(Whole, seed: frame.Index), frame.Item.Rgb));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_short_video_comes_out_whole(int frames)
    {
        var boxes = Run([.. Enumerable.Repeat(Letterbox, frames)]);
        Assert.Equal(frames, boxes.Count);
        Assert.All(boxes, box => Assert.Equal(Letterbox, box));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(8)]
    public void One_odd_frame_moves_nothing(int odd)
    {
        var boxes = Enumerable.Repeat(Letterbox, 10).ToArray();
        boxes[odd] = Whole;
        Assert.All(Run(boxes), box => Assert.Equal(Letterbox, box));
    }

    [Fact]
    public void A_splice_moves_them_at_once()
    {
        PixelBox[] boxes = [.. Enumerable.Repeat(Letterbox, 5), .. Enumerable.Repeat(Pillarbox, 5)];
        Assert.Equal(boxes, Run(boxes));
    }

    // Own box three times among five at the first frame; twice at the second.
    [Fact]
    public void The_ends_stand_for_what_is_not_there()
    {
        Assert.Equal([Whole, Letterbox, Letterbox, Letterbox], Run(Whole, Letterbox, Letterbox, Letterbox));
        Assert.Equal([Letterbox, Letterbox, Letterbox, Whole], Run(Letterbox, Letterbox, Letterbox, Whole));
        Assert.Equal([Letterbox, Whole], Run(Letterbox, Whole));
    }

    // Each side has a median of its own.
    [Fact]
    public void Sides_are_steadied_one_by_one() => Assert.Equal(
        new PixelBox(4, 8, 92, 88),
        Run(new(4, 8, 92, 90), new(0, 8, 92, 88), new(4, 10, 92, 88), new(4, 8, 96, 88), new(6, 6, 90, 86))[2]);

    private static List<PixelBox> Run(params PixelBox[] boxes)
    {
        var borders = new SteadyBorders(Side);
        var came = new List<BorderedFrame>();
        foreach (var (i, box) in boxes.Index())
        {
            if (borders.Add(i, PaintedFrame.Inside(box, seed: i)) is { } frame) came.Add(frame);
        }

        came.AddRange(borders.Finish());
        return [.. came.Select(frame => frame.Box)];
    }
}
