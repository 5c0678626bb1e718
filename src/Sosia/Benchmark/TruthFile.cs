using System.Globalization;
using System.Text;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// Reads truth.csv: what every copy of a benchmark shows. The columns are found by the names in its first line; others are passed over. A copy that
/// mixes two videos has a row for each.
/// </summary>
public static class TruthFile
{
    /// <summary>Its name in a folder of copies.</summary>
    public const string Name = "truth.csv";

    private const string Copy = "copy_file";
    private const string Source = "source_file";
    private const string Edits = "edits";

    private static readonly string[] Columns = [Copy, "copy_start", "copy_end", Source, "source_start", "source_end", Edits];

    /// <summary>The rows in the order of the file.</summary>
    /// <exception cref="UsageException">It cannot be read, or a line is not what it ought to be: the message begins with path and line.</exception>
    public static IReadOnlyList<TrueCopy> Read(string path)
    {
        var rows = new List<TrueCopy>();
        Dictionary<string, int>? header = null;
        foreach (var (index, text) in Lines(path).Index())
        {
            var line = new Line(path, index + 1, text);
            if (text.Length == 0)
            {
                continue;
            }

            if (header is null)
            {
                header = Header(line);
            }
            else
            {
                rows.Add(Row(line, header));
            }
        }

        return rows.Count > 0 ? rows : throw new UsageException($"{Printable.Text(path)}: no copies in it; the first line is {string.Join(',', Columns)}");
    }

    private static string[] Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            var reason = error is FileNotFoundException or DirectoryNotFoundException ? "no such file: the truth about the copies is needed (--truth FILE where it lies elsewhere)" : error.Message;
            throw new UsageException($"{Printable.Text(path)}: {reason}");
        }
    }

    private static Dictionary<string, int> Header(Line line)
    {
        var header = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var (at, name) in line.Cells().Index())
        {
            if (!header.TryAdd(name, at))
            {
                throw line.Wrong($"column {name} twice");
            }
        }

        return Array.Find(Columns, column => !header.ContainsKey(column)) is { } missing
            ? throw line.Wrong($"no column {missing}; {string.Join(',', Columns)} are needed")
            : header;
    }

    private static TrueCopy Row(Line line, Dictionary<string, int> header)
    {
        var cells = line.Cells();
        if (cells.Count != header.Count)
        {
            throw line.Wrong($"{cells.Count} values where {header.Count} belong");
        }

        string Text(string column) => cells[header[column]] is { Length: > 0 } text ? text : throw line.Wrong($"{column} is missing");
        double Seconds(string column) =>
            double.TryParse(Text(column), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value) && value >= 0
                ? value
                : throw line.Wrong($"{column} is no number of seconds: {Text(column)}");
        var (copy, from, to) = (new Stretch(Seconds("copy_start"), Seconds("copy_end")), Seconds("source_start"), Seconds("source_end"));
        return copy.Length < 0
            ? throw line.Wrong("copy_end is before copy_start")
            : new TrueCopy(Text(Copy), copy, Text(Source), new Stretch(Math.Min(from, to), Math.Max(from, to)), from > to, Text(Edits), line.Number);
    }

    private readonly record struct Line(string Path, int Number, string Text)
    {
        public UsageException Wrong(string reason) => new($"{Printable.Text(Path)}:{Number.ToString(CultureInfo.InvariantCulture)}: {Printable.Text(reason)}");

        // RFC 4180: a value in quotes may hold commas, and two quotes for one.
        public List<string> Cells()
        {
            var (cells, cell, quoted) = (new List<string>(), new StringBuilder(), false);
            for (var i = 0; i < Text.Length; i++)
            {
                var isQuote = Text[i] == '"';
                if (isQuote && quoted && i + 1 < Text.Length && Text[i + 1] == '"')
                {
                    cell.Append('"');
                    i++;
                }
                else if (isQuote)
                {
                    quoted = !quoted;
                }
                else if (Text[i] == ',' && !quoted)
                {
                    cells.Add(cell.ToString());
                    cell.Clear();
                }
                else
                {
                    cell.Append(Text[i]);
                }
            }

            cells.Add(cell.ToString());
            return quoted ? throw Wrong("a quote without its end") : cells;
        }
    }
}
