using System.Globalization;
using System.Text;
using Sosia.Evaluating;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>Answers as CSV (RFC 4180), one row a copied segment: the columns of docs/formats/csv.md.</summary>
public static partial class CsvReport
{
    // What a spreadsheet takes for the start of a formula, and the mark that defuses it (a cell that begins with the mark gets it too).
    private const string Dangerous = "=+-@\t\r\n＝＋－＠'";
    private const string SegmentEnd = "segment_score,speed,mirrored,variant";

    /// <summary>One row a segment of every match, best match first; a match without segments has one row with empty cells.</summary>
    /// <param name="output">Lines end with CR LF, as the RFC wants.</param>
    /// <param name="result">What was found.</param>
    public static void Write(TextWriter output, FindResult result)
    {
        Row(output, "query,query_duration,id,path,duration,score,segment,query_start,query_end,reference_start,reference_end," + SegmentEnd);
        foreach (var match in result.Matches.OrderByDescending(match => match.Score))
        {
            var query = $"{Text(result.QueryPath)},{Seconds(result.QueryDuration)}";
            var front = string.Join(',', query, Video(match.Video), Number(match.Score));
            WriteSegments(output, front, match.Segments);
        }
    }

    /// <summary>One row a segment of every pair, group after group, best pair first.</summary>
    /// <param name="output">Lines end with CR LF, as the RFC wants.</param>
    /// <param name="result">The groups; numbered from 1 in the order in which they are given.</param>
    public static void Write(TextWriter output, DuplicatesResult result)
    {
        Row(output, "group,a_id,a_path,a_duration,b_id,b_path,b_duration,score,segment,a_start,a_end,b_start,b_end," + SegmentEnd);
        foreach (var (index, group) in result.Groups.Index())
        {
            foreach (var pair in group.Pairs.OrderByDescending(pair => pair.Score))
            {
                var front = string.Join(',', (index + 1).ToString(), Video(pair.A), Video(pair.B), Number(pair.Score));
                WriteSegments(output, front, pair.Segments);
            }
        }
    }

    /// <summary>One row a figure, then one a missing video: its id, and why it is missing.</summary>
    /// <param name="output">Lines end with CR LF, as the RFC wants.</param>
    /// <param name="report">What was measured.</param>
    public static void Write(TextWriter output, EvaluationReport report)
    {
        const int Decimals = 6;
        Row(output, "kind,name,value,n,of");
        foreach (var row in report.Rows)
        {
            Row(output, $"figure,{Text(row.Name)},{Rounded(row.Value, Decimals)},{row.Count.ToString(CultureInfo.InvariantCulture)},{Text(row.Of)}");
        }

        foreach (var video in report.Missing)
        {
            Row(output, $"missing,{Text(video.Id)},,,{Text(video.Reason)}");
        }
    }

    /// <summary>Videos with their clusters: <c>video,class,finch_1 ..,k_means</c>, the finest partition of FINCH first.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="videos">All in as many partitions.</param>
    public static void Write(TextWriter output, IReadOnlyList<ClusteredVideo> videos)
    {
        var partitions = Enumerable.Range(1, videos.Count == 0 ? 0 : videos[0].Finch.Count).Select(level => FormattableString.Invariant($"finch_{level}"));
        Row(output, string.Join(',', ["video", "class", .. partitions, "k_means"]));
        foreach (var video in videos)
        {
            var clusters = video.Finch.Select(cluster => cluster.ToString(CultureInfo.InvariantCulture));
            Row(output, string.Join(',', [Text(video.Video), Text(video.Class ?? ""), .. clusters, video.KMeans?.ToString(CultureInfo.InvariantCulture) ?? ""]));
        }
    }

    private static void WriteSegments(TextWriter output, string front, IReadOnlyList<CopiedSegment> segments)
    {
        if (segments.Count == 0)
        {
            Row(output, front + ",,,,,,,,,");
            return;
        }

        foreach (var (index, segment) in segments.OrderByDescending(segment => segment.Score).Index())
        {
            var times = $"{Span(segment.Query)},{Span(segment.Reference)}";
            var verdict = $"{Number(segment.Score)},{Number(segment.Speed)},{Truth(segment.Mirrored)},{segment.Variant.Name}";
            Row(output, string.Join(',', front, (index + 1).ToString(), times, verdict));
        }
    }

    private static void Row(TextWriter output, string cells)
    {
        output.Write(cells);
        output.Write("\r\n");
    }

    private static string Video(VideoRef video) => $"{video.Id.ToString(CultureInfo.InvariantCulture)},{Text(video.Path)},{Seconds(video.Duration)}";

    private static string Span(Stretch stretch) => $"{Seconds(stretch.Start)},{Seconds(stretch.End)}";

    private static string Seconds(double seconds) => Rounded(seconds, 3);

    private static string Number(double score) => Rounded(score, 4);

    private static string Rounded(double value, int decimals) =>
        double.IsFinite(value) ? (Math.Round(value, decimals) + 0.0).ToString(CultureInfo.InvariantCulture) : "";

    /// <summary>
    /// A text cell. Control characters are shown (<c>\n</c>) and backslashes doubled, so that the name can be had back; always in quotes,
    /// because a spreadsheet that splits at semicolons would otherwise start a new cell inside a name.
    /// </summary>
    private static string Text(string text)
    {
        var shown = Printable.Text(text.Replace("\\", "\\\\", StringComparison.Ordinal));
        var cell = new StringBuilder("\"");
        if (shown.Length > 0 && Dangerous.Contains(shown[0], StringComparison.Ordinal))
        {
            cell.Append('\'');
        }

        return cell.Append(shown.Replace("\"", "\"\"", StringComparison.Ordinal)).Append('"').ToString();
    }
}
