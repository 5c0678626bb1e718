using System.Security.Cryptography;
using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>An encoder that can be evaluated, and how it takes clips.</summary>
public sealed class EvaluatedEncoder : IDisposable
{
    private readonly IDisposable owner;

    private EvaluatedEncoder(IDisposable owner) => this.owner = owner;

    /// <summary>What it is called in the report.</summary>
    public required string Name { get; init; }

    /// <summary>With its weights.</summary>
    public required Encoder Encoder { get; init; }

    /// <summary>From clips in [0, 1], N x 3 x T x H x W, to what the encoder takes.</summary>
    public required Func<Tensor, Tensor> Prepare { get; init; }

    /// <summary>Changes with the weights and with how pixels are prepared.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Frames of a clip, frames a second and pixels as it was trained.</summary>
    public required ClipSampling Sampling { get; init; }

    /// <summary>Whether a name is a run's folder or a model that is the encoder of clips.</summary>
    public static bool Is(string name) => Run.Is(name) || Model(name) is not null;

    /// <summary>The encoder of a finished training, or of a model.</summary>
    /// <param name="name">A folder, or as <c>sosia models</c> has it.</param>
    /// <param name="untrained">Whether a run's starting weights are taken in place of those that were learned.</param>
    /// <exception cref="UsageException">There is none, or the training is not finished.</exception>
    /// <exception cref="RecipeException">Its recipe cannot be read.</exception>
    /// <exception cref="CheckpointException">Its weights cannot be read.</exception>
    public static EvaluatedEncoder Open(string name, bool untrained = false)
    {
        if (Run.Is(name))
        {
            return OfRun(name, untrained);
        }

        return Model(name) is { } path ? OfModel(name, path, untrained) : throw new UsageException($"{Printable.Text(name)} is neither the folder of a training nor a model that can be evaluated");
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose() => owner.Dispose();

    private static EvaluatedEncoder OfRun(string folder, bool untrained)
    {
        var run = Run.Open(folder);
        return untrained || File.Exists(run.EncoderPath)
            ? Trained(Path.GetFileName(run.Folder), run.Recipe, untrained ? null : run.EncoderPath)
            : throw new UsageException($"the run {Printable.Text(folder)} is not finished: go on with `sosia train --resume {Printable.Text(folder)}`");
    }

    private static string? Model(string name)
    {
        var path = Path.Combine(ImportedModels.Folder, $"{name}.safetensors");
        return Path.GetFileName(name) == name && File.Exists(path) ? path : null;
    }

    private static EvaluatedEncoder OfModel(string name, string path, bool untrained)
    {
        Dictionary<string, string> about;
        using (var file = Safetensors.Read(path))
        {
            about = file.Metadata.ToDictionary(StringComparer.Ordinal);
        }

        if (about.GetValueOrDefault("sosia.kind") == RunModels.Kind)
        {
            return Trained(name, RecipeFile.Parse(about["recipe"], path), untrained ? null : path);
        }

        if (untrained || ImportedModels.Network(path, about) is not var (encoder, input))
        {
            throw new UsageException($"{Printable.Text(name)} {(untrained ? "has no starting weights: --untrained is for the folder of a training" : "is no encoder of clips")}");
        }

        return new EvaluatedEncoder(encoder)
        {
            Name = name,
            Encoder = encoder,
            Prepare = input.Apply,
            Fingerprint = $"{about["sosia.kind"]}/{HashOfFile(path)}",
            Sampling = input.Sampling,
        };
    }

    private static EvaluatedEncoder Trained(string name, Recipe recipe, string? weights)
    {
        recipe = weights is null ? recipe : recipe.WithoutFiles();
        using var generator = new Generator((ulong)recipe.Seed);
        var method = recipe.Stages[^1].Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
        if (weights is not null)
        {
            using var file = Safetensors.Read(weights);
            method.Encoder.Load(KeptBackground.EncoderOf(file)); // a run has no more than that
        }

        return new EvaluatedEncoder(method)
        {
            Name = weights is null ? $"{name}, untrained" : name,
            Encoder = method.Encoder,
            Prepare = method.Prepare,
            Fingerprint = $"{recipe.Stages[^1].Method.GetType().Name}/{(weights is null ? $"untrained/{HashOfText(RecipeFile.Text(recipe))}" : HashOfFile(weights))}",
            Sampling = ClipSampling.Of(method.Views.Clips[0], (recipe.Data ?? new DataOptions()).Rate),
        };
    }

    private static string HashOfText(string text) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static string HashOfFile(string path)
    {
        using var content = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
