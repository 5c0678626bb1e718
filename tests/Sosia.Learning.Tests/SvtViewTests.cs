using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class SvtViewTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(255)]
    public void Frames_lie_in_the_window_and_rise(int window)
    {
        var random = new SampleRandom(1, 0, window);
        foreach (var count in new[] { 1, 2, 7, 16 })
        {
            var start = SvtFrames.LocalStart(window, random);
            int[][] views = [SvtFrames.FirstGlobal(window, count), SvtFrames.SecondGlobal(window, count), SvtFrames.Local(window, start, count)];
            Assert.All(views, view => Assert.Equal(count, view.Length));
            Assert.All(views.SelectMany(view => view), frame => Assert.InRange(frame, 0, window - 1));
            Assert.All(views[1..], view => Assert.Equal(view.Order(), view)); // of a window of less than five frames the first goes back
            Assert.InRange(views[2][^1] - views[2][0], 0, window / 8);
        }
    }

    [Fact]
    public void Global_views_leave_out_one_end_each()
    {
        Assert.Equal((0, 59), (SvtFrames.FirstGlobal(64, 8)[0], SvtFrames.FirstGlobal(64, 8)[^1]));
        Assert.Equal((5, 63), (SvtFrames.SecondGlobal(64, 8)[0], SvtFrames.SecondGlobal(64, 8)[^1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SvtFrames.FirstGlobal(0, 8));
        Assert.Throws<ArgumentOutOfRangeException>(() => SvtFrames.FirstGlobal(64, 0));
    }

    [Fact]
    public void Windows_are_as_long_as_they_can_be_and_lie_anywhere()
    {
        var windows = Enumerable.Range(0, 300).Select(i => SvtFrames.Window(100, 8, 8.5, new SampleRandom(1, 0, i))).ToArray();
        Assert.All(windows, window => Assert.Equal(68, window.Count));
        Assert.Equal((0, 32), (windows.Min(window => window.Start), windows.Max(window => window.Start)));
        Assert.Equal((0, 20), SvtFrames.Window(20, 8, 8.5, new SampleRandom(1, 0, 0)));
        Assert.Equal((0, 1), SvtFrames.Window(1, double.NaN, 8.5, new SampleRandom(1, 0, 0)));
        Assert.Equal(1, SvtFrames.Window(100, 0.01, 8.5, new SampleRandom(1, 0, 0)).Count);
    }

    [Fact]
    public void Local_views_begin_anywhere()
    {
        var starts = Enumerable.Range(0, 500).Select(i => SvtFrames.LocalStart(64, new SampleRandom(1, 0, i))).ToArray();
        Assert.Equal((0, 55), (starts.Min(), starts.Max()));
    }

    [Fact]
    public void Views_of_different_sizes_stand_in_their_order()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = new VideoTransformer(new(new(12, 1, 2), Patch: 8, Height: 16, Width: 16, Frames: 4), new Generator(1));
        network.Eval();
        Tensor[] views = [Clips(4, 16, 2), Clips(2, 8, 3), Clips(4, 16, 4), Clips(8, 8, 5), Clips(2, 8, 6)];
        var together = MultiCrop.Vectors(network, views);
        Assert.Equal([10L, 12], together.Shape);
        foreach (var (i, view) in views.Index())
        {
            var alone = network.Forward(view).Vector.ToArray<float>();
            Assert.All(together.Narrow(0, 2 * i, 2).ToArray<float>().Zip(alone), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
        }

        var both = SlowFast.Vector(network, views[0], views[3]).ToArray<float>();
        var mean = ((together.Narrow(0, 0, 2) + together.Narrow(0, 6, 2)) / 2).ToArray<float>();
        Assert.All(both.Zip(mean), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
    }

    private static Tensor Clips(int frames, int side, ulong seed) => Tensor.Randn([2, 3, frames, side, side], new Generator(seed));
}
