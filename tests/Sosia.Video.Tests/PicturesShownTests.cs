using System.Buffers.Binary;
using static Sosia.Video.Tests.TestClips;

namespace Sosia.Video.Tests;

/// <summary>What a frame looks like: turned, stretched, de-interlaced, tone-mapped as a player shows it.</summary>
[Collection("clips")]
public sealed class PicturesShownTests(TestClips clips)
{
    [Theory] // a, b, c, d of the display matrix; the corners shown: top left, top right, bottom left, bottom right
    [InlineData(1, 0, 0, 1, "RGBW")]
    [InlineData(0, 1, -1, 0, "BRWG")]
    [InlineData(-1, 0, 0, -1, "WBGR")]
    [InlineData(0, -1, 1, 0, "GWRB")]
    [InlineData(-1, 0, 0, 1, "GRWB")]
    [InlineData(1, 0, 0, -1, "BWRG")]
    public void The_display_matrix_is_applied(int a, int b, int c, int d, string corners)
    {
        var path = WithMatrix($"turned{a}{b}{c}{d}.mp4", a, b, c, d);
        var video = Probe.Read(path);
        Assert.Equal(a == 0 ? (36, 64) : (64, 36), (video.Width, video.Height));
        Assert.Equal(corners, Corners(video));
    }

    [Fact]
    public void Sample_aspect_ratio_is_applied()
    {
        var video = Probe.Read(clips.Make("sar.mp4", "-i", clips.Moving, "-vf", "scale=80:90,setsar=2", "-c:v", "libx264"));
        Assert.Equal((160, 90, 80, 90, 2.0), (video.Width, video.Height, video.StoredWidth, video.StoredHeight, video.SampleAspect));
    }

    [Theory]
    [InlineData("odd.mp4", "161x91", "yuv444p")]
    [InlineData("strip.mkv", "320x8", "yuv420p")]
    [InlineData("dot.mkv", "1x1", "yuv444p")]
    public void Any_size_is_read(string name, string size, string format)
    {
        var path = clips.Make(name, "-i", clips.Moving, "-frames:v", "5", "-vf", $"scale={size.Replace('x', ':')},setsar=1", "-c:v", "ffv1", "-pix_fmt", format, "-f", "matroska");
        var video = Probe.Read(path);
        Assert.Equal(size, $"{video.Width}x{video.Height}");
        Assert.Equal(5, Read(path).Count);
    }

    [Fact]
    public void Ten_bits_become_eight()
    {
        var path = clips.Make("ten.mkv", "-i", clips.Counter, "-c:v", "ffv1", "-pix_fmt", "yuv420p10le");
        Assert.Equal("yuv420p10le", Probe.Read(path).PixelFormat);
        Assert.Equal(Enumerable.Range(0, Frames), Read(path).Select(frame => Number(frame.Mean)));
    }

    [Theory]
    [InlineData("smpte2084", DynamicRange.Pq)]
    [InlineData("arib-std-b67", DynamicRange.Hlg)]
    public void Hdr_is_brought_to_standard_range(string transfer, DynamicRange range)
    {
        var path = clips.Make(
            $"hdr_{transfer}.mp4", "-i", clips.Counter, "-c:v", "libx264", "-qp", "4", "-pix_fmt", "yuv420p10le",
            "-color_trc", transfer, "-color_primaries", "bt2020", "-colorspace", "bt2020nc");
        var video = Probe.Read(path);
        Assert.Equal(range, video.Range);
        var mapped = Read(video, null, out _).ConvertAll(frame => frame.Mean);
        var plain = Read(video with { Range = DynamicRange.Standard }, null, out _).ConvertAll(frame => frame.Mean);
        Assert.All(mapped.Zip(mapped.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 0.5, "a ramp stays a ramp"));
        Assert.InRange(mapped[^1] - mapped[0], 200, 255);
        var most = mapped.Zip(plain, (a, b) => Math.Abs(a - b)).Max();
        if (range == DynamicRange.Pq)
        {
            Assert.InRange(most, 20, 100);
        }
        else
        {
            Assert.InRange(most, 1, 20); // HLG was made to look right on any screen
        }
    }

    [Theory]
    [InlineData(64, 72)] // small: one field is taken
    [InlineData(64, 144)] // full size: the deinterlacer
    public void Interlaced_frames_are_not_combed(int width, int height)
    {
        // A bar that moves 4 pixels a field.
        var path = clips.Make(
            "interlaced.mp4", "-f", "lavfi", "-i", "color=black:size=256x144:rate=50:duration=1,geq=lum='if(between(X-4*N,0,40),235,16)':cb=128:cr=128",
            "-vf", "tinterlace=interleave_top,setfield=tff", "-c:v", "libx264", "-flags", "+ilme+ildct", "-x264opts", "tff=1", "-qp", "4", "-pix_fmt", "yuv420p");
        var video = Probe.Read(path);
        Assert.Equal(FieldOrder.TopFirst, video.Fields);
        var request = new FrameRequest(4 * width, height);
        var combed = Combing(video with { Fields = FieldOrder.Progressive }, request);
        Assert.True(Combing(video, request) < combed / 3 + 0.5, $"{Combing(video, request)} of {combed}");
        Assert.Equal(25, Read(path).Count);
    }

    [Fact]
    public void The_default_video_stream_is_taken_and_the_count_told()
    {
        var path = clips.Make(
            "two.mkv", "-i", clips.Moving, "-i", clips.Counter, "-i", clips.Sound, "-map", "0:v", "-map", "1:v", "-map", "2:a", "-c", "copy",
            "-disposition:v:0", "0", "-disposition:v:1", "default");
        var video = Probe.Read(path);
        Assert.Equal((1, 2, true), (video.StreamIndex, video.VideoStreams, video.HasAudio));
        Assert.Equal(Enumerable.Range(0, Frames), Read(path).Select(frame => Number(frame.Mean)));
    }

    [Fact]
    public void An_attached_picture_is_no_video_stream()
    {
        var path = clips.Make(
            "attached.mp4", "-i", clips.Picture, "-i", clips.Counter, "-map", "0", "-map", "1", "-c:v:0", "mjpeg", "-c:v:1", "copy", "-disposition:v:0", "attached_pic");
        var video = Probe.Read(path);
        Assert.Equal(("h264", 1, false), (video.Codec, video.VideoStreams, video.HasAudio));
    }

    [Theory]
    [InlineData("jpg", "mjpeg")]
    [InlineData("png", "png")]
    [InlineData("webp", "libwebp")]
    [InlineData("bmp", "bmp")]
    [InlineData("tiff", "tiff")]
    public void A_picture_is_one_frame_even_if_its_name_is_a_pattern(string extension, string codec)
    {
        var made = clips.Make("still." + extension, "-i", clips.Picture, "-frames:v", "1", "-c:v", codec, "-update", "1");
        var path = clips.Path("%03d." + extension);
        File.Copy(made, path, overwrite: true);
        var video = Probe.Read(path);
        Assert.True(video.IsPicture);
        Assert.Equal((160, 90), (video.Width, video.Height));
        Assert.Single(Read(path, new FrameRequest(16, 9) { Rate = 2 }));
    }

    [Fact]
    public void A_filmstrip_holds_the_frames_shown_at_its_times()
    {
        var video = Probe.Read(clips.Counter);
        var jpeg = clips.Write("strip.jpg", Filmstrip.Jpeg(video, [0, 0.5, 1.01, 1.99, 50], 64));
        var strip = Probe.Read(jpeg);
        Assert.Equal((5 * 64, 36), (strip.Width, strip.Height));
        using var reader = FrameReader.Open(strip, new FrameRequest(5, 1));
        Assert.True(reader.Read(out var frame));
        int[] expected = [0, 12, 25, 49];
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.InRange(Number(frame.Rgb[3 * i]) - expected[i], -1, 1);
        }

        Assert.InRange(frame.Rgb[3 * 4], 0, 3); // after the end: black
    }

    private string WithMatrix(string name, int a, int b, int c, int d)
    {
        var bytes = File.ReadAllBytes(clips.Corners);
        var at = bytes.AsSpan().IndexOf("tkhd"u8) + 4 + 40; // version 0: the matrix begins 40 bytes into the box
        int[] matrix = [a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30];
        for (var i = 0; i < matrix.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at + 4 * i), matrix[i]);
        }

        return clips.Write(name, bytes);
    }

    private static string Corners(VideoInfo video)
    {
        using var reader = FrameReader.Open(video, new FrameRequest(2, 2));
        Assert.True(reader.Read(out var frame));
        var shown = "";
        for (var i = 0; i < 4; i++)
        {
            var (r, g, b) = (frame.Rgb[3 * i] > 128, frame.Rgb[3 * i + 1] > 128, frame.Rgb[3 * i + 2] > 128);
            shown += (r, g, b) switch { (true, true, true) => 'W', (true, _, _) => 'R', (_, true, _) => 'G', _ => 'B' };
        }

        return shown;
    }

    // Mean difference of a line from the mean of its neighbours.
    private static double Combing(VideoInfo video, FrameRequest request)
    {
        using var reader = FrameReader.Open(video, request);
        for (var skipped = 0; skipped < 12; skipped++)
        {
            Assert.True(reader.Read(out _));
        }

        Assert.True(reader.Read(out var frame));
        var (sum, row) = (0.0, request.Width * 3);
        for (var i = row; i < frame.Rgb.Length - row; i++)
        {
            sum += Math.Abs(frame.Rgb[i] - (frame.Rgb[i - row] + frame.Rgb[i + row]) / 2.0);
        }

        return sum / frame.Rgb.Length;
    }
}
