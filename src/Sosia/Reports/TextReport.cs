using System.Globalization;
using System.Text;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>Answers as plain lines for a terminal; names are made printable.</summary>
public static class TextReport
{
    /// <summary>One block a match, best first.</summary>
    public static string Matches(FindResult result)
    {
        if (result.Matches.Count == 0)
        {
            return "no copies found\n";
        }

        var text = new StringBuilder();
        foreach (var match in result.Matches)
        {
            Line(text, $"{match.Score:0.000}  {Printable.Text(match.Video.Path)}");
            Segments(text, match.Segments, "query");
        }

        return text.ToString();
    }

    /// <summary>One block a group.</summary>
    public static string Duplicates(DuplicatesResult result)
    {
        if (result.Groups.Count == 0)
        {
            return "no copies found\n";
        }

        var text = new StringBuilder();
        foreach (var group in result.Groups)
        {
            Line(text, $"{Printable.Text(group.Representative.Path)}  ({Time(group.Representative.Duration)})");
            foreach (var pair in group.Pairs)
            {
                Pair(text, pair, group.Representative);
            }
        }

        Line(text, $"{result.Groups.Count} groups, {result.Groups.SelectMany(g => g.Members).Select(m => m.Path).Distinct(StringComparer.Ordinal).Count()} files");
        return text.ToString();
    }

    /// <summary>The verdict, the segments, and every check with its number.</summary>
    public static string Explanation(Explanation why)
    {
        var text = new StringBuilder();
        Line(text, $"A  {Printable.Text(why.A.Path)}  ({Time(why.A.Duration)})");
        Line(text, $"B  {Printable.Text(why.B.Path)}  ({Time(why.B.Duration)})");
        Line(text, why.Copies ? $"copies, score {why.Score:0.000}" : "no copies of one another");
        Segments(text, why.Segments, "A");
        foreach (var check in why.Checks)
        {
            var numbers = check is { Value: { } value, Threshold: { } threshold } ? $" {Number(value)} against {Number(threshold)}" : "";
            Line(text, $"  {(check.Passed ? "yes" : "no"),-3} {check.Name}:{numbers}  {Printable.Text(check.Detail)}");
        }

        return text.ToString();
    }

    /// <summary>Minutes and seconds, hours where there are any.</summary>
    public static string Time(double seconds)
    {
        var tenths = (long)Math.Round(seconds * 10);
        var (minutes, rest) = (tenths / 600, tenths % 600 / 10.0);
        return minutes >= 60
            ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60}:{minutes % 60:00}:{rest:00.0}")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes}:{rest:00.0}");
    }

    // Told from the representative: its seconds first.
    private static void Pair(StringBuilder text, VideoPair pair, VideoRef representative)
    {
        var told = pair.B == representative ? pair.Turned() : pair;
        var between = told.A == representative ? "" : $" and {Printable.Text(told.A.Path)}";
        Line(text, $"  {told.Score:0.000}  {Printable.Text(told.B.Path)}{between}");
        Segments(text, told.Segments, "     ");
    }

    private static void Segments(StringBuilder text, IReadOnlyList<CopiedSegment> segments, string of)
    {
        foreach (var s in segments)
        {
            var speed = s.IsSpeedChanged() ? $", speed {s.Speed:0.00}" : "";
            var variant = s.Variant == QueryVariant.Plain ? "" : $", {s.Variant.Name}";
            Line(text, $"       {of} {Time(s.Query.Start)}-{Time(s.Query.End)} = {Time(s.Reference.Start)}-{Time(s.Reference.End)}  ({s.Score:0.000}{speed}{variant})");
        }
    }

    private static string Number(double value) => value == Math.Floor(value) ? $"{value:0}" : $"{value:0.000}";

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
