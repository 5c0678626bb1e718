using System.Globalization;
using System.Text.Json;
using Sosia.Learning.Training;
using Sosia.Video;

namespace Sosia.Reports;

/// <summary>What the page's script draws: a list for each figure of each stage of each run, one value for each of a few hundred points.</summary>
internal static class RunCurves
{
    /// <summary>More cannot be told apart on a screen.</summary>
    internal const int Points = 500;

    internal static void Write(Utf8JsonWriter json, IReadOnlyList<ShownRun> runs)
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (var run in runs)
        {
            json.WriteStartObject();
            json.WriteString("name", Printable.Text(run.Name));
            json.WriteStartArray("stages");
            var begin = 0.0;
            foreach (var (name, lines) in run.Stages().Where(stage => stage.Lines.Count > 0))
            {
                WriteStage(json, name, lines, begin);
                begin = lines[^1].Elapsed;
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    // begin: seconds of the run that earlier stages took.
    private static void WriteStage(Utf8JsonWriter json, string name, IReadOnlyList<Metrics> lines, double begin)
    {
        var size = (lines.Count + Points - 1) / Points;
        Metrics[][] points = [.. lines.Chunk(size)];
        json.WriteStartObject();
        json.WriteString("name", Printable.Text(name));
        WriteCurve(json, "step", points, lines => lines[^1].Step);
        WriteCurve(json, "seconds", points, lines => lines[^1].Elapsed - begin);
        WriteCurve(json, "loss", points, Mean(line => line.Loss));
        json.WriteStartObject("terms");
        foreach (var term in lines.SelectMany(line => line.Losses.Keys).Distinct(StringComparer.Ordinal))
        {
            WriteCurve(json, Printable.Text(term), points, Mean(line => line.Losses.TryGetValue(term, out var value) ? value : double.NaN));
        }

        json.WriteEndObject();
        WriteCurve(json, "rate", points, Mean(line => line.Rate));
        WriteCurve(json, "norm", points, Mean(line => line.GradientNorm));
        WriteCurve(json, "speed", points, Mean(line => line.ClipsPerSecond));
        WriteCurve(json, "waiting", points, Mean(line => line.Waiting));
        WriteCurve(json, "memory", points, Mean(line => line.Megabytes));
        json.WriteEndObject();
    }

    // A line is a mean of steps already. One that is no number makes its whole point none: a gap is not averaged away.
    private static Func<Metrics[], double> Mean(Func<Metrics, double> figure) => lines => lines.Average(figure);

    private static void WriteCurve(Utf8JsonWriter json, string name, Metrics[][] points, Func<Metrics[], double> figure)
    {
        json.WriteStartArray(name);
        foreach (var value in points.Select(figure))
        {
            if (double.IsFinite(value))
            {
                json.WriteRawValue(value.ToString(value == Math.Floor(value) && Math.Abs(value) < 1e15 ? "0" : "G5", CultureInfo.InvariantCulture));
            }
            else
            {
                json.WriteNullValue();
            }
        }

        json.WriteEndArray();
    }
}
