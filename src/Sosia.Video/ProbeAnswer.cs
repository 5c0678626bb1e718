using System.Globalization;
using System.Text.Json;

namespace Sosia.Video;

/// <summary>ffprobe's JSON to <see cref="VideoInfo"/>. Every value may be missing, of another kind or absurd.</summary>
internal static class ProbeAnswer
{
    private const double MostAspect = 20; // an aspect ratio of samples beyond it is a broken header
    private const double MostFrameRate = 1000;

    /// <summary>Null: no container was recognised.</summary>
    /// <exception cref="VideoException">No video stream, or frames too large.</exception>
    public static VideoInfo? ToInfo(JsonElement root, string path, string? demuxer, long maxPixels)
    {
        var format = Member(root, "format");
        if (Text(format, "format_name") is not { } container)
        {
            return null;
        }

        var streams = Items(root, "streams").ToList();
        var videos = streams.Where(IsVideo).ToList();
        var hasAudio = streams.Exists(stream => Text(stream, "codec_type") == "audio");
        if (videos.Count == 0)
        {
            throw new VideoException(VideoFault.NoVideoStream, path, NoVideo(streams, hasAudio));
        }

        var stream = videos.FindIndex(video => Number(Member(video, "disposition"), "default") == 1) is >= 0 and var k ? videos[k] : videos[0];
        var (width, height) = ((int)Number(stream, "width"), (int)Number(stream, "height"));
        if ((long)width * height > maxPixels)
        {
            var reason = $"frames of {width} x {height} pixels, and {maxPixels} pixels are allowed; raise the limit to read it";
            throw new VideoException(VideoFault.TooLarge, path, reason);
        }

        if (width <= 0 || height <= 0)
        {
            throw new VideoException(VideoFault.NoFrames, path, "no frame of its video stream can be decoded");
        }

        var (duration, isOwn) = Duration(stream, format, container);
        var aspect = Aspect(Text(stream, "sample_aspect_ratio"));
        var orientation = OrientationOf(stream);
        var shown = Shown(width, height, aspect, orientation);
        return new VideoInfo(path, duration, shown.Width, shown.Height, FrameRate(stream),
            Text(stream, "codec_name") ?? "unknown", container)
        {
            StoredWidth = width,
            StoredHeight = height,
            SampleAspect = aspect,
            Orientation = orientation,
            Fields = Text(stream, "field_order") switch
            {
                "tt" or "bt" => FieldOrder.TopFirst, // coded order, shown order
                "bb" or "tb" => FieldOrder.BottomFirst,
                _ => FieldOrder.Progressive,
            },
            Range = Text(stream, "color_transfer") switch
            {
                "smpte2084" => DynamicRange.Pq,
                "arib-std-b67" => DynamicRange.Hlg,
                _ => DynamicRange.Standard,
            },
            PixelFormat = Text(stream, "pix_fmt") ?? "",
            StreamIndex = (int)Number(stream, "index"),
            VideoStreams = videos.Count,
            HasAudio = hasAudio,
            IsPicture = demuxer is not null and not "apng",
            OwnDuration = isOwn,
            Start = Math.Max(0, Start(stream) - Start(format)),
            Demuxer = demuxer,
        };
    }

    private static bool IsVideo(JsonElement stream)
    {
        var disposition = Member(stream, "disposition");
        return Text(stream, "codec_type") == "video" && Number(disposition, "attached_pic") == 0 && Number(disposition, "timed_thumbnails") == 0;
    }

    private static string NoVideo(List<JsonElement> streams, bool hasAudio)
    {
        var hasPicture = streams.Exists(stream => Text(stream, "codec_type") == "video");
        return (hasAudio, hasPicture) switch
        {
            (true, true) => "no video stream (sound and a cover picture)",
            (true, false) => "no video stream (audio only)",
            (false, true) => "no video stream (a cover picture only)",
            _ => "no video stream",
        };
    }

    // Matroska states where the video ends, and not how long it lasts.
    private static (double Seconds, bool IsOwn) Duration(JsonElement stream, JsonElement format, string container)
    {
        if (Seconds(Text(stream, "duration")) is { } own)
        {
            return (own, true);
        }

        var before = container.StartsWith("matroska", StringComparison.Ordinal) ? Math.Max(0, Start(stream)) : 0;
        if (Clock(Text(Member(stream, "tags"), "DURATION")) is { } end)
        {
            return (Math.Max(0, end - before), true);
        }

        return (Math.Max(0, (Seconds(Text(format, "duration")) ?? 0) - before), false);
    }

    private static double Start(JsonElement part) => Text(part, "start_time") is { } text ? Value(text) : 0;

    private static (int Width, int Height) Shown(int width, int height, double aspect, Orientation orientation)
    {
        var (w, h) = aspect >= 1 ? (Round(width * aspect), height) : (width, Round(height / aspect));
        return orientation.SwapsAxes ? (h, w) : (w, h);
    }

    private static int Round(double pixels) => Math.Max(1, (int)Math.Round(pixels, MidpointRounding.AwayFromZero));

    private static double Aspect(string? ratio) =>
        Ratio(ratio, ':') is >= 1 / MostAspect and <= MostAspect and var aspect ? aspect : 1;

    private static double FrameRate(JsonElement stream)
    {
        var mean = Ratio(Text(stream, "avg_frame_rate"), '/');
        var rate = mean > 0 ? mean : Ratio(Text(stream, "r_frame_rate"), '/');
        return rate is > 0 and <= MostFrameRate ? rate : 0;
    }

    // A display matrix is printed as three rows, "\n00000000:  0  65536  0\n00000001: ...": 16.16 fixed point.
    private static Orientation OrientationOf(JsonElement stream)
    {
        foreach (var data in Items(stream, "side_data_list"))
        {
            if (Text(data, "displaymatrix") is not { } matrix)
            {
                continue;
            }

            var rows = matrix.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Row).ToArray();
            if (rows is [[var a, var b, ..], [var c, var d, ..], ..])
            {
                return Orientation.FromMatrix(a, b, c, d);
            }
        }

        return default;
    }

    private static double[] Row(string line) =>
        [.. line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Value)];

    private static double Ratio(string? text, char separator)
    {
        if (text is null || text.Split(separator) is not [var above, var below])
        {
            return 0;
        }

        var ratio = Value(above) / Value(below);
        return double.IsFinite(ratio) ? ratio : 0;
    }

    private static double? Seconds(string? text) => text is not null && Value(text) is > 0 and var seconds ? seconds : null;

    // Matroska's tag: "00:00:01.000000000"
    private static double? Clock(string? text) =>
        text?.Split(':') is [var hours, var minutes, var seconds] ? Seconds((Value(hours) * 3600 + Value(minutes) * 60 + Value(seconds)).ToString("R")) : null;

    private static double Value(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) ? value : 0;

    private static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static string? Text(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } member ? member.GetString() : null;

    private static long Number(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt32(out var value) ? value : 0;
}
