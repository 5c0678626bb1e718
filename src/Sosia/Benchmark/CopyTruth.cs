using Sosia.Video;

namespace Sosia;

/// <summary>What a copy shows, as rows of truth.csv.</summary>
internal static class CopyTruth
{
    /// <summary>The names of the columns.</summary>
    public const string Header = "copy_file,copy_start,copy_end,source_file,source_start,source_end,edits,speed,mirrored";

    private const double Tolerance = 0.2; // seconds: how long a last frame is shown

    /// <summary>The rows of a copy, each with its line end.</summary>
    /// <param name="copy">What was planned.</param>
    /// <param name="seconds">How long it became: videos can be shorter than they say.</param>
    /// <exception cref="VideoException">It is too short to say what it shows.</exception>
    public static string Rows(CopyPlan copy, double seconds) => string.Concat(Shown(copy, seconds).Select(stretch => Row(copy, stretch)));

    private static IEnumerable<CopiedStretch> Shown(CopyPlan copy, double seconds)
    {
        var truth = copy.Plan.Truth;
        if (seconds >= truth.Max(stretch => stretch.CopyEnd) - Tolerance)
        {
            return truth;
        }

        return seconds > Tolerance && truth.All(stretch => stretch.CopyStart == 0)
            ? truth.Select(stretch => Shortened(stretch, seconds))
            : throw new VideoException(VideoFault.Damaged, copy.Source.Path, "it, or the video that it is mixed with, is shorter than it says");
    }

    // Played backwards, what is missing is missing at the beginning.
    private static CopiedStretch Shortened(CopiedStretch stretch, double seconds) => stretch.Speed < 0
        ? stretch with { CopyEnd = seconds, SourceStart = stretch.SourceEnd - (seconds * stretch.Speed) }
        : stretch with { CopyEnd = seconds, SourceEnd = stretch.SourceStart + (seconds * stretch.Speed) };

    private static string Row(CopyPlan copy, CopiedStretch one)
    {
        var source = one.Source == 0 ? copy.Source : copy.Other!;
        return FormattableString.Invariant($"{copy.File},{one.CopyStart:F3},{one.CopyEnd:F3},{Text(source.Name)},{one.SourceStart:F3},{one.SourceEnd:F3},")
            + FormattableString.Invariant($"{copy.Edits},{one.Speed:0.####},{(one.Mirrored ? "true" : "false")}\r\n");
    }

    // Programs read this file: a name is what it is.
    private static string Text(string name) => name.AsSpan().ContainsAny(",\"") ? $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : name;
}
