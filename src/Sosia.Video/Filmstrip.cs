using System.Globalization;

namespace Sosia.Video;

/// <summary>Pictures of a video side by side, for reports.</summary>
public static class Filmstrip
{
    /// <summary>The most pictures of one strip: each is a decoder of its own.</summary>
    public const int MostPictures = 16;

    private const double LookBack = 0.5; // seconds before the instant, so that a frame shown since then is found
    private const int MostBytes = 32 << 20;

    /// <summary>One JPEG with the frames shown at these times, left to right, by one ffmpeg that seeks: long videos cost no more than short ones.</summary>
    /// <param name="video">From <see cref="Probe"/>.</param>
    /// <param name="times">Seconds from the first shown frame, 1 to 16 of them; where no frame is, the picture is black.</param>
    /// <param name="width">Pixels of one picture, 16 to 1024; its height follows the shown aspect ratio, at most three times the width.</param>
    /// <param name="stop">Ends ffmpeg.</param>
    /// <exception cref="VideoException">ffmpeg gave no picture.</exception>
    /// <exception cref="ArgumentOutOfRangeException">Too few or too many times, or a width that cannot be.</exception>
    public static byte[] Jpeg(VideoInfo video, IReadOnlyList<double> times, int width, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times.Count, 1, nameof(times));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(times.Count, MostPictures, nameof(times));
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, 1024);
        var height = (int)Math.Clamp(Math.Round((double)width * video.Height / video.Width), 8, 3 * width);
        var request = new FrameRequest(width & ~1, (height + 1) & ~1);
        using var child = Ffmpeg.Start(Ffmpeg.Tool, video.Path, Arguments(video, times, request, stop), request.Limits, stop: stop);
        var jpeg = ReadBounded(child);
        var (ending, _) = child.Wait();
        stop.ThrowIfCancellationRequested();
        if (ending == ChildEnding.TimedOut)
        {
            throw new VideoException(VideoFault.TimedOut, video.Path, "ffmpeg made no progress and was ended");
        }

        if (jpeg.Length == 0)
        {
            throw new VideoException(VideoFault.NoFrames, video.Path, "no picture of it can be made");
        }

        return jpeg;
    }

    private static List<string> Arguments(VideoInfo video, IReadOnlyList<double> times, FrameRequest request, CancellationToken stop)
    {
        List<string> arguments = ["-hide_banner", "-nostdin", "-nostats", "-loglevel", "level+error", "-filter_complex_threads", "1"];
        List<string> graph = [];
        var chain = FilterChain.For(video, request, zero: null, Decoder.ToneMaps(video, stop));
        for (var i = 0; i < times.Count; i++)
        {
            // The frame shown at the instant, or the next one; black after the end of the video.
            var instant = video.Start + Math.Max(0, times[i]) + Sampling.Tolerance;
            var seek = Math.Max(0, instant - LookBack);
            arguments.AddRange(Ffmpeg.InputOptions(request.MaxPixels, video.Demuxer));
            arguments.AddRange(["-threads", "1", "-noautorotate"]);
            if (seek > 0)
            {
                arguments.AddRange(["-ss", Seconds(seek)]);
            }

            arguments.AddRange(["-i", Ffmpeg.FileUrl(video.Path)]);
            var hold = $"tpad=stop_mode=clone:stop_duration={Seconds(LookBack)}"; // the last frame is shown for a while
            graph.Add($"[{i}:{video.StreamIndex}]{hold},fps=fps=1000:round=down:start_time={Seconds(instant - seek)},{chain},setsar=1,fps=25[shown{i}]");
            graph.Add($"color=black:size={request.Width}x{request.Height}:rate=25:duration=1,format=rgb24,setsar=1[black{i}]");
            graph.Add($"[shown{i}][black{i}]concat=n=2,trim=end_frame=1[picture{i}]");
        }

        var all = string.Concat(Enumerable.Range(0, times.Count).Select(i => $"[picture{i}]"));
        graph.Add($"{all}{(times.Count > 1 ? $"hstack=inputs={times.Count}" : "null")},format=yuvj420p[strip]");
        arguments.AddRange(
        [
            "-filter_complex", string.Join(';', graph), "-map", "[strip]", "-map_metadata", "-1",
            "-frames:v", "1", "-c:v", "mjpeg", "-q:v", "4", "-f", "mjpeg", "pipe:1",
        ]);
        return arguments;
    }

    private static byte[] ReadBounded(ChildProcess child)
    {
        using var jpeg = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (var n = child.Output.Read(buffer); n > 0 && jpeg.Length < MostBytes; n = child.Output.Read(buffer))
        {
            jpeg.Write(buffer, 0, n);
        }

        return jpeg.ToArray();
    }

    private static string Seconds(double seconds) => seconds.ToString("0.######", CultureInfo.InvariantCulture);
}
