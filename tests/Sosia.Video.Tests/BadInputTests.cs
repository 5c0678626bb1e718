using System.Net;
using System.Net.Sockets;
using static Sosia.Video.Tests.TestClips;

namespace Sosia.Video.Tests;

/// <summary>What is no video, or half of one: one clear error each, or the frames that decode.</summary>
[Collection("clips")]
public sealed class BadInputTests(TestClips clips)
{
    private static readonly ProbeLimits Short = new() { Time = TimeSpan.FromSeconds(10) };

    [Fact]
    public void Names_that_stand_for_no_file()
    {
        Directory.CreateDirectory(clips.Path("folder.mp4"));
        Link("loop.mp4", clips.Path("loop.mp4"));
        Link("nowhere.mp4", clips.Path("gone.mp4"));
        Assert.Equal((VideoFault.NotFound, "cannot read missing.mp4: no such file"), Fault(clips.Path("missing.mp4")));
        Assert.Equal((VideoFault.IsDirectory, "cannot read folder.mp4: a folder, not a file"), Fault(clips.Path("folder.mp4")));
        Assert.Equal((VideoFault.BrokenLink, "cannot read loop.mp4: a symbolic link that leads back to itself"), Fault(clips.Path("loop.mp4")));
        Assert.Equal(VideoFault.BrokenLink, Fault(clips.Path("nowhere.mp4")).Fault);
        Assert.Equal(VideoFault.NoAccess, Fault("/dev/zero").Fault);
        Assert.Equal(VideoFault.NoAccess, Fault(Fifo("fifo.mp4")).Fault);
        Assert.Equal((VideoFault.Empty, "cannot read zero.mp4: the file is empty"), Fault(clips.Write("zero.mp4", "")));
        Assert.Equal(VideoFault.UnreadableName, Fault(clips.Path("a\0b.mp4")).Fault);
    }

    [Fact]
    public void A_name_that_is_not_utf8_is_told()
    {
        Run("sh", "-c", "cp \"$1\" \"$2/$(printf 'not_utf8_\\377.mp4')\"", "sh", clips.Counter, clips.Folder);
        var name = Directory.GetFiles(clips.Folder, "not_utf8*").Single();
        Assert.Equal(VideoFault.UnreadableName, Fault(name).Fault);
        Run("sh", "-c", "rm -f \"$1\"/not_utf8*", "sh", clips.Folder);
    }

    [Theory]
    [InlineData("-leading dash.mp4")]
    [InlineData("-i")]
    [InlineData("new\nline.mp4")]
    [InlineData("tab\tname.mp4")]
    [InlineData("quote'\"$;&`|.mp4")]
    [InlineData("%d_%03d.mp4")]
    [InlineData("glob*?[a].mp4")]
    [InlineData("http:__x.mp4")]
    [InlineData("concat:a|b.mp4")]
    [InlineData("猫 🐝.mp4")]
    public void Any_name_is_only_a_name(string name)
    {
        File.Copy(clips.Counter, clips.Path(name), overwrite: true);
        Assert.Equal(4, Read(clips.Path(name), new FrameRequest(16, 9) { Rate = 2 }).Count);
        var here = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(clips.Folder);
            Assert.Equal(Frames, Read(name).Count);
            Assert.NotEmpty(Filmstrip.Jpeg(Probe.Read(name), [1], 32));
        }
        finally
        {
            Directory.SetCurrentDirectory(here);
        }
    }

    [Fact]
    public void Errors_show_names_on_one_line_without_escape_codes()
    {
        var message = Fault(clips.Write("a\n\u001b[31mb\u202e.mp4", "")).Message;
        Assert.Equal("cannot read a\\n\\e[31mb\\u202e.mp4: the file is empty", message);
    }

    [Fact]
    public void Content_that_is_no_video()
    {
        var noise = new byte[20000];
        new Random(1).NextBytes(noise);
        Assert.Equal(VideoFault.NotAVideo, Fault(clips.Write("text.mp4", "Shopping: milk, bread.\n")).Fault);
        Assert.Equal(VideoFault.NotAVideo, Fault(clips.Write("noise.mkv", noise)).Fault);
        Assert.Equal((VideoFault.NoVideoStream, "cannot read sound.m4a: no video stream (audio only)"), Fault(clips.Sound));
        var cover = clips.Make("cover.mp3", "-i", clips.Sound, "-i", clips.Picture, "-map", "0", "-map", "1", "-c:v", "mjpeg", "-disposition:v", "attached_pic");
        Assert.Equal((VideoFault.NoVideoStream, "cannot read cover.mp3: no video stream (sound and a cover picture)"), Fault(cover));
    }

    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    [InlineData("file '{0}'\n")]
    [InlineData("[playlist]\nFile1={0}\nNumberOfEntries=1\n")]
    [InlineData("<?xml version=\"1.0\"?><MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" type=\"static\"><Period><AdaptationSet><Representation id=\"1\"><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>")]
    [InlineData("v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=video 5004 RTP/AVP 96\r\n")]
    public void A_playlist_opens_nothing_whatever_its_name(string script)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/v.mp4";
        // Whoever opens the fifo waits for a writer: an answer in time proves that nobody did.
        foreach (var target in new[] { address, Fifo("named_by_playlist.mp4"), clips.Counter })
        {
            foreach (var name in new[] { "list.mp4", "list.m3u8", "list.mkv" })
            {
                var path = clips.Write(name, script.Replace("{0}", target, StringComparison.Ordinal));
                Assert.Contains(Fault(path).Fault, new[] { VideoFault.Playlist, VideoFault.NotAVideo });
                Assert.NotEqual(0, FfmpegAlone(path)); // and ffmpeg itself, asked without our look at its beginning
            }
        }

        Assert.False(listener.Pending());
    }

    [Fact]
    public void Absurd_dimensions_are_refused_by_number()
    {
        var path = clips.Write("huge.y4m", "YUV4MPEG2 W60000 H60000 F25:1 Ip A1:1 C420jpeg\nFRAME\n");
        Assert.Equal(VideoFault.TooLarge, Fault(path).Fault);
        var (fault, message) = Fault(clips.Counter, new ProbeLimits { MaxPixels = 1000 });
        Assert.Equal(VideoFault.TooLarge, fault);
        Assert.Contains("64 x 36", message, StringComparison.Ordinal);
        var reader = Assert.Throws<VideoException>(() => Read(clips.Counter, new FrameRequest(16, 9) { MaxPixels = 1000 }));
        Assert.Equal(VideoFault.TooLarge, reader.Fault);
    }

    [Fact]
    public void A_stream_without_frames_says_so()
    {
        var whole = File.ReadAllBytes(clips.Remux("empty.mp4", clips.Counter, "-movflags", "+frag_keyframe+empty_moov"));
        var path = clips.Write("no_frames.mp4", whole[..(whole.AsSpan().IndexOf("moof"u8) - 4)]);
        var error = Assert.Throws<VideoException>(() => Read(path));
        Assert.Equal(VideoFault.NoFrames, error.Fault);
        var matroska = File.ReadAllBytes(clips.Remux("counter.mkv", clips.Counter));
        var cluster = matroska.AsSpan().IndexOf(new byte[] { 0x1F, 0x43, 0xB6, 0x75 });
        Assert.Equal(VideoFault.Damaged, Fault(clips.Write("no_cluster.mkv", matroska[..cluster])).Fault);
    }

    [Fact]
    public void A_file_cut_at_its_index_is_damaged()
    {
        var bytes = File.ReadAllBytes(clips.Counter);
        var (fault, message) = Fault(clips.Write("cut.mp4", bytes[..(bytes.Length / 2)]));
        Assert.Equal(VideoFault.Damaged, fault);
        Assert.Contains("moov", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("faststart", "-movflags +faststart")]
    [InlineData("fragmented", "-movflags +frag_keyframe+empty_moov -frag_duration 200000")]
    public void Of_a_truncated_file_what_decodes_is_used_and_the_damage_told(string name, string options)
    {
        var whole = clips.Remux(name + ".mp4", clips.Moving, options.Split(' '));
        Assert.Equal(Frames, Read(whole, null, out var none).Count);
        Assert.Null(none);
        var bytes = File.ReadAllBytes(whole);
        var cut = clips.Write(name + "_cut.mp4", bytes[..(bytes.Length * 7 / 10)]);
        var frames = Read(cut, null, out var damage);
        Assert.InRange(frames.Count, 10, Frames - 5);
        Assert.NotNull(damage);
        if (name == "faststart")
        {
            Assert.StartsWith($"truncated: decoding ended at {frames.Count / (double)Rate:0.00} s of 2.00 s", damage, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Bit_errors_are_concealed_and_told()
    {
        var bytes = File.ReadAllBytes(clips.Moving);
        var random = new Random(7);
        for (var i = 0; i < 60; i++)
        {
            bytes[random.Next(bytes.Length / 10, bytes.Length / 2)] ^= 0x55;
        }

        var frames = Read(clips.Write("bits.mp4", bytes), null, out var damage);
        Assert.InRange(frames.Count, 20, Frames);
        Assert.Contains("ffmpeg reports", damage, StringComparison.Ordinal);
    }

    [Fact]
    public void Flipped_bytes_anywhere_give_a_typed_error_or_frames()
    {
        var seed = 20240501;
        var random = new Random(seed);
        var whole = File.ReadAllBytes(clips.Counter);
        for (var round = 0; round < 12; round++)
        {
            var bytes = (byte[])whole.Clone();
            for (var i = 0; i < 8; i++)
            {
                bytes[random.Next(round % 2 == 0 ? bytes.Length : Math.Min(2000, bytes.Length))] = (byte)random.Next(256);
            }

            var path = clips.Write("flipped.mp4", bytes);
            try
            {
                var frames = Read(path, new FrameRequest(16, 9) { Rate = 2 });
                Assert.All(frames.Zip(frames.Skip(1)), pair => Assert.True(pair.First.Time <= pair.Second.Time, $"seed {seed}, round {round}"));
            }
            catch (VideoException)
            {
                // typed
            }
        }
    }

    private static (VideoFault Fault, string Message) Fault(string path, ProbeLimits? limits = null)
    {
        var error = Assert.Throws<VideoException>(() => Probe.Read(path, limits ?? Short));
        Assert.Equal(path, error.Path);
        return (error.Fault, error.Message);
    }

    private static int FfmpegAlone(string path)
    {
        using var child = Ffmpeg.Start(
            Ffmpeg.Tool, path, ["-nostdin", "-loglevel", "error", .. Ffmpeg.InputOptions(1 << 20), "-i", Ffmpeg.FileUrl(path), "-f", "null", "-"],
            new ChildLimits { Total = TimeSpan.FromSeconds(20) });
        child.Output.CopyTo(Stream.Null);
        var (ending, exit) = child.Wait();
        Assert.Equal(ChildEnding.Exited, ending);
        return exit;
    }

    private string Fifo(string name)
    {
        if (!File.Exists(clips.Path(name)))
        {
            Run("mkfifo", clips.Path(name));
        }

        return clips.Path(name);
    }

    private void Link(string name, string target)
    {
        if (new FileInfo(clips.Path(name)).LinkTarget is null)
        {
            File.CreateSymbolicLink(clips.Path(name), target);
        }
    }

    private static void Run(string tool, params string[] arguments)
    {
        using var child = ChildProcess.Start(tool, arguments);
        child.Output.CopyTo(Stream.Null);
        Assert.Equal(0, child.Wait().ExitCode);
    }
}
