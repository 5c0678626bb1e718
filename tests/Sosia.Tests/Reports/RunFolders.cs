using System.Text.Json.Nodes;
using Sosia.Learning.Training;

namespace Sosia.Tests.Reports;

/// <summary>Runs as files, as a training leaves them; gone after the test.</summary>
internal sealed class RunFolders : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("sosia runs ");

    public string Root => root.FullName;

    /// <summary>A line of figures; a loss that is no number is written as its name.</summary>
    public static string Line(string stage, long step, double loss, string term = "triplet", long skipped = 0)
    {
        JsonNode number = double.IsFinite(loss) ? loss : "NaN";
        return new JsonObject
        {
            ["stage"] = stage,
            ["step"] = step,
            ["steps"] = 1000,
            ["epoch"] = 0,
            ["loss"] = number,
            ["losses"] = new JsonObject { [term] = number.DeepClone(), ["flat"] = 0.5 },
            ["rate"] = 0.001,
            ["gradientNorm"] = 2.5,
            ["clipsPerSecond"] = 40,
            ["waiting"] = 0.03,
            ["megabytes"] = 900,
            ["elapsed"] = step * 2,
            ["remaining"] = 7,
            ["skipped"] = skipped,
        }.ToJsonString();
    }

    /// <summary>A run of two stages, mae and similarity.</summary>
    public Run Make(string name, string[] lines, double? retrieval = null, int seed = 1, double rate = 0.001, string recipe = "3d-csl", string device = "cpu")
    {
        var folder = root.CreateSubdirectory(name).FullName;
        JsonObject Stage(string stage, string method) => new()
        {
            ["name"] = stage,
            ["method"] = new JsonObject { ["name"] = method },
            ["optimiser"] = new JsonObject { ["rate"] = rate },
            ["steps"] = 1000,
        };
        var written = new JsonObject
        {
            ["name"] = recipe,
            ["seed"] = seed,
            ["encoder"] = new JsonObject { ["name"] = "video-transformer" },
            ["stages"] = new JsonArray(Stage("mae", "predmae"), Stage("similarity", "3d-csl")),
        };
        var start = new JsonObject { ["data"] = new JsonArray("/videos/a.pack"), ["started"] = "2026-01-02T05:04:05+02:00", ["threads"] = 2, ["device"] = device, ["torch"] = "1.13.1" };
        File.WriteAllText(Path.Combine(folder, "recipe.json"), written.ToJsonString());
        File.WriteAllText(Path.Combine(folder, "run.json"), start.ToJsonString());
        File.WriteAllLines(Path.Combine(folder, "metrics.jsonl"), lines);
        if (retrieval is { } rank)
        {
            File.WriteAllText(Path.Combine(folder, "result.json"), new JsonObject { ["trained"] = Retrieval(rank), ["untrained"] = Retrieval(rank / 2) }.ToJsonString());
        }

        return Run.Open(folder);
    }

    public void Dispose() => root.Delete(recursive: true);

    private static JsonObject Retrieval(double rank) =>
        new() { ["meanReciprocalRank"] = rank, ["first"] = rank / 2, ["mirroredMeanReciprocalRank"] = rank - 0.1, ["mirroredFirst"] = rank / 4, ["count"] = 20 };
}
