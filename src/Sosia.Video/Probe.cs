using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Sosia.Video;

/// <summary>What one look at a file may cost.</summary>
public sealed record ProbeLimits
{
    /// <summary>The longest time.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes of ffprobe's answer.</summary>
    public int OutputBytes { get; init; } = 16 << 20;

    /// <summary>Bytes of address space.</summary>
    public long AddressSpace { get; init; } = 2L << 30;

    /// <summary>Frames with more pixels are refused.</summary>
    public long MaxPixels { get; init; } = 1L << 26;
}

/// <summary>What a file says of its video, by ffprobe.</summary>
public static partial class Probe
{
    private const string Entries =
        "format=format_name,duration,start_time:"
        + "stream=index,codec_type,codec_name,width,height,sample_aspect_ratio,pix_fmt,field_order,color_transfer,avg_frame_rate,r_frame_rate,start_time,duration:"
        + "stream_disposition=default,attached_pic,timed_thumbnails:stream_tags=DURATION:stream_side_data";

    /// <summary>Looks at a file, which is any file that somebody has: bounded time, memory and output, and no other file is opened for it.</summary>
    /// <param name="path">Of a video or a picture.</param>
    /// <param name="stop">Ends ffprobe.</param>
    /// <exception cref="VideoException">There is no video in it, with the reason.</exception>
    public static VideoInfo Read(string path, CancellationToken stop = default) => Read(path, new ProbeLimits(), stop);

    /// <inheritdoc cref="Read(string, CancellationToken)"/>
    /// <param name="limits">What it may cost.</param>
    public static VideoInfo Read(string path, ProbeLimits limits, CancellationToken stop = default)
    {
        var head = FileHead.Read(path);
        var demuxer = FileHead.PictureDemuxer(head);
        var (answer, errors) = Ask(path, demuxer, limits, stop);
        if (Refusal(errors) is { } refusal)
        {
            throw new VideoException(refusal.Fault, path, refusal.Reason);
        }

        try
        {
            using var json = JsonDocument.Parse(answer);
            return ProbeAnswer.ToInfo(json.RootElement, path, demuxer, limits.MaxPixels) ?? throw NotRead(path, head, errors);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw NotRead(path, head, errors, error);
        }
    }

    private static (byte[] Answer, ErrorLog Errors) Ask(string path, string? demuxer, ProbeLimits limits, CancellationToken stop)
    {
        string[] arguments =
        [
            "-hide_banner", "-loglevel", "level+error", .. Ffmpeg.InputOptions(limits.MaxPixels, demuxer),
            "-show_entries", Entries, "-of", "json=compact=1", "-i", Ffmpeg.FileUrl(path),
        ];
        var childLimits = new ChildLimits { Patience = limits.Time, Total = limits.Time, AddressSpace = limits.AddressSpace };
        using var child = Ffmpeg.Start(Ffmpeg.ProbeTool, path, arguments, childLimits, stop: stop);
        var answer = ReadBounded(child.Output, limits.OutputBytes)
            ?? throw new VideoException(VideoFault.TooLarge, path, $"its description is longer than {limits.OutputBytes >> 20} MiB");
        var (ending, _) = child.Wait();
        stop.ThrowIfCancellationRequested();
        if (ending == ChildEnding.TimedOut)
        {
            var seconds = limits.Time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
            throw new VideoException(VideoFault.TimedOut, path, $"ffprobe found nothing within {seconds} s and was ended");
        }

        return (answer, child.Errors);
    }

    private static byte[]? ReadBounded(Stream output, int limit)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (var n = output.Read(buffer); n > 0; n = output.Read(buffer))
        {
            if (answer.Length + n > limit)
            {
                return null;
            }

            answer.Write(buffer, 0, n);
        }

        return answer.ToArray();
    }

    private static (VideoFault Fault, string Reason)? Refusal(ErrorLog errors)
    {
        if (errors.First.FirstOrDefault(text => text.Contains("Format not on whitelist", StringComparison.Ordinal)) is { } line)
        {
            var name = FormatName(line);
            return name is "concat" or "hls" or "applehttp" or "dash" or "imf" or "sdp" or "rtsp" or "webm_dash_manifest"
                ? (VideoFault.Playlist, $"a list of other files or addresses ({name}), not a video; add the files that it names instead")
                : (VideoFault.NotAVideo, $"not a video (looks like {name})");
        }

        if (errors.Contains("Cannot allocate memory"))
        {
            return (VideoFault.TooLarge, "ffprobe needs more memory than it may use");
        }

        return null;
    }

    // "[hls @ 0x55d0] [error] Format not on whitelist ..."
    private static string FormatName(string line)
    {
        var end = line.IndexOf(" @", StringComparison.Ordinal);
        return end > 1 && line[0] == '[' ? line[1..end] : "another format";
    }

    private static VideoException NotRead(string path, byte[] head, ErrorLog errors, Exception? inner = null)
    {
        if (FileHead.IsQuickTime(head) && errors.Contains("moov atom not found"))
        {
            const string cut = "the index (moov) is missing: the file was cut off, or is still being written";
            return new VideoException(VideoFault.Damaged, path, cut, inner);
        }

        if (errors.First.Select(line => TooLarge().Match(line)).FirstOrDefault(match => match.Success) is { } size)
        {
            var reason = $"frames of {size.Groups["width"]} x {size.Groups["height"]} pixels, more than allowed; raise the limit to read it";
            return new VideoException(VideoFault.TooLarge, path, reason, inner);
        }

        if (errors.Contains(": End of file"))
        {
            return new VideoException(VideoFault.Damaged, path, "it ends before its first frame: the file was cut off, or is still being written", inner);
        }

        var said = errors.First is [.., var last] ? $" (ffprobe: {Printable.Text(WithoutTags(last, path))})" : "";
        return new VideoException(VideoFault.NotAVideo, path, "not a video, or too damaged to tell" + said, inner);
    }

    [GeneratedRegex("Picture size (?<width>[1-9][0-9]*)x(?<height>[1-9][0-9]*) (is invalid|exceeds)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TooLarge();

    private static string WithoutTags(string line, string path)
    {
        var text = line.Replace("[error] ", "", StringComparison.Ordinal).Replace(Ffmpeg.FileUrl(path) + ": ", "", StringComparison.Ordinal);
        var end = text.StartsWith('[') ? text.IndexOf("] ", StringComparison.Ordinal) : -1;
        return end < 0 ? text : text[(end + 2)..];
    }
}
