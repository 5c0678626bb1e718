using System.Globalization;

namespace Sosia.Video;

/// <summary>What a copy holds: the truth that a finder is judged by.</summary>
/// <param name="Source">0 for the edited video, 1 for the one that it is mixed with.</param>
/// <param name="CopyStart">Seconds of the copy.</param>
/// <param name="CopyEnd">Seconds of the copy.</param>
/// <param name="SourceStart">Seconds of the source, shown at <paramref name="CopyStart"/>.</param>
/// <param name="SourceEnd">Seconds of the source, shown at <paramref name="CopyEnd"/>: before <paramref name="SourceStart"/> where it is played backwards.</param>
/// <param name="Speed">Seconds of the source that one second of the copy shows; negative where it is played backwards.</param>
/// <param name="Mirrored">Whether left and right are exchanged.</param>
public sealed record CopiedStretch(
    int Source, double CopyStart, double CopyEnd, double SourceStart, double SourceEnd, double Speed, bool Mirrored);

/// <summary>A stretch of an input as ffmpeg opens it.</summary>
/// <param name="Source">0 for the edited video, 1 for the one that it is mixed with.</param>
/// <param name="From">Seconds.</param>
/// <param name="Seconds">Length.</param>
public sealed record EditInput(int Source, double From, double Seconds);

/// <summary>An edit with its parameters drawn: a filter graph and the truth about its result.</summary>
/// <param name="Cut">The edited video.</param>
/// <param name="Inputs">What is opened, in order.</param>
/// <param name="Graph">ffmpeg filter graph from <c>[0:V:0]</c>, <c>[1:V:0]</c> ... to <c>[v]</c>.</param>
/// <param name="Truth">Which seconds of the copy show which seconds of what.</param>
public sealed record EditPlan(Cut Cut, IReadOnlyList<EditInput> Inputs, string Graph, IReadOnlyList<CopiedStretch> Truth)
{
    private const long MaxPixels = 1L << 26;

    /// <summary>What is done: the edit's name; for a chain <c>chain:trim+crop</c>.</summary>
    public string Name { get; init; } = "";

    /// <summary>Arguments for ffmpeg: H.264 without sound and metadata, one thread, so that a plan always gives the same file.</summary>
    /// <param name="source">The video that is copied.</param>
    /// <param name="other">The one that it is mixed with, where the edit takes two.</param>
    /// <param name="output">The copy, overwritten; its name says the container.</param>
    /// <exception cref="ArgumentNullException">The plan needs the other video.</exception>
    public IReadOnlyList<string> Arguments(string source, string? other, string output)
    {
        var arguments = new List<string> { "-nostdin", "-hide_banner", "-v", "error" };
        foreach (var input in Inputs)
        {
            var path = input.Source == 0 ? source : other ?? throw new ArgumentNullException(nameof(other));
            arguments.AddRange([.. Ffmpeg.InputOptions(MaxPixels), "-threads", "1"]);
            arguments.AddRange(["-ss", Seconds(input.From), "-t", Seconds(input.Seconds), "-i", Ffmpeg.FileUrl(path)]);
        }

        arguments.AddRange(["-filter_complex", Graph, "-map", "[v]", "-map_metadata", "-1", "-map_chapters", "-1"]);

        // Frames keep their times: at a constant rate, a change of speed would be rounded to the old frames.
        arguments.AddRange(["-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-fps_mode", "vfr", "-enc_time_base", "1:90000"]);
        arguments.AddRange(["-crf", Cut.Crf.ToString(CultureInfo.InvariantCulture), "-y", Ffmpeg.FileUrl(output)]);
        return arguments;
    }

    internal static EditPlan Of(Cut cut) =>
        new(cut, [new EditInput(0, cut.From, cut.Seconds)], $"[0:V:0]{cut.Filters},format=yuv420p[v]", [cut.Shown(0, 0)]);

    private static string Seconds(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
