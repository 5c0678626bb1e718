using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using static Sosia.Video.Tests.TestClips;

namespace Sosia.Video.Tests;

/// <summary>Children that hang, crash, flood or are missing. The fakes are shell scripts that stand in for ffmpeg.</summary>
[Collection("clips")]
[UnsupportedOSPlatform("windows")]
public sealed class ChildProcessTests(TestClips clips)
{
    private static readonly ChildLimits Impatient = new() { Patience = TimeSpan.FromMilliseconds(500) };

    [Fact]
    public void A_missing_tool_says_how_to_get_it()
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Fake("SOSIA_FFMPEG", "/nonexistent/ffmpeg");
        using var __ = Fake("SOSIA_FFPROBE", "/nonexistent/ffprobe");
        foreach (var read in new Action[] { () => Probe.Read(clips.Counter), () => Read(video, null, out string? _) })
        {
            var error = Assert.Throws<VideoException>(read);
            Assert.Equal(VideoFault.ToolMissing, error.Fault);
            Assert.Contains("apt install ffmpeg", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_hanging_ffprobe_is_ended_in_time()
    {
        using var _ = Script("SOSIA_FFPROBE", "sleep 1000");
        var error = Assert.Throws<VideoException>(() => Probe.Read(clips.Counter, new ProbeLimits { Time = TimeSpan.FromMilliseconds(400) }));
        Assert.Equal(VideoFault.TimedOut, error.Fault);
        AssertGone();
    }

    [Fact]
    public void An_ffprobe_that_floods_is_cut_off()
    {
        using var _ = Script("SOSIA_FFPROBE", "yes");
        Assert.Equal(VideoFault.TooLarge, Assert.Throws<VideoException>(() => Probe.Read(clips.Counter)).Fault);
        AssertGone();
    }

    [Theory]
    [InlineData("sleep 1000")]
    [InlineData("while :; do :; done")]
    [InlineData("trap '' TERM INT; sleep 1000 & wait; sleep 1000")]
    [InlineData("yes 'words words words' >&2")]
    [InlineData("printf 'nut/multimedia container\\000'; sleep 1000")]
    public void An_ffmpeg_without_progress_is_ended_with_all_its_children(string script)
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Script("SOSIA_FFMPEG", script);
        var error = Assert.Throws<VideoException>(() => Read(video, new FrameRequest(16, 9) { Limits = Impatient }, out string? _));
        Assert.Equal(VideoFault.TimedOut, error.Fault);
        AssertGone();
    }

    [Fact]
    public void A_flood_of_errors_before_the_frames_blocks_nothing_and_is_kept_short()
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Script("SOSIA_FFMPEG", "head -c 20000000 /dev/zero | tr '\\0' x >&2; exec ffmpeg \"$@\"");
        Assert.Equal(Frames, Read(video, null, out string? _).Count);
        using var child = ChildProcess.Start("sh", ["-c", "yes '[x @ 1] [error] bad' | head -n 200000 >&2"]);
        child.Output.CopyTo(Stream.Null);
        child.Wait();
        Assert.Equal(200000, child.Errors.Count);
        Assert.Equal((16, 64), (child.Errors.First.Count, child.Errors.Tail.Count));
    }

    [Fact]
    public void A_crash_half_way_keeps_the_frames_before_it()
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Script("SOSIA_FFMPEG", "ffmpeg \"$@\" | head -c 5000; kill -SEGV $$");
        var frames = Read(video, null, out var damage);
        Assert.InRange(frames.Count, 8, 12); // 432 bytes each
        Assert.Contains("the decoder crashed (signal 11)", damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Output_that_is_no_nut_is_refused_at_once()
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Script("SOSIA_FFMPEG", "yes");
        Assert.Equal(VideoFault.NoFrames, Assert.Throws<VideoException>(() => Read(video, null, out string? _)).Fault);
        AssertGone();
    }

    [Fact]
    public void Cancellation_ends_the_child()
    {
        var video = Probe.Read(clips.Counter);
        using var _ = Script("SOSIA_FFMPEG", "sleep 1000");
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        using var reader = FrameReader.Open(video, new FrameRequest(16, 9), stop.Token);
        Assert.ThrowsAny<OperationCanceledException>(() => reader.Read(out var __));
        AssertGone();
    }

    [Fact]
    public void Disposal_in_the_middle_ends_the_child()
    {
        var video = Probe.Read(clips.Moving);
        using var _ = Script("SOSIA_FFMPEG", "exec ffmpeg \"$@\"");
        using (var reader = FrameReader.Open(video, new FrameRequest(160, 90)))
        {
            Assert.True(reader.Read(out var __));
        }

        AssertGone();
    }

    [Fact]
    public async Task A_reader_that_takes_its_time_is_not_a_hanging_child()
    {
        var video = Probe.Read(clips.Moving);
        using var reader = FrameReader.Open(video, new FrameRequest(160, 90) { Limits = new ChildLimits { Patience = TimeSpan.FromSeconds(2) } });
        Assert.True(reader.Read(out var _));
        await Task.Delay(TimeSpan.FromSeconds(3)); // 2 MB of frames do not fit the pipe: the child waits for us
        var count = 1;
        while (reader.Read(out var _))
        {
            count++;
        }

        Assert.Equal(Frames, count);
        Assert.Null(reader.Damage);
    }

    [Fact]
    public void A_decoder_that_reads_on_without_giving_frames_is_not_hanging()
    {
        var video = Probe.Read(clips.Counter);
        // Six steps of 0.25 s, in each of which bytes are read.
        using var _ = Script("SOSIA_FFMPEG", "i=0; while read -r line && [ $i -lt 6 ]; do sleep 0.25; i=$((i+1)); done < \"$0\"; exec ffmpeg \"$@\"");
        Assert.Equal(Frames, Read(video, new FrameRequest(16, 9) { Limits = new ChildLimits { Patience = TimeSpan.FromMilliseconds(1200) } }, out string? _).Count);
    }

    [Fact]
    public void Address_space_is_limited()
    {
        using var child = ChildProcess.Start("sleep", ["60"], new ChildLimits { AddressSpace = 123456789 });
        var line = File.ReadLines($"/proc/{child.Id}/limits").Single(text => text.StartsWith("Max address space", StringComparison.Ordinal));
        Assert.Contains("123456789", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_goes_to_the_child()
    {
        using var child = ChildProcess.Start("cat", [], input: true);
        child.Input!.Write("through"u8);
        child.Input.Dispose();
        using var reader = new StreamReader(child.Output);
        Assert.Equal("through", reader.ReadToEnd());
        Assert.Equal((ChildEnding.Exited, 0), child.Wait());
    }

    [Fact]
    public void Memory_does_not_grow_with_the_video()
    {
        var path = clips.Make("long.mkv", "-f", "lavfi", "-i", "color=gray:size=64x36:rate=25:duration=120", "-c:v", "ffv1");
        using var reader = FrameReader.Open(Probe.Read(path), new FrameRequest(64, 36));
        Assert.True(reader.Read(out var _));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var count = 1;
        for (; count < 2900 && reader.Read(out var _);)
        {
            count++;
        }

        Assert.Equal(2900, count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2 << 20); // 20 MB of pixels passed through
    }

    // The fake notes its process id; the variable is put back at the end.
    private Restore Script(string variable, string body)
    {
        var path = clips.Write("fake.sh", $"#!/bin/sh\necho $$ >> '{clips.Path("pids")}'\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(clips.Path("pids"), "");
        return Fake(variable, path);
    }

    private static Restore Fake(string variable, string path)
    {
        Environment.SetEnvironmentVariable(variable, path);
        return new Restore(variable);
    }

    private void AssertGone()
    {
        var ids = File.ReadAllLines(clips.Path("pids"));
        Assert.NotEmpty(ids);
        Assert.All(ids, id => Assert.False(IsRunning(int.Parse(id, CultureInfo.InvariantCulture)), $"child {id} still runs"));
        Assert.DoesNotContain(Process.GetProcessesByName("fake.sh"), process => !process.HasExited);
    }

    private static bool IsRunning(int id) =>
        File.Exists($"/proc/{id}/stat") && !File.ReadAllText($"/proc/{id}/stat").Contains(") Z ", StringComparison.Ordinal);

    private sealed record Restore(string Variable) : IDisposable
    {
        public void Dispose() => Environment.SetEnvironmentVariable(Variable, null);
    }
}
