using System.Text.Json;
using Sosia.Evaluating;

namespace Sosia.Reports;

/// <summary>What `evaluate` prints as JSON.</summary>
public static partial class JsonReport
{
    private const int FigureDecimals = 6;

    /// <summary>Schema <c>sosia.evaluation/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="report">Every missing video is written.</param>
    public static void Write(Stream output, EvaluationReport report) => Write(output, "sosia.evaluation/1", json =>
    {
        json.WriteString("protocol", report.Protocol);
        json.WriteString("embedder", report.Embedder);
        json.WriteNumber("videos", report.Videos);
        json.WriteNumber("embedded", report.Embedded);
        WriteArray(json, "figures", report.Rows, row => WriteFigure(json, row));
        json.WriteString("missing_rule", report.MissingRule);
        WriteArray(json, "missing", report.Missing, video => WriteMissing(json, video, "query"));
        WriteArray(json, "notes", report.Notes, json.WriteStringValue);
    });

    /// <summary>Schema <c>sosia.encoder-evaluation/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="report">Of an encoder; every missing video is written, and every one in a cluster.</param>
    public static void WriteEncoder(Stream output, EvaluationReport report) => Write(output, "sosia.encoder-evaluation/1", json =>
    {
        json.WriteString("set", report.Protocol);
        json.WriteString("encoder", report.Embedder);
        json.WriteNumber("videos", report.Videos);
        json.WriteNumber("embedded", report.Embedded);
        WriteArray(json, "figures", report.Rows, row => WriteFigure(json, row));
        json.WriteString("missing_rule", report.MissingRule);
        WriteArray(json, "missing", report.Missing, video => WriteMissing(json, video, "test"));
        WriteArray(json, "clusters", report.Clusters, video => WriteClustered(json, video));
        WriteArray(json, "notes", report.Notes, json.WriteStringValue);
    });

    private static void WriteClustered(Utf8JsonWriter json, ClusteredVideo video)
    {
        json.WriteStartObject();
        json.WriteString("video", video.Video);
        json.WriteString("class", video.Class);
        WriteArray(json, "finch", video.Finch, json.WriteNumberValue);
        if (video.KMeans is { } cluster)
        {
            json.WriteNumber("k_means", cluster);
        }
        else
        {
            json.WriteNull("k_means");
        }

        json.WriteEndObject();
    }

    private static void WriteFigure(Utf8JsonWriter json, EvaluationRow row)
    {
        json.WriteStartObject();
        json.WriteString("name", row.Name);
        WriteRounded(json, "value", row.Value, FigureDecimals);
        json.WriteNumber("n", row.Count);
        json.WriteString("of", row.Of);
        json.WriteEndObject();
    }

    private static void WriteMissing(Utf8JsonWriter json, UnreadVideo video, string query)
    {
        json.WriteStartObject();
        json.WriteString("id", video.Id);
        json.WriteBoolean(query, video.IsQuery);
        json.WriteString("reason", video.Reason);
        if (video.Path is { } path)
        {
            WritePath(json, "path", path);
        }
        else
        {
            json.WriteNull("path");
        }

        json.WriteEndObject();
    }
}
