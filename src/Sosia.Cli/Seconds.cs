using System.Globalization;

using Sosia.Video;

namespace Sosia.Cli;

/// <summary>Times as people type them: `90`, `90.5`, `1:30`, `1:02:03.5`.</summary>
internal static class Seconds
{
    /// <summary>Seconds, or null where nothing was given.</summary>
    /// <exception cref="UsageException">It is no time.</exception>
    public static double? Parse(string? text, string option)
    {
        if (text is null)
        {
            return null;
        }

        var total = 0.0;
        foreach (var part in text.Split(':'))
        {
            if (!double.TryParse(part, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            {
                throw new UsageException($"{option} {Printable.Text(text)} is no time: give seconds (90.5) or [h:]m:s (1:30)");
            }

            total = (total * 60) + value;
        }

        return total;
    }
}
