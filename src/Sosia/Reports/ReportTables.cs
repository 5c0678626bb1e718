using System.Globalization;

namespace Sosia.Reports;

/// <summary>The parts of the page that stand without a script.</summary>
internal static class ReportTables
{
    private const int SegmentsShown = 5;

    internal static void WriteChecks(TextWriter page, ReportModel model)
    {
        if (model.Copies is { } copies)
        {
            page.Write(copies
                ? "<p class=\"verdict good\"><strong>Copies.</strong> They share the stretches below.</p>"
                : "<p class=\"verdict plain\"><strong>Not copies.</strong> At least one check below failed.</p>");
        }

        if (model.Checks.Count > 0)
        {
            WriteTable(page, "Checks", ["", "Check", "Value", "Threshold", "What it says"], model.Checks, check =>
                $"<td>{(check.Passed ? Badge("good", "passed") : Badge("bad", "failed"))}</td><th scope=\"row\">{HtmlTemplate.Encode(check.Name)}</th>"
                + $"<td class=\"number\">{Number(check.Value)}</td><td class=\"number\">{Number(check.Threshold)}</td>"
                + $"<td class=\"wide\">{HtmlTemplate.Encode(check.Detail)}</td>");
        }

        if (model.Demo.Count > 0)
        {
            var found = model.Demo.Count(check => check.Outcome == DemoOutcome.Found);
            var caption = $"Self-check: {found} of {model.Demo.Count} copies found";
            WriteTable(page, caption, ["", "Edit", "Copy", "Expected", "Found"], model.Demo, check =>
                $"<td>{Outcome(check.Outcome)}</td><th scope=\"row\">{HtmlTemplate.Encode(check.Edit)}</th>"
                + $"<td class=\"path\">{HtmlTemplate.Encode(check.Copy)}</td>"
                + $"<td>{HtmlTemplate.Encode(check.Expected)}</td><td>{HtmlTemplate.Encode(check.Found)}</td>");
        }
    }

    internal static void WritePairs(TextWriter page, ReportContents contents) =>
        WriteTable(page, "Pairs", ["Score", "A", "B", "Copied: A ↔ B"], contents.Pairs, numbered =>
            $"<td class=\"number\">{Score(numbered.Pair.Score)}</td><td class=\"path\">{Name(numbered.Pair.A, contents)}</td>"
            + $"<td class=\"path\">{Name(numbered.Pair.B, contents)}</td><td>{Segments(numbered.Pair.Segments)}</td>");

    /// <summary>A table; what it is given is written as it is.</summary>
    internal static void WriteTable<T>(TextWriter page, string caption, string[] columns, IReadOnlyList<T> rows, Func<T, string> cells)
    {
        page.Write($"<div class=\"table\"><table><caption>{caption}</caption><thead><tr>");
        foreach (var column in columns)
        {
            page.Write($"<th scope=\"col\">{column}</th>");
        }

        page.Write("</tr></thead><tbody>");
        foreach (var row in rows)
        {
            page.Write($"<tr>{cells(row)}</tr>\n");
        }

        page.Write("</tbody></table></div>");
    }

    internal static string Badge(string kind, string text) => $"<span class=\"badge {kind}\">{text}</span>";

    private static string Outcome(DemoOutcome outcome) => outcome switch
    {
        DemoOutcome.Found => Badge("good", "found"),
        DemoOutcome.BeyondEmbedder => Badge("plain", "beyond this embedder"),
        _ => Badge("bad", "wrong"),
    };

    private static string Name(VideoRef video, ReportContents contents) => HtmlTemplate.Encode(video.Path[contents.Folder.Length..]);

    private static string Segments(IReadOnlyList<CopiedSegment> segments)
    {
        var shown = segments.OrderBy(segment => segment.Query.Start).Take(SegmentsShown).Select(segment =>
            $"{Clock(segment.Query.Start)}–{Clock(segment.Query.End)} ↔ {Clock(segment.Reference.Start)}–{Clock(segment.Reference.End)}"
            + (segment.IsSpeedChanged() ? $", {segment.Speed.ToString("0.00", CultureInfo.InvariantCulture)}×" : "")
            + (segment.Variant == QueryVariant.Plain ? "" : $", {segment.Variant.Name}"));
        return string.Join("<br>", shown) + (segments.Count > SegmentsShown ? $"<br>and {segments.Count - SegmentsShown} more" : "");
    }

    private static string Score(double score) => score.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Number(double? value) => value is { } number ? number.ToString("0.####", CultureInfo.InvariantCulture) : "";

    private static string Clock(double seconds)
    {
        var time = TimeSpan.FromSeconds(double.IsFinite(seconds) ? Math.Clamp(Math.Round(seconds, 1), 0, 1e9) : 0);
        return time.ToString(time.TotalHours >= 1 ? "h\\:mm\\:ss\\.f" : "m\\:ss\\.f", CultureInfo.InvariantCulture);
    }
}
