using System.Text.Json;
using Sosia.Matching;

namespace Sosia.Reports;

/// <summary>Answers as JSON: the schemas of docs/formats/json.md, to the letter.</summary>
public static partial class JsonReport
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = SafeJson.Encoder,
    };

    /// <summary>Schema <c>sosia.matches/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">What was found; written best first.</param>
    public static void Write(Stream output, FindResult result) => Write(output, "sosia.matches/1", json =>
    {
        json.WriteStartObject("query");
        WritePath(json, "path", result.QueryPath);
        WriteSeconds(json, "duration", result.QueryDuration);
        json.WriteEndObject();
        WriteArray(json, "matches", result.Matches.OrderByDescending(match => match.Score), match =>
        {
            json.WriteStartObject();
            WriteVideo(json, "video", match.Video, withDuration: true);
            WriteScore(json, "score", match.Score);
            WriteSegments(json, match.Segments);
            json.WriteEndObject();
        });
    });

    /// <summary>Schema <c>sosia.duplicates/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">The groups, in the order in which they are given.</param>
    public static void Write(Stream output, DuplicatesResult result) => Write(output, "sosia.duplicates/1", json =>
        WriteArray(json, "groups", result.Groups, group =>
        {
            json.WriteStartObject();
            WriteVideo(json, "representative", group.Representative, withDuration: false);
            WriteArray(json, "members", group.Members, member => WriteVideo(json, null, member, withDuration: true));
            WriteArray(json, "pairs", group.Pairs.OrderByDescending(pair => pair.Score), pair => WritePair(json, pair));
            json.WriteEndObject();
        }));

    /// <summary>Schema <c>sosia.explanation/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="explanation">Every check is written, in its order.</param>
    public static void Write(Stream output, Explanation explanation) => Write(output, "sosia.explanation/1", json =>
    {
        WriteVideo(json, "a", explanation.A, withDuration: true);
        WriteVideo(json, "b", explanation.B, withDuration: true);
        json.WriteBoolean("copies", explanation.Copies);
        WriteScore(json, "score", explanation.Score);
        WriteSegments(json, explanation.Segments);
        WriteArray(json, "checks", explanation.Checks, check => WriteCheck(json, check));
        WriteMatrix(json, explanation.Matrix);
    });

    /// <summary>Schema <c>sosia.list/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="listing">The videos, in the order in which they are given.</param>
    public static void Write(Stream output, LibraryListing listing) => Write(output, "sosia.list/1", json =>
        WriteArray(json, "videos", listing.Videos, video =>
        {
            json.WriteStartObject();
            json.WriteNumber("id", video.Id);
            WriteArray(json, "paths", video.Paths, path => json.WriteStringValue(Absolute(path)));
            WriteArray(json, "missing", video.Missing, path => json.WriteStringValue(Absolute(path)));
            WriteSeconds(json, "duration", video.Duration);
            json.WriteNumber("width", video.Width);
            json.WriteNumber("height", video.Height);
            json.WriteString("codec", video.Codec);
            json.WriteNumber("bytes", video.Bytes);
            json.WriteNumber("clips", video.Clips);
            json.WriteString("damage", video.Damage);
            json.WriteString("added", video.Added.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"));
            json.WriteEndObject();
        }));

    /// <summary>Schema <c>sosia.status/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="status">The library.</param>
    public static void Write(Stream output, LibrarySummary status) => Write(output, "sosia.status/1", json =>
    {
        WritePath(json, "folder", status.Folder);
        json.WriteString("embedder", status.Embedder);
        json.WriteNumber("videos", status.Videos);
        json.WriteNumber("files", status.Files);
        json.WriteNumber("missing", status.Missing);
        WriteArray(json, "failures", status.Failures, failure =>
        {
            json.WriteStartObject();
            WritePath(json, "path", failure.Path);
            json.WriteString("reason", failure.Reason);
            json.WriteEndObject();
        });
        WriteSeconds(json, "seconds", status.Seconds);
        json.WriteNumber("bytes", status.Bytes);
    });

    private static void Write(Stream output, string schema, Action<Utf8JsonWriter> body)
    {
        using (var json = new Utf8JsonWriter(output, Options))
        {
            json.WriteStartObject();
            json.WriteString("schema", schema);
            body(json);
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> writeItem)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            writeItem(item);
        }

        json.WriteEndArray();
    }

    private static void WritePair(Utf8JsonWriter json, VideoPair pair)
    {
        json.WriteStartObject();
        WriteVideo(json, "a", pair.A, withDuration: false);
        WriteVideo(json, "b", pair.B, withDuration: false);
        WriteScore(json, "score", pair.Score);
        WriteSegments(json, pair.Segments);
        json.WriteEndObject();
    }

    private static void WriteVideo(Utf8JsonWriter json, string? name, VideoRef video, bool withDuration)
    {
        StartObject(json, name);
        json.WriteNumber("id", video.Id);
        WritePath(json, "path", video.Path);
        if (withDuration)
        {
            WriteSeconds(json, "duration", video.Duration);
        }

        json.WriteEndObject();
    }

    private static void WriteSegments(Utf8JsonWriter json, IReadOnlyList<CopiedSegment> segments) =>
        WriteArray(json, "segments", segments.OrderByDescending(segment => segment.Score), segment =>
        {
            json.WriteStartObject();
            WriteStretch(json, "query", segment.Query);
            WriteStretch(json, "reference", segment.Reference);
            WriteScore(json, "score", segment.Score);
            WriteScore(json, "speed", segment.Speed);
            json.WriteBoolean("mirrored", segment.Mirrored);
            json.WriteString("variant", segment.Variant.Name);
            json.WriteEndObject();
        });

    private static void WriteStretch(Utf8JsonWriter json, string name, Stretch stretch)
    {
        json.WriteStartObject(name);
        WriteSeconds(json, "start", stretch.Start);
        WriteSeconds(json, "end", stretch.End);
        json.WriteEndObject();
    }

    private static void WriteCheck(Utf8JsonWriter json, Check check)
    {
        json.WriteStartObject();
        json.WriteString("name", check.Name);
        json.WriteBoolean("passed", check.Passed);
        WriteRounded(json, "value", check.Value, decimals: 4);
        WriteRounded(json, "threshold", check.Threshold, decimals: 4);
        json.WriteString("detail", check.Detail);
        json.WriteEndObject();
    }

    private static void WriteMatrix(Utf8JsonWriter json, MatrixPicture? matrix)
    {
        if (matrix is null)
        {
            json.WriteNull("matrix");
            return;
        }

        json.WriteStartObject("matrix");
        json.WriteNumber("width", matrix.Width);
        json.WriteNumber("height", matrix.Height);
        json.WriteBase64String("grey", matrix.Grey);
        json.WriteEndObject();
    }

    private static void StartObject(Utf8JsonWriter json, string? name)
    {
        if (name is null)
        {
            json.WriteStartObject();
        }
        else
        {
            json.WriteStartObject(name);
        }
    }

    private static void WriteSeconds(Utf8JsonWriter json, string name, double seconds) => WriteRounded(json, name, seconds, decimals: 3);

    private static void WriteScore(Utf8JsonWriter json, string name, double score) => WriteRounded(json, name, score, decimals: 4);

    // JSON has no infinity and no NaN: such a number, and one that is not there, is null. Adding 0 makes -0 plain.
    private static void WriteRounded(Utf8JsonWriter json, string name, double? value, int decimals)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, Math.Round(number, decimals) + 0.0);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WritePath(Utf8JsonWriter json, string name, string path) => json.WriteString(name, Absolute(path));

    private static string Absolute(string path) => Path.IsPathFullyQualified(path) ? path : Path.GetFullPath(path);
}
