using System.Globalization;
using System.Text;
using Sosia.Evaluating;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>An evaluation for people.</summary>
public static class EvaluationText
{
    private const int Named = 10; // missing videos

    /// <summary>The figures, what was missing and what became of it, and what else is to be known.</summary>
    public static string Of(EvaluationReport report)
    {
        var text = new StringBuilder();
        Line(text, $"{report.Protocol} with {Printable.Text(report.Embedder)}, {report.Videos} videos; embedded now: {report.Embedded}");
        var width = report.Rows.Select(row => row.Name.Length).DefaultIfEmpty(0).Max();
        foreach (var row in report.Rows)
        {
            Line(text, $"  {Printable.Text(row.Name).PadRight(width)}  {Value(row.Value),6}  {row.Count} {row.Of}");
        }

        Missing(text, report);
        foreach (var note in report.Notes)
        {
            Line(text, $"note: {Printable.Text(note)}");
        }

        return text.ToString();
    }

    private static void Missing(StringBuilder text, EvaluationReport report)
    {
        if (report.Missing.Count == 0)
        {
            return;
        }

        var queries = report.Missing.Count(video => video.IsQuery);
        Line(text, $"missing: {report.Missing.Count} of {report.Videos} videos, {queries} of them {report.Queries}: {report.MissingRule}");
        foreach (var video in report.Missing.Take(Named))
        {
            Line(text, $"  {Printable.Text(video.Id)}: {Printable.Text(video.Reason)}");
        }

        if (report.Missing.Count > Named)
        {
            Line(text, $"  and {report.Missing.Count - Named} more: --json and --csv FILE name all");
        }
    }

    private static string Value(double value) => double.IsFinite(value) ? value.ToString("0.0000", CultureInfo.InvariantCulture) : "-";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
