using FsCheck;
using FsCheck.Fluent;

namespace Sosia.Video.Tests;

public sealed class SamplingTests
{
    [Fact]
    public void Clips_cover_every_frame_and_none_is_idle() => Prop.ForAll(
        Gen.Choose(0, 200).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), Gen.Choose(1, 20).ToArbitrary(), (frames, length, stride) =>
        {
            var clips = Sampling.Clips(frames, length, stride);
            var covered = clips.SelectMany(clip => Enumerable.Range(clip.First, clip.Count)).ToHashSet();
            var expected = Enumerable.Range(0, frames).Where(frame => frame % stride < length);
            return covered.SetEquals(expected)
                && clips.All(clip => clip.Count is > 0 && clip.Count <= length && clip.First % stride == 0)
                && clips.SkipLast(1).All(clip => clip.Count == length);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Clips_of_eight_seconds() => Assert.Equal([new(0, 8), new(8, 8), new(16, 3)], Sampling.Clips(19, 8, 8));

    [Fact]
    public void Overlapping_clips() => Assert.Equal([new(0, 4), new(2, 4), new(4, 3)], Sampling.Clips(7, 4, 2));

    [Fact]
    public void The_last_frame_is_the_padding() =>
        Assert.Equal([16, 17, 18, 18, 18, 18, 18, 18], Enumerable.Range(0, 8).Select(place => Sampling.FrameAt(new Clip(16, 3), place)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.4998, 1)]
    [InlineData(0.49, 0)]
    [InlineData(1.0, 2)]
    public void A_time_a_hair_before_its_instant_counts_as_it(double time, long step) => Assert.Equal(step, Sampling.Step(time, 2));

    [Fact]
    public void Time_never_goes_backwards_whatever_the_stamps() => Prop.ForAll(
        Gen.Choose(-5000, 5000).ListOf().ToArbitrary(), stamps =>
        {
            var timeline = new Timeline(0.04);
            var times = stamps.Select(stamp => timeline.Next(stamp / 1000.0)).ToList();
            return times.Zip(times.Skip(1)).All(pair => pair.Second >= pair.First) && times.All(time => time >= 0)
                && (times.Count == 0 || times[0] == 0);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Stamps_that_begin_again_continue_one_frame_later()
    {
        var timeline = new Timeline(0.04);
        double[] stamps = [10, 10.04, 12, 10, 10.04];
        Assert.Equal([0, 0.04, 2, 2.04, 2.08], stamps.Select(timeline.Next), (a, b) => Math.Abs(a - b) < 1e-9);
    }
}
