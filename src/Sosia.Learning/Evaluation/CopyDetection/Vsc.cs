namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A copied stretch of VSC2022, true or predicted.</summary>
/// <param name="Query">Q and digits.</param>
/// <param name="Reference">R and digits.</param>
/// <param name="Segment">Where, in seconds.</param>
/// <param name="Score">Larger is surer; not looked at where it is true.</param>
public sealed record VscMatch(string Query, string Reference, SegmentPair Segment, double Score = 1);

/// <summary>A query and a reference.</summary>
/// <param name="Query">Q and digits.</param>
/// <param name="Reference">R and digits.</param>
/// <param name="Score">Larger is surer; finite.</param>
public readonly record struct VscCandidate(string Query, string Reference, double Score);

/// <summary>Files of VSC2022, the Meta AI Video Similarity Challenge (Pizzi et al. 2023).</summary>
public static class Vsc
{
    private const string Query = "query_id";
    private const string Reference = "ref_id";
    private const string Score = "score";

    private static readonly string[] Columns = [Query, Reference, "query_start", "query_end", "ref_start", "ref_end"];

    /// <summary>Reads true matches: query_id, ref_id, query_start, query_end, ref_start, ref_end in any order.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<VscMatch> ReadTruth(string path) => [.. AnnotationTable.Rows(path, Columns).Select(row => Match(row, 1))];

    /// <summary>Reads predictions: the same columns and score.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<VscMatch> ReadMatches(string path) => [.. AnnotationTable.Rows(path, [.. Columns, Score]).Select(row => Match(row, row.Number(Score)))];

    /// <summary>Reads predictions of the descriptor track: query_id, ref_id, score.</summary>
    /// <exception cref="AnnotationException">It cannot be read, is something else, or a pair is there twice.</exception>
    public static IReadOnlyList<VscCandidate> ReadCandidates(string path)
    {
        var seen = new HashSet<(string, string)>();
        var candidates = new List<VscCandidate>();
        foreach (var row in AnnotationTable.Rows(path, Query, Reference, Score))
        {
            var candidate = new VscCandidate(Id(row, Query, 'Q'), Id(row, Reference, 'R'), row.Number(Score));
            candidates.Add(seen.Add((candidate.Query, candidate.Reference)) ? candidate : throw row.Line.Wrong($"{candidate.Query} and {candidate.Reference} twice"));
        }

        return candidates;
    }

    /// <summary>Reads the videos of <c>*_query_metadata.csv</c> or <c>*_reference_metadata.csv</c>: their column video_id.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlySet<string> ReadVideos(string path) =>
        AnnotationTable.Rows(path, "video_id").Select(row => row.Text("video_id")).ToHashSet(StringComparer.Ordinal);

    /// <summary>The pairs of matches, each with its largest score.</summary>
    public static IReadOnlyList<VscCandidate> Pairs(IEnumerable<VscMatch> matches) =>
        [.. matches.GroupBy(match => (match.Query, match.Reference))
            .Select(pair => new VscCandidate(pair.Key.Query, pair.Key.Reference, pair.Max(match => match.Score)))];

    private static VscMatch Match(AnnotationRow row, double score) => new(
        Id(row, Query, 'Q'), Id(row, Reference, 'R'), new SegmentPair(Span(row, "query"), Span(row, "ref")), score);

    private static Interval Span(AnnotationRow row, string side)
    {
        var span = new Interval(row.Number(side + "_start"), row.Number(side + "_end"));
        return span.Length >= 0 ? span : throw row.Line.Wrong($"{side}_end is before {side}_start");
    }

    private static string Id(AnnotationRow row, string column, char prefix)
    {
        var id = row.Text(column);
        return id.Length > 1 && id[0] == prefix && id.Skip(1).All(char.IsAsciiDigit)
            ? id
            : throw row.Line.Wrong($"{column} {AnnotationLine.Shown(id)} is not {prefix} and digits");
    }
}
