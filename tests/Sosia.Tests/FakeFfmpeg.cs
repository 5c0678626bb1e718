using Sosia.Video;

namespace Sosia.Tests;

/// <summary>Programs in ffmpeg's place.</summary>
internal static class FakeFfmpeg
{
    /// <summary>Instead of encoding, copies a video, and says much on standard output; decodes as ever.</summary>
    public static string Copying(Shelf shelf, string video) => Script(shelf, $$"""
        for last; do :; done
        case "$last" in
            file:*) exec <&- && head -c 300000 /dev/zero && exec cp '{{video}}' "${last#file:}" ;;
        esac
        exec '{{Ffmpeg.Tool}}' "$@"
        """);

    /// <summary>A program of these lines of shell, beside the videos.</summary>
    public static string Script(Shelf shelf, string lines)
    {
        var path = Path.Combine(Path.GetDirectoryName(shelf.Folder)!, $"fake-{Guid.NewGuid():N}");
        File.WriteAllText(path, "#!/bin/sh\n" + lines + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return path;
    }
}
