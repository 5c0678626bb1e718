using System.Text;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>A benchmark as tables for a terminal; they are Markdown, too.</summary>
public static class BenchmarkText
{
    /// <summary>The models side by side.</summary>
    public static string Of(BenchmarkResult result)
    {
        var text = new StringBuilder();
        foreach (var table in BenchmarkTables.Figures(result).Append(BenchmarkTables.Edits(result)).Append(BenchmarkTables.Lengths(result)))
        {
            Append(text, table);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, BenchmarkTable table)
    {
        string[] head = [table.Caption, .. table.Columns];
        string[][] rows = [.. table.Rows.Select(row => (string[])[row.Name, .. row.Cells])];
        int[] widths = [.. head.Select((name, column) => rows.Select(row => Printable.Text(row[column]).Length).Append(name.Length).Max())];
        Line(text, head, widths);
        text.Append("| ").AppendJoin(" | ", widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":")).Append(" |\n");
        foreach (var row in rows)
        {
            Line(text, row, widths);
        }

        text.Append('\n');
    }

    private static void Line(StringBuilder text, string[] cells, int[] widths) => text.Append("| ")
        .AppendJoin(" | ", cells.Select((cell, column) => column == 0 ? Printable.Text(cell).PadRight(widths[column]) : Printable.Text(cell).PadLeft(widths[column])))
        .Append(" |\n");
}
