namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A video of VCSL.</summary>
/// <param name="Id">Its uuid.</param>
/// <param name="Path">Of its frames, as published.</param>
/// <param name="Frames">At 1 a second.</param>
public sealed record VcslVideo(string Id, string Path, int Frames);

/// <summary>Files of VCSL; name the version of the pair files with every figure (2023: about 1 % of the pairs taken out).</summary>
public static class VcslFiles
{
    /// <summary>Reads <c>label_file_uuid_total.json</c>, or predictions: <c>{"query-reference": [[q0, r0, q1, r1], ..]}</c>.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<SegmentPair>> ReadSegments(string path)
    {
        var pairs = new Dictionary<string, IReadOnlyList<SegmentPair>>(StringComparer.Ordinal);
        var json = AnnotationJson.Open(path);
        json.Object("the file");
        while (json.Property(out var name))
        {
            var segments = new List<SegmentPair>();
            json.List($"pair {name}");
            while (json.Item())
            {
                segments.Add(Segment(ref json, name));
            }

            if (!pairs.TryAdd(name, segments))
            {
                throw json.Wrong($"pair {name} twice");
            }
        }

        return pairs;
    }

    /// <summary>Reads <c>pair_file_test.csv</c> (query_id, reference_id) as names <c>query-reference</c>.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<string> ReadPairs(string path) => [.. ReadVideoPairs(path).Select(pair => PairName(pair.Query, pair.Reference))];

    /// <summary>Reads the same file as ids.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<(string Query, string Reference)> ReadVideoPairs(string path) =>
        [.. AnnotationTable.Rows(path, "query_id", "reference_id").Select(row => (row.Text("query_id"), row.Text("reference_id")))];

    /// <summary><c>query-reference</c>.</summary>
    public static string PairName(string query, string reference) => $"{query}-{reference}";

    /// <summary>Reads a split of <c>split_meta_pairs.json</c>: <c>{"test": {"query set": ["query-reference", ..]}}</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="split">train, val or test.</param>
    /// <exception cref="AnnotationException">It cannot be read, is something else, or has no such split.</exception>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> ReadQuerySets(string path, string split)
    {
        Dictionary<string, IReadOnlyList<string>>? sets = null;
        var json = AnnotationJson.Open(path);
        json.Object("the file");
        while (json.Property(out var name))
        {
            if (name == split && sets is null)
            {
                sets = Sets(ref json, split);
            }
            else
            {
                json.Skip();
            }
        }

        return sets ?? throw new AnnotationException(path, 0, $"no split {split}");
    }

    /// <summary>Reads <c>frames_all.csv</c>: uuid, path, frame_count.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<VcslVideo> ReadVideos(string path) =>
        [.. AnnotationTable.Rows(path, "uuid", "path", "frame_count").Select(row => new VcslVideo(row.Text("uuid"), row.Text("path"), Count(row)))];

    private static SegmentPair Segment(ref AnnotationJson json, string name)
    {
        Span<double> numbers = stackalloc double[4];
        var count = 0;
        json.List($"a segment of pair {name}");
        while (json.Item())
        {
            var number = json.Number($"a segment of pair {name}");
            if (count == numbers.Length)
            {
                throw json.Wrong($"a segment of pair {name} has more than four numbers");
            }

            numbers[count++] = number;
        }

        var segment = SegmentPair.Box(numbers[0], numbers[1], numbers[2], numbers[3]);
        return count == numbers.Length && segment.Query.Length >= 0 && segment.Reference.Length >= 0
            ? segment
            : throw json.Wrong($"a segment of pair {name} is not q0, r0, q1, r1 with no end before its start");
    }

    private static Dictionary<string, IReadOnlyList<string>> Sets(ref AnnotationJson json, string split)
    {
        var sets = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        json.Object($"split {split}");
        while (json.Property(out var name))
        {
            if (!sets.TryAdd(name, json.Texts($"query set {name}")))
            {
                throw json.Wrong($"query set {name} twice");
            }
        }

        return sets;
    }

    private static int Count(AnnotationRow row) => row.Number("frame_count") is var count && count is >= 0 and <= int.MaxValue && count == Math.Floor(count)
        ? (int)count
        : throw row.Line.Wrong($"frame_count {count} is no count");
}
