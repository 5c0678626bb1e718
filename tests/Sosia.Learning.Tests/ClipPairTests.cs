using Sosia.Learning.Views;

namespace Sosia.Learning.Tests;

public sealed class ClipPairTests
{
    [Theory]
    [InlineData(31, 0)]
    [InlineData(32, 1)]
    [InlineData(40, 9)]
    [InlineData(0, 0)]
    public void A_window_begins_at_every_frame_from_which_it_is_complete(int frames, int windows) => Assert.Equal(windows, ClipPair.Windows(frames, 32));

    [Fact]
    public void A_video_without_a_window_has_no_pair_and_one_with_one_has_it_twice()
    {
        Assert.Null(ClipPair.Draw(0, new SampleRandom(1, 0, 0)));
        Assert.Equal(new ClipPair(0, 0), ClipPair.Draw(1, new SampleRandom(1, 0, 0)));
    }

    [Fact]
    public void Every_pair_of_different_windows_is_equally_likely()
    {
        var counts = Enumerable.Range(0, 6000).GroupBy(i => ClipPair.Draw(3, new SampleRandom(2, 0, i))!.Value).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal(6, counts.Count);
        Assert.All(counts, pair => Assert.NotEqual(pair.Key.First, pair.Key.Second));
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150)); // of 1000, deviation 29
    }

    [Fact]
    public void A_clip_is_every_second_frame_of_its_window() => Assert.Equal([5, 7, 9, 11], ClipPair.Frames(5, 4, 2));
}
