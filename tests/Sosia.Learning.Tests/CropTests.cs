using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

public sealed class CropTests
{
    [Theory]
    [InlineData(340, 256)]
    [InlineData(256, 340)]
    [InlineData(224, 224)]
    [InlineData(1000, 90)]
    public void Windows_of_many_scales_lie_in_the_picture(int width, int height)
    {
        var windows = Enumerable.Range(0, 500).Select(i => MultiScaleCrop.Draw(width, height, 64, new SampleRandom(1, 0, i))).ToArray();
        Assert.All(windows, window => Within(window, width, height));
        var least = (int)(0.66 * Math.Min(width, height));
        Assert.All(windows, window => Assert.True(window.Width >= least && window.Height >= least));
        Assert.Equal(10, windows.Select(window => (window.Width, window.Height)).Distinct().Count());
        Assert.Contains(windows, window => window is { Left: 0, Top: 0 });
    }

    [Fact]
    public void A_side_close_to_the_wanted_one_is_that_one()
    {
        Assert.Contains((224, 224), MultiScaleCrop.Sizes(340, 258, 224)); // 0.875 of it is 225
        Assert.DoesNotContain((224, 224), MultiScaleCrop.Sizes(340, 260, 224)); // 227
    }

    [Theory]
    [InlineData(340, 256, 0.05, 0.4)]
    [InlineData(100, 100, 0.4, 1.0)]
    [InlineData(1000, 30, 0.4, 1.0)] // no shape fits
    [InlineData(30, 1000, 0.4, 1.0)]
    [InlineData(1, 1, 0.05, 0.4)]
    public void Windows_of_an_area_lie_in_the_picture(int width, int height, double least, double most)
    {
        var windows = Enumerable.Range(0, 300).Select(i => AreaCrop.Draw(width, height, (least, most), new SampleRandom(1, 0, i))).ToArray();
        Assert.All(windows, window => Within(window, width, height));
        Assert.All(windows, window => Assert.True(window is { Width: >= 1, Height: >= 1 }));
    }

    [Fact]
    public void Areas_and_shapes_are_those_that_are_asked_for()
    {
        var windows = Enumerable.Range(0, 2000).Select(i => AreaCrop.Draw(400, 300, (0.05, 0.4), new SampleRandom(1, 0, i))).ToArray();
        var areas = windows.Select(window => window.Width * window.Height / (400 * 300)).ToArray();
        Assert.InRange(areas.Min(), 0.049, 0.06);
        Assert.InRange(areas.Max(), 0.39, 0.403);
        Assert.InRange(areas.Average(), 0.215, 0.235);
        Assert.All(windows, window => Assert.InRange(window.Width / window.Height, 0.72, 1.38));
        Assert.InRange(windows.Count(window => window.Width > window.Height), 900, 1100);
    }

    [Theory]
    [InlineData(1, 16, 4)]
    [InlineData(5, 16, 4)]
    [InlineData(64, 16, 4)]
    [InlineData(300, 16, 4)]
    public void Frames_of_a_clip_lie_in_the_video(int frames, int count, int step)
    {
        foreach (var i in Enumerable.Range(0, 200))
        {
            var start = MvdFrames.Start(frames, count, step, new SampleRandom(1, 0, i));
            var clip = MvdFrames.Clip(frames, start, count, step);
            Assert.Equal(count, clip.Length);
            Assert.Equal(start - 1, clip[0]);
            Assert.All(clip, frame => Assert.InRange(frame, 0, frames - 1));
            Assert.All(clip.Zip(clip.Skip(1)), pair => Assert.Contains(pair.Second - pair.First, new[] { 0, step }));
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => MvdFrames.Clip(frames, 0, count, step));
        Assert.Throws<ArgumentOutOfRangeException>(() => MvdFrames.Clip(frames, frames + 1, count, step));
    }

    private static void Within(Window window, int width, int height)
    {
        Assert.True(window is { Left: >= 0, Top: >= 0 }, window.ToString());
        Assert.True(window.Left + window.Width <= width && window.Top + window.Height <= height, window.ToString());
    }
}
