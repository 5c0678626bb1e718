using System.Text.Json;
using System.Text.Json.Serialization;
using Sosia.Learning.Evaluation;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>What a run was started with, beside its recipe.</summary>
/// <param name="Data">Packs, as full paths.</param>
/// <param name="Started">When.</param>
/// <param name="Threads">Of the network's operators; with another number, sums are in another order.</param>
/// <param name="Device">Where it ran first.</param>
/// <param name="Torch">Version of libtorch.</param>
/// <param name="Videos">How many were trained on.</param>
/// <param name="Processes">How many trained together.</param>
public sealed record RunStart(IReadOnlyList<string> Data, DateTimeOffset Started, int Threads, string Device, string Torch, int Videos = 0, int Processes = 1)
{
    /// <summary>What of another start keeps a training from ending with the weights of one that went through; each in words.</summary>
    public IEnumerable<string> Differences(RunStart now)
    {
        (string What, string Then, string Now)[] facts =
        [
            ("data", string.Join(", ", Data), string.Join(", ", now.Data)),
            ("videos to train on", $"{Videos}", $"{now.Videos}"),
            ("processes", $"{Processes}", $"{now.Processes}"),
            ("threads", $"{Threads}", $"{now.Threads}"),
            ("device", Device, now.Device),
            ("libtorch", Torch, now.Torch),
        ];
        return facts.Where(fact => fact.Then != fact.Now).Select(fact => $"{fact.What}: {fact.Then} then, {fact.Now} now");
    }
}

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

    /// <summary>What unrelated clips look like to the trained encoder (<see cref="Background"/>); not there where nothing was held out.</summary>
    public string BackgroundPath => Path.Combine(Folder, "background.safetensors");

    /// <summary>The weights of a method at the end of a stage.</summary>
    public string WeightsPath(Stage stage) => Path.Combine(Folder, $"{stage.Name}.safetensors");

    /// <summary>Whether there is a run.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, StartName));

    /// <summary>Makes sure that a run can begin in this folder.</summary>
    /// <exception cref="RecipeException">There is one.</exception>
    public static void RefuseAnother(string folder)
    {
        if (Is(folder))
        {
            throw new RecipeException($"{folder} holds a run already: go on with it by --resume {folder}, or name another folder by --run");
        }
    }

    /// <summary>Begins a run.</summary>
    /// <exception cref="RecipeException">There is one in this folder.</exception>
    public static Run Create(string folder, Recipe recipe, RunStart start)
    {
        RefuseAnother(folder);
        Directory.CreateDirectory(folder);
        Write(Path.Combine(folder, RecipeName), RecipeFile.Text(recipe));
        Write(Path.Combine(folder, StartName), JsonSerializer.Serialize(start, RunJson.Default.RunStart));
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

    internal void Finish(RunResult result, Background? background)
    {
        File.Delete(BackgroundPath); // of other weights
        if (background is not null)
        {
            Safetensors.Write(BackgroundPath, background.ToStored());
        }

        Write(Path.Combine(Folder, ResultName), JsonSerializer.Serialize(result, RunJson.Default.RunResult));
    }

    /// <summary>Whether all stages are trained.</summary>
    public bool IsTrained => Metrics() is [.., var last] && last.Stage == Recipe.Stages[^1].Name && last.Step == last.Steps;

    // What a killed process left half written; a run has one writer.
    internal void Sweep()
    {
        foreach (var left in Directory.Exists(Folder) ? Directory.GetFiles(Folder, ".*.tmp") : [])
        {
            File.Delete(left);
        }
    }

    /// <summary>Writes a file that is whole or as it was.</summary>
    internal static void Write(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

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
