namespace Sosia.Video;

/// <summary>Where ffmpeg and ffprobe are, and the arguments that every call of them needs so that a file can only be what it is: one file.</summary>
public static class Ffmpeg
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

    /// <summary>The first line of what a tool says of its version.</summary>
    /// <param name="tool"><see cref="Tool"/> or <see cref="ProbeTool"/>.</param>
    /// <exception cref="VideoException"><see cref="VideoFault.ToolMissing"/>.</exception>
    public static string Version(string tool)
    {
        using var child = Start(tool, tool, ["-version"]);
        using var reader = new StreamReader(child.Output);
        var line = reader.ReadLine() ?? "";
        return line.Split(" Copyright", 2)[0];
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
}
