using System.Text;

namespace Sosia.Video;

/// <summary>The first bytes of a file: enough to refuse a playlist unread, and to know a picture whatever its name.</summary>
internal static class FileHead
{
    private const int Bytes = 4096;

    private static readonly string[] PlaylistBeginnings =
        ["#EXTM3U", "ffconcat version", "[playlist]", "[Reference]", "v=0\r\no=", "v=0\no=", "RTSPtext", "<ASX", "<smil", "<MPD"];

    /// <summary>Opens a regular file and reads its beginning; every reason that it cannot be a video is told here.</summary>
    /// <exception cref="VideoException">Not a readable regular file, empty, or a playlist.</exception>
    public static byte[] Read(string path)
    {
        if (Refusal(path) is { } refusal)
        {
            throw new VideoException(refusal.Fault, path, refusal.Reason);
        }

        var head = ReadBytes(path);
        if (head.Length == 0)
        {
            throw new VideoException(VideoFault.Empty, path, "the file is empty");
        }

        if (IsPlaylist(head))
        {
            throw new VideoException(VideoFault.Playlist, path, "a list of other files or addresses, not a video; add the files that it names instead");
        }

        return head;
    }

    /// <summary>The demuxer to force for a picture, so that ffmpeg reads this file and no sequence that its name describes; else null.</summary>
    /// <param name="head">The file's first bytes.</param>
    public static string? PictureDemuxer(ReadOnlySpan<byte> head) => head switch
    {
        [0xFF, 0xD8, 0xFF, ..] => "jpeg_pipe",
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => head.IndexOf("acTL"u8) > 0 ? "apng" : "png_pipe",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "webp_pipe",
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "bmp_pipe",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "tiff_pipe",
        _ => null,
    };

    /// <summary>Whether this is the beginning of a QuickTime or MP4 file, which without its index looks like nothing to ffprobe.</summary>
    /// <param name="head">The file's first bytes.</param>
    public static bool IsQuickTime(ReadOnlySpan<byte> head) =>
        head.Length >= 8 && Encoding.ASCII.GetString(head[4..8]) is "ftyp" or "moov" or "mdat" or "free" or "skip" or "wide" or "pnot";

    private static bool IsPlaylist(ReadOnlySpan<byte> head)
    {
        var text = Encoding.UTF8.GetString(head).TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        return PlaylistBeginnings.Any(beginning => text.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
            || (text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) && text.Contains("<MPD", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Why a name cannot be read, without opening it; null: it can be tried.</summary>
    /// <param name="path">A name of anything.</param>
    public static (VideoFault Fault, string Reason)? Refusal(string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            return (VideoFault.UnreadableName, "the name holds a zero byte");
        }

        return FileStatus.Of(path).Kind switch
        {
            FileKind.Regular => null,
            FileKind.Directory => (VideoFault.IsDirectory, "a folder, not a file"),
            FileKind.Special => (VideoFault.NoAccess, "a pipe, socket or device, not a regular file"),
            FileKind.LinkLoop => (VideoFault.BrokenLink, "a symbolic link that leads back to itself"),
            FileKind.NoAccess => (VideoFault.NoAccess, "no permission to read it"),
            _ when path.Contains('\uFFFD', StringComparison.Ordinal) =>
                (VideoFault.UnreadableName, "the name is not valid UTF-8; rename the file"),
            _ when new FileInfo(path).LinkTarget is not null => (VideoFault.BrokenLink, "a symbolic link to a file that does not exist"),
            _ => (VideoFault.NotFound, "no such file"),
        };
    }

    private static byte[] ReadBytes(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            var head = new byte[Bytes];
            return head[..RandomAccess.Read(file, head, 0)];
        }
        catch (UnauthorizedAccessException error)
        {
            throw new VideoException(VideoFault.NoAccess, path, "no permission to read it", error);
        }
        catch (FileNotFoundException error)
        {
            throw new VideoException(VideoFault.NotFound, path, "no such file", error);
        }
        catch (IOException error)
        {
            throw new VideoException(VideoFault.NoAccess, path, error.Message, error);
        }
    }
}
