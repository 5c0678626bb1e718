using System.Globalization;
using System.Text.Json;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Training;

namespace Sosia.Reports;

/// <summary>What `train` and `runs` print as JSON.</summary>
public static partial class JsonReport
{
    /// <summary>Schema <c>sosia.runs/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="runs">The newest first.</param>
    public static void Write(Stream output, IReadOnlyList<Run> runs) => Write(output, "sosia.runs/1", json => WriteArray(json, "runs", runs, run =>
    {
        json.WriteStartObject();
        WriteRun(json, run);
        json.WriteEndObject();
    }));

    /// <summary>Schema <c>sosia.train/1</c>.</summary>
    /// <param name="output">Stays open.</param>
    /// <param name="run">It is finished.</param>
    public static void Write(Stream output, Run run) => Write(output, "sosia.train/1", json => WriteRun(json, run));

    private static void WriteRun(Utf8JsonWriter json, Run run)
    {
        WritePath(json, "path", run.Folder);
        json.WriteString("recipe", run.Recipe.Name);
        json.WriteString("started", run.Start.Started.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        json.WriteString("device", run.Start.Device);
        if (run.Metrics() is [.., var last])
        {
            json.WriteString("stage", last.Stage);
            json.WriteNumber("step", last.Step);
            json.WriteNumber("steps", last.Steps);
            WriteNumber(json, "loss", last.Loss);
            WriteSeconds(json, "seconds", last.Elapsed);
        }

        if (run.Result is { } result)
        {
            WriteRetrieval(json, "trained", result.Trained);
            WriteRetrieval(json, "untrained", result.Untrained);
        }
    }

    // JSON has no number for what is none.
    private static void WriteNumber(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
        {
            json.WriteNumber(name, value);
        }
        else
        {
            json.WriteNull(name);
        }
    }

    private static void WriteRetrieval(Utf8JsonWriter json, string name, CopyRetrievalResult result)
    {
        json.WriteStartObject(name);
        json.WriteNumber("clips", result.Count);
        WriteScore(json, "mean_reciprocal_rank", result.MeanReciprocalRank);
        WriteScore(json, "first", result.First);
        WriteScore(json, "mirrored_mean_reciprocal_rank", result.MirroredMeanReciprocalRank);
        WriteScore(json, "mirrored_first", result.MirroredFirst);
        json.WriteEndObject();
    }
}
