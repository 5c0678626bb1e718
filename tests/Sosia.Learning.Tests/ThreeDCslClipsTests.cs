using Sosia.Learning.Evaluation;
using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

public sealed class ThreeDCslClipsTests
{
    [Theory]
    [InlineData(0, 25)]
    [InlineData(double.NaN, 25)]
    [InlineData(-3, 25)]
    [InlineData(double.PositiveInfinity, 25)]
    [InlineData(144, 144)]
    [InlineData(144.1, 25)]
    [InlineData(0.2, 1)]
    [InlineData(2.5, 2)]
    public void Odd_rates(double rate, int step) => Assert.Equal(step, ThreeDCslClips.FrameStep(rate));

    [Fact]
    public void Every_frame_is_used_dropped_or_made_up()
    {
        for (var kept = 1; kept < 200; kept++)
        {
            var layout = ThreeDCslClips.Layout(kept);
            Assert.Equal(kept, layout.Used + layout.Dropped);
            Assert.Equal(8 * layout.Clips, layout.Used + layout.Padded);
            Assert.InRange(layout.Dropped, 0, 3);
            Assert.True(layout.Padded <= 4 || kept < 4);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => ThreeDCslClips.Layout(0));
        Assert.Throws<ArgumentException>(() => ThreeDCslClips.Normalise([], 4, 5));
    }

    [Fact]
    public void A_part_of_a_resized_picture_is_that_part()
    {
        var random = new Random(1);
        for (var round = 0; round < 50; round++)
        {
            var (height, width, newHeight, newWidth) = (random.Next(1, 40), random.Next(1, 40), random.Next(1, 60), random.Next(1, 60));
            var picture = new byte[height * width * 3];
            random.NextBytes(picture);
            var whole = new byte[newHeight * newWidth * 3];
            BilinearResize.Rgb(picture, height, width, newHeight, newWidth, 0, 0, whole, newHeight, newWidth);
            var (top, left) = (random.Next(newHeight), random.Next(newWidth));
            var (rows, columns) = (random.Next(1, newHeight - top + 1), random.Next(1, newWidth - left + 1));
            var part = new byte[rows * columns * 3];
            BilinearResize.Rgb(picture, height, width, newHeight, newWidth, top, left, part, rows, columns);
            for (var y = 0; y < rows; y++)
            {
                Assert.Equal(whole.AsSpan((((top + y) * newWidth) + left) * 3, columns * 3), part.AsSpan(y * columns * 3, columns * 3));
            }
        }
    }

    [Fact]
    public void The_same_size_is_the_same_picture_and_one_colour_stays()
    {
        var picture = new byte[7 * 9 * 3];
        new Random(2).NextBytes(picture);
        var same = new byte[picture.Length];
        BilinearResize.Rgb(picture, 7, 9, 7, 9, 0, 0, same, 7, 9);
        Assert.Equal(picture, same);

        for (var value = 0; value < 256; value++)
        {
            var flat = Enumerable.Repeat((byte)value, 5 * 11 * 3).ToArray();
            var square = new byte[8 * 8 * 3];
            ThreeDCslClips.ResizeAndCrop(flat, 5, 11, square, 8);
            Assert.All(square, got => Assert.Equal(value, got));
        }
    }

    [Fact]
    public void A_part_outside_is_refused() =>
        Assert.Throws<ArgumentException>(() => BilinearResize.Rgb(new byte[12], 2, 2, 4, 4, 1, 1, new byte[48], 4, 4));

    [Fact]
    public void Zero_vectors_are_like_nothing()
    {
        Assert.Equal(0, ClipSimilarity.TopThree([0, 0], [1, 0, 0, 1], 2));
        Assert.Equal(1, ClipSimilarity.TopThree([3, 4], [6, 8], 2), 6);
        Assert.Equal(0, ClipSimilarity.TopThree([], [6, 8], 2));
        Assert.Throws<ArgumentException>(() => ClipSimilarity.TopThree([1, 2, 3], [6, 8], 2));
    }
}
