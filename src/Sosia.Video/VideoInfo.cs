namespace Sosia.Video;

/// <summary>The transfer function of a video's colours.</summary>
public enum DynamicRange
{
    /// <summary>Any but the two below.</summary>
    Standard,
    /// <summary>Perceptual quantiser (SMPTE ST 2084).</summary>
    Pq,
    /// <summary>Hybrid log-gamma (ARIB STD-B67).</summary>
    Hlg,
}

/// <summary>Which field of an interlaced frame is shown first.</summary>
public enum FieldOrder
{
    /// <summary>Whole frames, or not stated.</summary>
    Progressive,
    /// <summary>The field of the even lines, counted from 0.</summary>
    TopFirst,
    /// <summary>The field of the odd lines.</summary>
    BottomFirst,
}

/// <summary>What a file says of its video.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Duration">Seconds as stated, which may be a lie; 0: not stated.</param>
/// <param name="Width">Pixels as shown: rotation and sample aspect ratio are applied.</param>
/// <param name="Height">Pixels as shown.</param>
/// <param name="FrameRate">Mean frames a second as stated; 0: not stated.</param>
/// <param name="Codec">ffmpeg's name: <c>h264</c>.</param>
/// <param name="Container">ffmpeg's names of the demuxer: <c>mov,mp4,m4a,3gp,3g2,mj2</c>.</param>
public sealed record VideoInfo(string Path, double Duration, int Width, int Height, double FrameRate, string Codec, string Container)
{
    /// <summary>Pixels as stored.</summary>
    public required int StoredWidth { get; init; }

    /// <summary>Pixels as stored.</summary>
    public required int StoredHeight { get; init; }

    /// <summary>Width of a stored pixel divided by its height.</summary>
    public double SampleAspect { get; init; } = 1;

    /// <summary>How the stored picture is turned to be shown.</summary>
    public Orientation Orientation { get; init; }

    /// <summary>Which field comes first, where the video is interlaced.</summary>
    public FieldOrder Fields { get; init; }

    /// <summary>HDR where not <see cref="DynamicRange.Standard"/>.</summary>
    public DynamicRange Range { get; init; }

    /// <summary>ffmpeg's name: <c>yuv420p10le</c>; empty: not stated.</summary>
    public string PixelFormat { get; init; } = "";

    /// <summary>Of the video stream that is read: the one marked as default, else the first.</summary>
    public int StreamIndex { get; init; }

    /// <summary>How many video streams there are, cover pictures not counted.</summary>
    public int VideoStreams { get; init; } = 1;

    /// <summary>Whether there is sound.</summary>
    public bool HasAudio { get; init; }

    /// <summary>A still picture: JPEG, PNG, WebP, BMP, TIFF and the like.</summary>
    public bool IsPicture { get; init; }

    /// <summary>Whether the stated duration is the video stream's own; otherwise the sound may be what lasts so long.</summary>
    internal bool OwnDuration { get; init; }

    /// <summary>Seconds from the beginning of the container, which is ffmpeg's zero, to the first frame, as stated.</summary>
    internal double Start { get; init; }

    /// <summary>The demuxer to force; null: ffmpeg finds it by content.</summary>
    internal string? Demuxer { get; init; }
}
