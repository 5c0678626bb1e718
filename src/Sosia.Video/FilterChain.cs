using System.Globalization;

namespace Sosia.Video;

/// <summary>The ffmpeg filters between a decoded frame and the frame asked for. What is not wanted is dropped before it costs anything.</summary>
internal static class FilterChain
{
    private const string ScaleFlags = "area+accurate_rnd+full_chroma_int+full_chroma_inp";

    /// <summary>The argument of <c>-vf</c>.</summary>
    /// <param name="video">What is read.</param>
    /// <param name="request">What is wanted.</param>
    /// <param name="zero">ffmpeg's time of the first shown frame; null: the first frame that comes.</param>
    /// <param name="toneMap">Whether ffmpeg has zscale and tonemap.</param>
    public static string For(VideoInfo video, FrameRequest request, double? zero, bool toneMap)
    {
        // A frame much larger than wanted loses nothing when one field of it is taken, and that costs nothing.
        var wantedHeight = video.Orientation.SwapsAxes ? request.Width : request.Height;
        var oneField = 2 * wantedHeight <= video.StoredHeight;
        List<string> filters = ["settb=1/1000000"];
        if (video.Fields != FieldOrder.Progressive && !oneField)
        {
            filters.Add("yadif=mode=send_frame:deint=interlaced");
        }

        if (request.Rate > 0)
        {
            filters.Add(Select(request.Rate, zero));
        }

        if (video.Fields != FieldOrder.Progressive && oneField)
        {
            filters.Add(video.Fields == FieldOrder.TopFirst ? "field=type=top" : "field=type=bottom");
        }

        filters.Add(Scale(video, request));
        if (video.Range != DynamicRange.Standard && toneMap)
        {
            filters.Add(ToneMap(video.Range));
        }

        filters.Add("format=rgb24");
        filters.AddRange(video.Orientation.Filters);
        return string.Join(',', filters);
    }

    // The first frame at or after each instant of the grid. A time stamp that jumps back begins the count again.
    private static string Select(double rate, double? zero)
    {
        var from = zero is { } seconds ? Number(seconds) : "start_t";
        var step = $"floor(({{0}}-{from})*{Number(rate)}+{Number(Sampling.Tolerance * rate)})";
        var now = step.Replace("{0}", "t", StringComparison.Ordinal);
        var last = step.Replace("{0}", "prev_selected_t", StringComparison.Ordinal);
        return $"select='isnan(prev_selected_t)+isnan(t)+gt({now},{last})+lt(t,prev_selected_t)'";
    }

    private static string Scale(VideoInfo video, FrameRequest request)
    {
        var (width, height) = video.Orientation.SwapsAxes ? (request.Height, request.Width) : (request.Width, request.Height);
        return $"scale=w={width}:h={height}:flags={ScaleFlags}";
    }

    // To linear light, BT.709 primaries, Hable's curve (as in ffmpeg's documentation of tonemap), and back.
    private static string ToneMap(DynamicRange range)
    {
        var transfer = range == DynamicRange.Pq ? "smpte2084" : "arib-std-b67";
        return $"format=yuv444p10le,zscale=tin={transfer}:pin=bt2020:min=bt2020nc:t=linear:npl=100,format=gbrpf32le,"
            + "zscale=p=bt709,tonemap=tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,format=yuv444p";
    }

    private static string Number(double value) => value.ToString("0.#########", CultureInfo.InvariantCulture);
}
