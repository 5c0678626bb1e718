using System.Text.RegularExpressions;

namespace Sosia.Video;

/// <summary>Where ffmpeg and ffprobe are, and the arguments that every call of them needs so that a file can only be what it is: one file.</summary>
public static partial class Ffmpeg
{
    /// <summary>Files and pipes, no network.</summary>
    private const string Protocols = "file,pipe";

    /// <summary>
    /// Real containers only. Without this list a playlist, a concat script or a session description with a video's name would open other files,
    /// and a name like <c>%d.jpg</c> would be read as a sequence of pictures.
    /// </summary>
    private const string Containers =
        "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,live_flv,mpegts,mpeg,mpegvideo,m4v,h261,h263,h264,hevc,vvc,evc,av1,obu,ivf,ogg,asf,asf_o,"
        + "wtv,rm,mxf,nut,dv,gxf,lxf,yuv4mpegpipe,vc1,vc1test,dirac,cavsvideo,avs2,avs3,mjpeg,smjpeg,nsv,nuv,ivr,dnxhd,dxa,roq,bink,smk,flic,"
        + "film_cpk,ingenient,pva,mtv,r3d,viv,vivo,gif,apng,jpeg_pipe,png_pipe,webp_pipe,bmp_pipe,tiff_pipe,"
        + "mp3,wav,flac,aac,ac3,aiff,au,amr,ape,caf";

    /// <summary><c>ffmpeg</c> on PATH, or the value of SOSIA_FFMPEG.</summary>
    public static string Tool => Environment.GetEnvironmentVariable("SOSIA_FFMPEG") is { Length: > 0 } path ? path : "ffmpeg";

    /// <summary><c>ffprobe</c> on PATH, or the value of SOSIA_FFPROBE.</summary>
    public static string ProbeTool => Environment.GetEnvironmentVariable("SOSIA_FFPROBE") is { Length: > 0 } path ? path : "ffprobe";

    /// <summary>The oldest version that has what Sosia asks for (<c>-fps_mode</c>).</summary>
    public static Version Oldest { get; } = new(5, 1);

    /// <summary>What a tool is: <c>ffmpeg version 5.1.9</c>.</summary>
    /// <param name="name"><c>ffmpeg</c> or <c>ffprobe</c>.</param>
    /// <param name="tool"><see cref="Tool"/> or <see cref="ProbeTool"/>.</param>
    /// <exception cref="VideoException"><see cref="VideoFault.ToolMissing"/>: there is none, it is something else, or it is too old.</exception>
    public static string Version(string name, string tool)
    {
        var line = Answer(tool, "-version").Split('\n')[0].Split(" Copyright", 2)[0].Trim();
        if (!line.StartsWith($"{name} version ", StringComparison.Ordinal))
        {
            throw new VideoException(VideoFault.ToolMissing, tool, $"{tool} is no {name}: asked for its version it says \"{line}\"");
        }

        // A build from the sources between two versions has no number: it is taken for new.
        var number = VersionNumber().Match(line[$"{name} version ".Length..]);
        if (number.Success && System.Version.Parse(number.Groups[1].Value) < Oldest)
        {
            throw new VideoException(VideoFault.ToolMissing, tool, $"{line} is too old: Sosia needs {Oldest} or newer");
        }

        return line;
    }

    /// <summary>Which of some filters or encoders an ffmpeg lacks.</summary>
    /// <param name="list"><c>-filters</c> or <c>-encoders</c>.</param>
    /// <param name="wanted">Their names.</param>
    /// <exception cref="VideoException"><see cref="VideoFault.ToolMissing"/>.</exception>
    public static IReadOnlyList<string> Lacks(string list, IEnumerable<string> wanted)
    {
        // A line: flags, name, what it is.
        var names = Answer(Tool, list).Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(words => words.Length > 1)
            .Select(words => words[1]).ToHashSet(StringComparer.Ordinal);
        return [.. wanted.Where(name => !names.Contains(name))];
    }

    /// <summary>The options that stand before an input file, without <c>-i</c>.</summary>
    /// <param name="maxPixels">Larger frames are refused.</param>
    /// <param name="demuxer">Null: by content.</param>
    public static IReadOnlyList<string> InputOptions(long maxPixels, string? demuxer = null)
    {
        List<string> options =
        [
            "-protocol_whitelist", Protocols, "-format_whitelist", Containers, "-max_pixels", maxPixels.ToString(),
        ];
        if (demuxer is not null)
        {
            options.AddRange(["-f", demuxer]);
        }

        return options;
    }

    /// <summary>A path that no character of it can turn into an option, another protocol or a pattern.</summary>
    /// <param name="path">Relative paths are relative to the current folder.</param>
    public static string FileUrl(string path) => "file:" + path;

    /// <summary>Starts one of the two tools for a file.</summary>
    /// <param name="tool"><see cref="Tool"/> or <see cref="ProbeTool"/>.</param>
    /// <param name="path">The file that the call is about, for the error.</param>
    /// <param name="arguments">All of them.</param>
    /// <param name="limits">Null: the defaults.</param>
    /// <param name="input">Whether the child reads from us.</param>
    /// <param name="stop">Ends the child.</param>
    /// <exception cref="VideoException"><see cref="VideoFault.ToolMissing"/>.</exception>
    public static ChildProcess Start(
        string tool, string path, IReadOnlyList<string> arguments, ChildLimits? limits = null, bool input = false, CancellationToken stop = default)
    {
        try
        {
            return ChildProcess.Start(tool, arguments, limits, input, stop);
        }
        catch (FileNotFoundException error)
        {
            var reason = $"{error.Message}; install it with `apt install ffmpeg`, or name it by SOSIA_FFMPEG and SOSIA_FFPROBE";
            throw new VideoException(VideoFault.ToolMissing, path, reason, error);
        }
    }

    private static string Answer(string tool, string question)
    {
        using var child = Start(tool, tool, ["-hide_banner", "-loglevel", "error", question]);
        using var reader = new StreamReader(child.Output);
        return reader.ReadToEnd();
    }

    // Some builders put an n before it.
    [GeneratedRegex(@"^n?([0-9]+\.[0-9]+)")]
    private static partial Regex VersionNumber();
}
