using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// Encoders that were trained here, as models (<c>--model RUN</c>): a copy is kept beside the imported ones, so that a library can be read when the
/// folder of the training is gone or trained further.
/// </summary>
public static class RunModels
{
    internal const string Kind = "run";

    private const int HashDigits = 8;

    // One embedder a model: each would load the network again, and keep it.
    private static readonly ConcurrentDictionary<string, IEmbedder> Opened = new(StringComparer.Ordinal);

    /// <summary>Keeps the encoder of a finished training; another time it is there already.</summary>
    /// <param name="folder">Of the run.</param>
    /// <returns>What the model is called: the run's folder, and what tells its weights from others.</returns>
    /// <exception cref="RecipeException">There is no run.</exception>
    /// <exception cref="UsageException">It is not finished.</exception>
    /// <exception cref="CheckpointException">A file cannot be read or written.</exception>
    public static string Keep(string folder)
    {
        var run = Run.Open(folder);
        if (!File.Exists(run.EncoderPath))
        {
            throw new UsageException($"the run {Printable.Text(folder)} is not finished: go on with `sosia train --resume {Printable.Text(folder)}`");
        }

        TorchSetup.Prepare();
        using var background = BackgroundOf(run);
        var hash = Hash(run.EncoderPath);
        var whole = background is null ? hash : Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(hash + KeptBackground.Hash(background))));
        var model = $"{Name(run)}-{whole[..HashDigits]}";
        var path = Path.Combine(ImportedModels.Folder, $"{model}.safetensors");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(ImportedModels.Folder);
            using var encoder = Safetensors.Read(run.EncoderPath);
            Safetensors.Write(path, [.. encoder.Tensors.Tensors, .. KeptBackground.Entries(background)], About(run, hash, background));
        }

        return model;
    }

    /// <summary>The embedder of a model that was kept; nothing of the network is read until it is used.</summary>
    internal static IEmbedder Open(string path, IReadOnlyDictionary<string, string> about) => Opened.GetOrAdd($"{path}\n{about["sosia.sha256"]}\n{KeptBackground.Read(about)?.Sha256}", _ =>
    {
        var model = Path.GetFileNameWithoutExtension(path);
        var source = $"the encoder of the training {Printable.Text(about["sosia.source"])}";
        var input = ClipInput.Read(about);
        if (about["encoder"] == nameof(ClipTrunk))
        {
            return TrunkEmbedder.Trained(model, $"{source}; thresholds of copies", $"run/{about["sosia.sha256"]}/2", Whole(about["width"]), () => ClipTrunk.Read(path).Frames);
        }

        var background = KeptBackground.Read(about);
        return new ClipEmbedder(
            model,
            $"{source}; thresholds {(background is null ? "not measured" : "by its held-out videos")}",
            background?.Width ?? Whole(about["width"]),
            $"run/{about["sosia.sha256"]}/2{(background is null ? "" : $"/background {background.Sha256}")}",
            input.Sampling,
            () => Load(path, about, input),
            background?.Matching);
    });

    // What cannot be known without the network stands in the file's metadata.
    private static Dictionary<string, string> About(Run run, string hash, Background? background)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)run.Recipe.Seed);
        var recipe = run.Recipe.WithoutFiles();
        using var method = recipe.Stages[^1].Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
        var clip = method.Views.Clips[0];
        var (dark, light) = (Pixels(method, 0), Pixels(method, 1));
        var about = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sosia.kind"] = Kind,
            ["sosia.source"] = Path.GetFileName(run.Folder),
            ["sosia.sha256"] = hash,
            ["encoder"] = method.Encoder.GetType().Name,
            ["width"] = method.Encoder.Width.ToString(CultureInfo.InvariantCulture),
            ["recipe"] = RecipeFile.Text(run.Recipe),
        };
        KeptBackground.Write(background, about);
        new ClipInput(ClipSampling.Of(clip, run.Recipe.Data!.Rate), [.. light.Zip(dark, (one, zero) => one - zero)], dark).Write(about);
        return about;
    }

    // What the network is given for black or white, in three colours.
    private static float[] Pixels(Method method, double value) => method.Prepare(Tensor.Full([1, 3, 1, 1, 1], value)).ToArray<float>();

    private static Func<Tensor, Tensor> Load(string path, IReadOnlyDictionary<string, string> about, ClipInput input)
    {
        var recipe = RecipeFile.Parse(about["recipe"], path).WithoutFiles();
        using var generator = new Generator((ulong)recipe.Seed);
        var encoder = recipe.Encoder.Build(generator, checkpointing: false);
        using var file = Safetensors.Read(path);
        encoder.Load(KeptBackground.EncoderOf(file));
        encoder.Eval();
        return KeptBackground.Whitened(file, clips => encoder.Forward(input.Apply(clips)).Vector);
    }

    private static Background? BackgroundOf(Run run)
    {
        if (!File.Exists(run.BackgroundPath))
        {
            return null;
        }

        using var file = Safetensors.Read(run.BackgroundPath);
        return Background.Read(file.Tensors.Tensors);
    }

    private static int Whole(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static string Name(Run run)
    {
        var name = string.Concat(Path.GetFileName(run.Folder).ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '-'));
        return name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0]) ? Kind : name[..Math.Min(name.Length, 48)];
    }

    private static string Hash(string path)
    {
        using var content = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
