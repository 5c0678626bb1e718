using System.Globalization;

namespace Sosia.Video;

/// <summary>One run of ffmpeg over a video: frames as they come, and how it ended.</summary>
internal sealed class Decoder : IDisposable
{
    private static readonly Lock Gate = new();
    private static readonly Dictionary<string, bool> ToneMapping = [];

    private readonly VideoInfo video;
    private readonly ChildProcess child;
    private readonly NutReader frames;
    private readonly CancellationToken stop;

    private Decoder(VideoInfo video, FrameRequest request, ChildProcess child, CancellationToken stop)
    {
        (this.video, this.child, this.stop) = (video, child, stop);
        frames = new NutReader(child.Output, request.Width, request.Height);
    }

    /// <summary>What went wrong; null: nothing. Known after the last frame.</summary>
    public string? Failure { get; private set; }

    /// <summary>Whether ffmpeg met its limit of address space. Known after the last frame.</summary>
    public bool OutOfMemory { get; private set; }

    /// <summary>Whether frames were refused for their size. Known after the last frame.</summary>
    public bool TooManyPixels { get; private set; }

    /// <summary>How many frames ffmpeg decoded. Known after the last frame.</summary>
    public long DecodedFrames { get; private set; }

    /// <summary>Starts ffmpeg.</summary>
    /// <param name="video">From <see cref="Probe"/>.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="sparse">Leave out what no other frame needs.</param>
    /// <param name="seek">Seconds of ffmpeg's time to begin at; null: at the beginning.</param>
    /// <param name="zero">ffmpeg's time of the first shown frame, after the seek; null: the first frame that comes.</param>
    /// <param name="stop">Ends it.</param>
    public static Decoder Start(VideoInfo video, FrameRequest request, bool sparse, double? seek, double? zero, CancellationToken stop)
    {
        List<string> arguments =
        [
            "-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+verbose", "-filter_threads", "1",
            .. Ffmpeg.InputOptions(request.MaxPixels, video.Demuxer), "-threads", request.Threads.ToString(), "-noautorotate",
        ];
        if (sparse)
        {
            arguments.AddRange(["-skip_frame", "noref", "-skip_loop_filter", "all"]);
        }

        if (seek is { } start)
        {
            arguments.AddRange(["-ss", start.ToString("0.######", CultureInfo.InvariantCulture)]);
        }

        arguments.AddRange(
        [
            "-i", Ffmpeg.FileUrl(video.Path), "-map", $"0:{video.StreamIndex}", "-map_metadata", "-1", "-map_chapters", "-1",
            "-vf", FilterChain.For(video, request, zero, ToneMaps(video, stop)), "-fps_mode", "passthrough", "-enc_time_base", "1:1000000",
            "-c:v", "rawvideo", "-pix_fmt", "rgb24", "-f", "nut", "pipe:1",
        ]);
        return new Decoder(video, request, Ffmpeg.Start(Ffmpeg.Tool, video.Path, arguments, request.Limits, stop: stop), stop);
    }

    /// <summary>Whether a video is HDR and this ffmpeg has the filters to bring it to 8-bit colours; without them it is shown flat.</summary>
    public static bool ToneMaps(VideoInfo video, CancellationToken stop)
    {
        if (video.Range == DynamicRange.Standard)
        {
            return false;
        }

        lock (Gate)
        {
            var tool = Ffmpeg.Tool;
            if (ToneMapping.TryGetValue(tool, out var known))
            {
                return known;
            }

            using var child = Ffmpeg.Start(tool, video.Path, ["-hide_banner", "-loglevel", "error", "-filters"], stop: stop);
            using var reader = new StreamReader(child.Output);
            var filters = reader.ReadToEnd();
            return ToneMapping[tool] = filters.Contains(" zscale ", StringComparison.Ordinal) && filters.Contains(" tonemap ", StringComparison.Ordinal);
        }
    }

    /// <summary>The next frame with its time stamp in seconds.</summary>
    /// <exception cref="VideoException"><see cref="VideoFault.TimedOut"/>.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public bool Read(Span<byte> rgb, out double stamp)
    {
        var broken = (string?)null;
        try
        {
            if (frames.Read(rgb, out stamp))
            {
                return true;
            }
        }
        catch (EndOfStreamException)
        {
            broken = "the decoder ended within a frame";
        }
        catch (NutException error)
        {
            broken = $"the decoder's output is not what was asked for ({error.Message})";
            child.Stop();
        }

        stamp = 0;
        Close(broken);
        return false;
    }

    /// <summary>Ends ffmpeg if it still runs.</summary>
    public void Dispose() => child.Dispose();

    private void Close(string? broken)
    {
        var (ending, exit) = child.Wait();
        stop.ThrowIfCancellationRequested();
        if (ending == ChildEnding.TimedOut)
        {
            throw new VideoException(VideoFault.TimedOut, video.Path, "ffmpeg made no progress and was ended");
        }

        DecodedFrames = DecoderLog.DecodedFrames(child.Errors);
        var crash = ending == ChildEnding.Exited && exit > 128 ? $"the decoder crashed (signal {exit - 128})" : null;
        Failure = crash ?? broken ?? DecoderLog.Errors(child.Errors, exit);
        OutOfMemory = child.Errors.Contains("Cannot allocate memory");
        TooManyPixels = child.Errors.Contains("exceeds specified max pixel count");
    }
}
