using System.Text;

namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A row of comma-separated values under a header.</summary>
internal readonly record struct AnnotationRow(AnnotationLine Line, IReadOnlyDictionary<string, int> Columns, IReadOnlyList<string> Values)
{
    /// <exception cref="AnnotationException">The value is empty.</exception>
    public string Text(string column) => Values[Columns[column]] is { Length: > 0 } text ? text : throw Line.Wrong($"{column} is missing");

    /// <exception cref="AnnotationException">It is no finite number.</exception>
    public double Number(string column) => Line.Number64(Values[Columns[column]], column);
}

/// <summary>Comma-separated values whose first line names the columns, in any order; values may be in quotes.</summary>
internal static class AnnotationTable
{
    /// <summary>The rows below the header; columns that are not asked for are passed over.</summary>
    /// <exception cref="AnnotationException">There is no header, a column is missing or twice, or a row has another number of values.</exception>
    public static IEnumerable<AnnotationRow> Rows(string path, params string[] columns)
    {
        Dictionary<string, int>? header = null;
        foreach (var line in AnnotationFile.Lines(path))
        {
            var values = Split(line);
            if (header is null)
            {
                header = Header(line, values, columns);
                continue;
            }

            yield return values.Count >= header.Count
                ? new AnnotationRow(line, header, values)
                : throw line.Wrong($"{values.Count} values where {header.Count} belong: {AnnotationLine.Shown(line.Text)}");
        }

        if (header is null)
        {
            throw new AnnotationException(path, 0, $"empty: a header with {string.Join(", ", columns)} is needed");
        }
    }

    private static Dictionary<string, int> Header(AnnotationLine line, List<string> names, string[] columns)
    {
        var header = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (!header.TryAdd(names[i], i))
            {
                throw line.Wrong($"column {AnnotationLine.Shown(names[i])} twice");
            }
        }

        return Array.Find(columns, column => !header.ContainsKey(column)) is { } missing
            ? throw line.Wrong($"no column {missing}; {string.Join(", ", columns)} are needed")
            : header;
    }

    private static List<string> Split(AnnotationLine line)
    {
        var (values, value, quoted) = (new List<string>(), new StringBuilder(), false);
        foreach (var c in line.Text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                values.Add(value.ToString().Trim());
                value.Clear();
            }
            else
            {
                value.Append(c);
            }
        }

        values.Add(value.ToString().Trim());
        return quoted ? throw line.Wrong("a quote without its end") : values;
    }
}
