using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Learning.Evaluation;

namespace Sosia.Learning.Training;

/// <summary>What a run was started with, beside its recipe.</summary>
/// <param name="Data">Packs, as full paths.</param>
/// <param name="Started">When.</param>
/// <param name="Threads">Of the network's operators; with another number, sums are in another order.</param>
/// <param name="Device">Where it ran first.</param>
/// <param name="Torch">Version of libtorch.</param>
/// <param name="Videos">How many were trained on.</param>
public sealed record RunStart(IReadOnlyList<string> Data, DateTimeOffset Started, int Threads, string Device, string Torch, int Videos = 0);

/// <summary>What came out.</summary>
/// <param name="Trained">The trained encoder, on clips of videos that it never saw.</param>
/// <param name="Untrained">The same encoder with its starting weights.</param>
public sealed record RunResult(CopyRetrievalResult Trained, CopyRetrievalResult Untrained);

/// <summary>The folder of a training: its recipe, what it was started with, its figures, its last checkpoint, and the weights of every stage.</summary>
public sealed class Run
{
    private const string RecipeName = "recipe.json";
    private const string StartName = "run.json";
    private const string ResultName = "result.json";

    private Run(string folder, Recipe recipe, RunStart start) => (Folder, Recipe, Start) = (folder, recipe, start);

    /// <summary>Where it is.</summary>
    public string Folder { get; }

    /// <summary>All values of it.</summary>
    public Recipe Recipe { get; }

    /// <summary>What it was started with.</summary>
    public RunStart Start { get; }

    /// <summary>Figures as JSON lines.</summary>
    public string MetricsPath => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>The last checkpoint.</summary>
    public string CheckpointPath => Path.Combine(Folder, "checkpoint.safetensors");

    /// <summary>The encoder when all is done.</summary>
    public string EncoderPath => Path.Combine(Folder, "encoder.safetensors");

    /// <summary>What came out; null: it is not finished.</summary>
    public RunResult? Result => Json(Path.Combine(Folder, ResultName), RunJson.Default.RunResult);

    /// <summary>The weights of a method at the end of a stage.</summary>
    public string WeightsPath(Stage stage) => Path.Combine(Folder, $"{stage.Name}.safetensors");

    /// <summary>Whether there is a run.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, StartName));

    /// <summary>Begins a run.</summary>
    /// <exception cref="RecipeException">There is one in this folder.</exception>
    public static Run Create(string folder, Recipe recipe, RunStart start)
    {
        if (Is(folder))
        {
            throw new RecipeException($"{folder} holds a run already: go on with it by --resume {folder}, or name another folder by --run");
        }

        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, RecipeName), RecipeFile.Text(recipe));
        File.WriteAllText(Path.Combine(folder, StartName), JsonSerializer.Serialize(start, RunJson.Default.RunStart));
        return new Run(Path.GetFullPath(folder), recipe, start);
    }

    /// <summary>The same run in another process than the one that writes it.</summary>
    public static Run Silent(string folder, Recipe recipe, RunStart start) => new(Path.GetFullPath(folder), recipe, start);

    /// <summary>A run that was begun.</summary>
    /// <exception cref="RecipeException">There is none, or its files are broken.</exception>
    public static Run Open(string folder) => new(
        Path.GetFullPath(folder),
        Is(folder) ? RecipeFile.Read(Path.Combine(folder, RecipeName)) : throw new RecipeException($"there is no run in {folder}"),
        Json(Path.Combine(folder, StartName), RunJson.Default.RunStart) ?? throw new RecipeException($"{Path.Combine(folder, StartName)} is empty"));

    /// <summary>The figures so far.</summary>
    public IReadOnlyList<Metrics> Metrics() => RunLog.Read(MetricsPath);

    internal void Finish(RunResult result) => File.WriteAllText(Path.Combine(Folder, ResultName), JsonSerializer.Serialize(result, RunJson.Default.RunResult));

    private static T? Json<T>(string path, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), type) : null;
        }
        catch (JsonException error)
        {
            throw new RecipeException($"{path} is broken: {error.Message}", error);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(RunStart))]
[JsonSerializable(typeof(RunResult))]
internal sealed partial class RunJson : JsonSerializerContext;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Metrics))]
internal sealed partial class MetricsJson : JsonSerializerContext;
