using static Sosia.Video.Tests.TestClips;

namespace Sosia.Video.Tests;

/// <summary>Times against content: the counter shows which frame it is, so a wrong time cannot hide.</summary>
[Collection("clips")]
public sealed class FrameTimesTests(TestClips clips)
{
    [Fact]
    public void Every_frame_comes_once_with_its_time()
    {
        var frames = Read(clips.Counter, null, out var damage);
        Assert.Equal(Frames, frames.Count);
        AssertCounter(frames);
        Assert.Null(damage);
    }

    [Fact]
    public void A_rate_takes_the_first_frame_at_or_after_each_instant()
    {
        var frames = Read(clips.Counter, new FrameRequest(16, 9) { Rate = 2 });
        Assert.Equal([0, 13, 25, 38], frames.Select(frame => Number(frame.Mean)));
        AssertCounter(frames);
    }

    [Theory]
    [InlineData("mp4", 0.52)]
    [InlineData("mp4", 1.0)]
    [InlineData("mkv", 0.99)]
    [InlineData("ts", 0.99)]
    [InlineData("avi", 1.24)]
    [InlineData("h264", 1.0)]
    public void From_and_to_are_exact_in_every_container(string container, double from)
    {
        var path = container == "mp4" ? clips.Counter : clips.Remux("counter." + container, clips.Counter);
        var frames = Read(path, new FrameRequest(16, 9) { From = from, To = from + 0.4 });
        AssertCounter(frames);
        Assert.Equal((int)Math.Ceiling(from * Rate - 0.01), Number(frames[0].Mean));
        Assert.Equal(10, frames.Count);
    }

    [Fact]
    public void A_rate_keeps_its_grid_behind_a_seek()
    {
        var frames = Read(clips.Counter, new FrameRequest(16, 9) { From = 0.7, Rate = 2 });
        Assert.Equal([18, 25, 38], frames.Select(frame => Number(frame.Mean)));
        AssertCounter(frames);
    }

    [Fact]
    public void From_after_the_end_gives_nothing_and_no_error() => Assert.Empty(Read(clips.Counter, new FrameRequest(16, 9) { From = 100 }));

    [Fact]
    public void Time_stamps_that_run_for_months_end_and_are_damage()
    {
        var path = clips.Make(
            "months.mkv", "-i", clips.Counter, "-vf", "setpts=N*104400/TB", "-frames:v", "50", "-fps_mode", "passthrough", "-c:v", "libx264", "-qp", "8");
        var frames = Read(path, new FrameRequest(16, 9) { Rate = 1 }, out var damage);
        Assert.Equal(38 * 104400, frames[^1].Time, 1.0); // 29 hours a frame
        Assert.Contains("46 days", damage);
    }

    [Fact]
    public void Variable_frame_rate_keeps_the_true_times_and_repeats_held_frames()
    {
        var path = clips.Make("vfr.mp4", "-i", clips.Counter, "-vf", "select='lt(n,10)+not(mod(n,10))'", "-fps_mode", "vfr", "-c:v", "libx264", "-qp", "8");
        var all = Read(path);
        AssertCounter(all);
        Assert.Equal(14, all.Count); // 0 .. 9, 10, 20, 30, 40
        var sampled = Read(path, new FrameRequest(16, 9) { Rate = 5 });
        Assert.Equal("0 0.2 0.4 0.6 0.8 1 1.2 1.4 1.6", Show(sampled.Select(frame => frame.Time)));
        Assert.Equal([0, 5, 10, 10, 20, 20, 30, 30, 40], sampled.Select(frame => Number(frame.Mean)));
    }

    [Fact]
    public void A_slow_animated_gif_is_held()
    {
        var path = clips.Make("slow.gif", "-i", clips.Counter, "-vf", "select='not(mod(n,25))',setpts=N*2/TB", "-fps_mode", "vfr");
        var frames = Read(path, new FrameRequest(16, 9) { Rate = 1 });
        Assert.Equal("0 1 2", Show(frames.Select(frame => frame.Time)));
        Assert.Equal(frames[0].Mean, frames[1].Mean);
        Assert.NotEqual(frames[0].Mean, frames[2].Mean);
    }

    [Fact]
    public void A_lying_gap_is_repeated_for_a_minute_at_most()
    {
        var path = clips.Make("gap.mkv", "-i", clips.Counter, "-vf", "setpts='if(lt(N,25),N,N+2500000)/25/TB'", "-fps_mode", "passthrough", "-c:v", "libx264", "-g", "1");
        Assert.Equal(1 + 60 + 1, Read(path, new FrameRequest(16, 9) { Rate = 1 }).Count);
    }

    [Fact]
    public void Late_start_and_negative_start_and_start_gap_begin_at_zero()
    {
        string[] paths =
        [
            clips.Remux("late.mkv", clips.Counter, "-output_ts_offset", "100000"),
            clips.Remux("late.ts", clips.Counter, "-output_ts_offset", "5000"),
            clips.Make("gap_first.mp4", "-itsoffset", "1", "-i", clips.Counter, "-i", clips.Sound, "-map", "0:v", "-map", "1:a", "-c", "copy"),
        ];
        foreach (var path in paths)
        {
            var frames = Read(path, null, out var damage);
            AssertCounter(frames);
            Assert.Equal(Frames, frames.Count);
            Assert.Null(damage);
            Assert.Equal(2.0, Probe.Read(path).Duration, 0.1);
            var later = Read(path, new FrameRequest(16, 9) { From = 1 });
            AssertCounter(later);
            Assert.Equal(25, later.Count);
        }
    }

    [Fact]
    public void An_edit_list_hides_what_a_player_does_not_show()
    {
        var path = clips.Make("edit_list.mp4", "-ss", "0.6", "-i", clips.Counter, "-c", "copy");
        var frames = Read(path);
        var first = Number(frames[0].Mean);
        Assert.Equal(15, first);
        Assert.Equal(0, frames[0].Time);
        Assert.All(frames, frame => Assert.Equal(frame.Time, (Number(frame.Mean) - first) / (double)Rate, 0.002));
    }

    [Fact]
    public void Negative_time_stamps_never_give_negative_times()
    {
        var path = clips.Remux("negative.mp4", clips.Counter, "-output_ts_offset", "-0.4", "-avoid_negative_ts", "disabled");
        var frames = Read(path);
        Assert.Equal(0, frames[0].Time);
        Assert.All(frames, frame => Assert.Equal(frame.Time, (Number(frame.Mean) - Number(frames[0].Mean)) / (double)Rate, 0.002));
    }

    [Fact]
    public void Missing_time_stamps_are_counted()
    {
        foreach (var container in new[] { "h264", "avi" })
        {
            var frames = Read(clips.Remux("counter." + container, clips.Counter));
            Assert.Equal(Enumerable.Range(0, Frames), frames.Select(frame => Number(frame.Mean)));
            Assert.All(frames.Select((frame, i) => (frame.Time, i)), item => Assert.Equal(item.i / (double)Rate, item.Time, 0.021)); // ffmpeg guesses
            Assert.Equal(4, Read(clips.Path("counter." + container), new FrameRequest(16, 9) { Rate = 2 }).Count);
        }
    }

    [Fact]
    public void Time_stamps_that_begin_again_go_on()
    {
        var once = File.ReadAllBytes(clips.Remux("counter.ts", clips.Counter));
        var frames = Read(clips.Write("twice.ts", [.. once, .. once]));
        Assert.Equal(2 * Frames, frames.Count);
        Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.InRange(pair.Second.Time - pair.First.Time, 0, 0.2));
        Assert.InRange(frames[^1].Time, 3.8, 4.2);
        var sampled = Read(clips.Path("twice.ts"), new FrameRequest(16, 9) { Rate = 2 });
        Assert.InRange(sampled.Count, 7, 9);
    }

    [Fact]
    public void A_size_change_half_way_keeps_going()
    {
        var small = clips.Remux("counter.h264", clips.Counter);
        var square = clips.Make("square.h264", "-i", clips.Counter, "-vf", "scale=48:48", "-c:v", "libx264", "-qp", "8");
        var path = clips.Write("size_change.h264", [.. File.ReadAllBytes(small), .. File.ReadAllBytes(square)]);
        var frames = Read(path);
        Assert.Equal(2 * Frames, frames.Count);
        Assert.All(frames.Select((frame, i) => (frame.Mean, i)), item => Assert.Equal(item.i % Frames, Number(item.Mean)));
        Assert.Equal(8, Read(path, new FrameRequest(16, 9) { Rate = 2 }).Count);
    }

    [Fact]
    public void Sparse_decoding_decodes_less_and_misses_no_step()
    {
        var path = clips.Make("sparse.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=4", "-c:v", "libx264", "-bf", "3", "-pix_fmt", "yuv420p");
        var (fullTimes, full) = Count(path, sparse: false);
        var (sparseTimes, sparse) = Count(path, sparse: true);
        Assert.Equal(100, full);
        Assert.InRange(sparse, 1, 70);
        Assert.Equal(fullTimes.Select(time => Sampling.Step(time, 2)), sparseTimes.Select(time => Sampling.Step(time, 2)));
    }

    [Fact]
    public void Sparse_decoding_is_given_up_where_it_misses_a_step()
    {
        // Only key frames, one every 2 s, are referred to: every other frame is a B-frame that none needs.
        var path = clips.Make(
            "lone.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=4", "-c:v", "mpeg4", "-g", "100", "-bf", "16", "-b_strategy", "0");
        var (fullTimes, full) = Count(path, sparse: false, rate: 6);
        var (sparseTimes, sparse) = Count(path, sparse: true, rate: 6);
        Assert.Equal(fullTimes, sparseTimes);
        Assert.Equal(full, sparse);
    }

    private static (List<double> Times, long Decoded) Count(string path, bool sparse, double rate = 2)
    {
        using var reader = FrameReader.Open(Probe.Read(path), new FrameRequest(16, 9) { Rate = rate, Sparse = sparse });
        List<double> times = [];
        while (reader.Read(out var frame))
        {
            times.Add(frame.Time);
        }

        return (times, reader.DecodedFrames);
    }

    private static void AssertCounter(IEnumerable<(double Time, double Mean)> frames) =>
        Assert.All(frames, frame => Assert.Equal(Number(frame.Mean) / (double)Rate, frame.Time, 0.002));
}
