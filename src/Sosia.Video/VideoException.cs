namespace Sosia.Video;

/// <summary>Why a video cannot be read.</summary>
public enum VideoFault
{
    /// <summary>There is no file of this name.</summary>
    NotFound,
    /// <summary>The name belongs to a folder.</summary>
    IsDirectory,
    /// <summary>The file may not be read, or is no regular file.</summary>
    NoAccess,
    /// <summary>Zero bytes.</summary>
    Empty,
    /// <summary>No container that is read here.</summary>
    NotAVideo,
    /// <summary>Sound or data only; a cover picture is no video.</summary>
    NoVideoStream,
    /// <summary>There is a video stream, and no frame of it decodes.</summary>
    NoFrames,
    /// <summary>More pixels or memory than allowed.</summary>
    TooLarge,
    /// <summary>A list of other files or addresses; it is never followed.</summary>
    Playlist,
    /// <summary>A symbolic link to itself or to nothing.</summary>
    BrokenLink,
    /// <summary>The name holds bytes that are no UTF-8.</summary>
    UnreadableName,
    /// <summary>ffmpeg or ffprobe made no progress, or took too long.</summary>
    TimedOut,
    /// <summary>A container that is known, but broken beyond use.</summary>
    Damaged,
    /// <summary>ffmpeg or ffprobe is not installed.</summary>
    ToolMissing,
}

/// <summary>A video that cannot be read. The message reads <c>cannot read NAME: REASON</c>, without the name where a tool is missing: that is no fault of the file.</summary>
/// <param name="fault">The kind of fault.</param>
/// <param name="path">The file as it was given.</param>
/// <param name="reason">What is wrong and, where something can be done, what to do.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class VideoException(VideoFault fault, string path, string reason, Exception? inner = null)
    : Exception(fault == VideoFault.ToolMissing ? reason : $"cannot read {Printable.Text(System.IO.Path.GetFileName(path) is { Length: > 0 } name ? name : path)}: {reason}", inner)
{
    /// <summary>The kind of fault.</summary>
    public VideoFault Fault => fault;

    /// <summary>The file as it was given.</summary>
    public string Path => path;

    /// <summary>What is wrong, without the file's name.</summary>
    public string Reason => reason;
}
