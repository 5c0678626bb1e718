using System.Text.Json;

namespace Sosia.Reports;

/// <summary>What `benchmark run` prints as JSON.</summary>
public static partial class JsonReport
{
    /// <summary>Schema <c>sosia.benchmark/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="result">Models in the order in which they were asked for.</param>
    public static void Write(Stream output, BenchmarkResult result) => Write(output, "sosia.benchmark/1", json =>
    {
        var options = result.Set.Options;
        WritePath(json, "copies", options.Copies);
        WriteArray(json, "originals", options.Originals, folder => json.WriteStringValue(Absolute(folder)));
        WriteArray(json, "missing", result.Set.Missing, missing => WritePathAnd(json, missing.Path, "reason", missing.Reason));
        WriteArray(json, "models", result.Models, model => WriteModel(json, model, options.FalseAnswers));
    });

    private static void WriteModel(Utf8JsonWriter json, BenchmarkedModel model, IReadOnlyList<int> falseAnswers)
    {
        var scores = model.Scores;
        json.WriteStartObject();
        json.WriteString("model", model.Model);
        json.WriteString("identity", model.Identity);
        WriteArray(json, "variants", model.Variants, variant => json.WriteStringValue(variant.Name));
        json.WriteNumber("wanted", scores.All.Wanted);
        WriteScore(json, "micro_average_precision", scores.MicroAveragePrecision);
        WriteScore(json, "confidence_at_99", scores.Threshold);
        json.WriteNumber("found_at_99", scores.All.AtPrecision);
        json.WriteNumber("found_at_90", scores.AtLowerPrecision);
        WriteFalse(json, scores.All, falseAnswers);
        json.WriteNumber("found_shown", scores.All.Shown);
        json.WriteNumber("false_shown", scores.FalseShown);
        WriteRecalls(json, "edits", "edit", scores.Edits, falseAnswers);
        WriteRecalls(json, "lengths", "length", scores.StretchLengths, falseAnswers);
        WriteSegmentScores(json, scores.Segments);
        WriteEdges(json, scores.Edges);
        WriteCost(json, model.Cost);
        WriteArray(json, "failures", model.Failures, failure => WritePathAnd(json, failure.Path, "reason", failure.Reason));
        json.WriteEndObject();
    }

    private static void WriteFalse(Utf8JsonWriter json, BenchmarkRecall recall, IReadOnlyList<int> falseAnswers) =>
        WriteArray(json, "found_at_false", falseAnswers.Zip(recall.AtFalse), at =>
        {
            json.WriteStartObject();
            json.WriteNumber("false", at.First);
            json.WriteNumber("found", at.Second);
            json.WriteEndObject();
        });

    private static void WriteRecalls(Utf8JsonWriter json, string name, string of, IReadOnlyList<BenchmarkRecall> recalls, IReadOnlyList<int> falseAnswers) =>
        WriteArray(json, name, recalls, recall =>
        {
            json.WriteStartObject();
            json.WriteString(of, recall.Name);
            json.WriteNumber("wanted", recall.Wanted);
            json.WriteNumber("found_at_99", recall.AtPrecision);
            WriteFalse(json, recall, falseAnswers);
            json.WriteNumber("found_shown", recall.Shown);
            json.WriteEndObject();
        });

    private static void WriteSegmentScores(Utf8JsonWriter json, SegmentScores segments)
    {
        json.WriteStartObject("segments");
        WriteScore(json, "precision", segments.Precision);
        WriteScore(json, "recall", segments.Recall);
        WriteScore(json, "f1", segments.F1);
        json.WriteEndObject();
    }

    private static void WriteEdges(Utf8JsonWriter json, EdgeErrors edges)
    {
        json.WriteStartObject("edges");
        json.WriteNumber("stretches", edges.Stretches);
        json.WriteNumber("both_in_copy", edges.BothInCopy);
        json.WriteNumber("both_in_original", edges.BothInOriginal);
        WriteEdge(json, "copy_start", edges.CopyStart);
        WriteEdge(json, "copy_end", edges.CopyEnd);
        WriteEdge(json, "original_start", edges.OriginalStart);
        WriteEdge(json, "original_end", edges.OriginalEnd);
        json.WriteEndObject();
    }

    private static void WriteEdge(Utf8JsonWriter json, string name, EdgeError error)
    {
        json.WriteStartObject(name);
        WriteSeconds(json, "median", error.Median);
        WriteSeconds(json, "p90", error.NinetiethPercentile);
        WriteScore(json, "within_second", error.WithinSecond);
        json.WriteEndObject();
    }

    private static void WriteCost(Utf8JsonWriter json, BenchmarkCost cost)
    {
        json.WriteStartObject("cost");
        json.WriteNumber("videos", cost.Videos);
        WriteSeconds(json, "library_seconds", cost.LibrarySeconds);
        json.WriteNumber("library_bytes", cost.LibraryBytes);
        WriteSeconds(json, "read_seconds", cost.ReadSeconds);
        WriteSeconds(json, "read_cpu_seconds", cost.ReadProcessorSeconds);
        WriteSeconds(json, "copy_seconds", cost.CopySeconds);
        WriteSeconds(json, "copy_cpu_seconds", cost.CopyProcessorSeconds);
        WriteSeconds(json, "search_seconds", cost.SearchSeconds);
        json.WriteEndObject();
    }
}
