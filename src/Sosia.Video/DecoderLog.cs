using System.Globalization;
using System.Text.RegularExpressions;

namespace Sosia.Video;

/// <summary>What ffmpeg's messages say of a run.</summary>
internal static partial class DecoderLog
{
    /// <summary>From the statistics that ffmpeg writes last: "Input stream #0:0 (video): 75 packets read (67296 bytes); 75 frames decoded; ".</summary>
    public static long DecodedFrames(ErrorLog log) => log.Tail
        .Select(line => Decoded().Match(line))
        .Where(match => match.Success)
        .Sum(match => long.Parse(match.Groups["frames"].ValueSpan, CultureInfo.InvariantCulture));

    /// <summary>Null: none.</summary>
    public static string? Errors(ErrorLog log, int exit)
    {
        if (log.Count == 0)
        {
            return exit == 0 ? null : $"ffmpeg ended with code {exit}";
        }

        var first = Printable.Text(Tags().Replace(log.First[0], ""));
        return log.Count == 1 ? $"ffmpeg reports: {first}" : $"ffmpeg reports {log.Count} errors, first: {first}";
    }

    [GeneratedRegex(@"\(video\): .*?(?<frames>\d{1,15}) frames decoded", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Decoded();

    [GeneratedRegex(@"^(\[[^\]]* @ [^\]]*\] )?\[(error|fatal)\] ", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tags();
}
