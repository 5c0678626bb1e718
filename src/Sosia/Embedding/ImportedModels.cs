using System.Globalization;
using System.Security.Cryptography;
using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia;

/// <summary>What became of an imported checkpoint.</summary>
/// <param name="Model">What it is called from now on.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Report">Which entries were used.</param>
public sealed record ImportedModel(string Model, string Path, ImportReport Report);

/// <summary>Published checkpoints that a user brought: kept as safetensors files in a folder of the user's, each a model of its own.</summary>
public static class ImportedModels
{
    /// <summary>What can be imported (<c>--as</c>).</summary>
    public static IReadOnlyList<string> Kinds { get; } = ["3d-csl"];

    /// <summary>Where they are kept: sosia/models under XDG_DATA_HOME, or under ~/.local/share.</summary>
    public static string Folder { get; } = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } data ? data : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "share"),
        "sosia",
        "models");

    /// <summary>The models that were imported; files that are none are left out.</summary>
    public static IEnumerable<IEmbedder> All() =>
        Directory.Exists(Folder) ? Directory.EnumerateFiles(Folder, "*.safetensors").Order(StringComparer.Ordinal).Select(Open).OfType<IEmbedder>() : [];

    /// <summary>Imports a checkpoint.</summary>
    /// <param name="file">A .pth file of PyTorch's zip form, or a safetensors file.</param>
    /// <param name="kind">One of <see cref="Kinds"/>.</param>
    /// <param name="name">What it will be called; null: the name of the file.</param>
    /// <exception cref="UsageException">The kind or the name will not do.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, or the model not be written.</exception>
    /// <exception cref="InvalidDataException">It holds another network.</exception>
    public static ImportedModel Import(string file, string kind, string? name = null)
    {
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            throw new UsageException($"a checkpoint cannot be imported as {Printable.Text(kind)}: one of {string.Join(", ", Kinds)}");
        }

        var model = name ?? Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        if (model.Length is 0 or > 64 || !model.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || Embedders.Shipped.Any(e => e.Model == model))
        {
            throw new UsageException($"a model cannot be called {Printable.Text(model)}: choose another --name of letters, digits, - and _");
        }

        TorchSetup.Prepare();
        using var scope = TensorScope.Enter();
        try
        {
            var published = PublishedNames.ThreeDCsl(Tensors(file));
            var shape = PublishedShapes.VideoTransformer(published);
            using var network = new VideoTransformer(shape);
            var report = Importer.Load(network, published);
            var path = Path.Combine(Folder, $"{model}.safetensors");
            Directory.CreateDirectory(Folder);
            Safetensors.Write(path, network.ToStored(), Describe(kind, file, shape));
            return new ImportedModel(model, path, report);
        }
        catch (Exception error) when (error is ArgumentException or StateMismatchException)
        {
            throw new InvalidDataException($"cannot import {Printable.Text(Path.GetFileName(file))} as {kind}: {error.Message}", error);
        }
    }

    private static List<(string Name, Tensor Tensor)> Tensors(string file)
    {
        if (Path.GetExtension(file).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
        {
            using var plain = Safetensors.Read(file);
            return Copied(plain.Tensors);
        }

        using var pickled = PthFile.Read(file);
        return Copied(pickled.Flatten(pickled.Unwrap()));
    }

    private static List<(string Name, Tensor Tensor)> Copied(StateDict state) => [.. state.Tensors.Select(stored => (stored.Name, stored.ToTensor()))];

    private static Dictionary<string, string> Describe(string kind, string file, VideoTransformerShape shape)
    {
        string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
        using var content = File.OpenRead(file);
        return new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sosia.kind"] = kind,
            ["sosia.source"] = Path.GetFileName(file),
            ["sosia.sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
            ["width"] = Number(shape.Size.Width),
            ["depth"] = Number(shape.Size.Depth),
            ["heads"] = Number(shape.Size.Heads),
            ["patch"] = Number(shape.Patch),
            ["side"] = Number(shape.Height),
            ["frames"] = Number(shape.Frames),
            ["attention"] = shape.Attention.ToString(),
        };
    }

    // Only the header is read until the model is used.
    private static ThreeDCslEmbedder? Open(string path)
    {
        try
        {
            using var file = Safetensors.Read(path);
            var about = file.Metadata;
            if (!about.TryGetValue("sosia.kind", out var kind) || kind != "3d-csl")
            {
                return null;
            }

            int Number(string key) => int.Parse(about[key], NumberStyles.None, CultureInfo.InvariantCulture);
            var shape = new VideoTransformerShape(
                new TransformerSize(Number("width"), Number("depth"), Number("heads")), Number("patch"), Number("side"), Number("side"), Number("frames"),
                Enum.Parse<SpaceTimeAttention>(about["attention"]));
            var model = Path.GetFileNameWithoutExtension(path);
            return new ThreeDCslEmbedder(
                model, $"the transformer of 3D-CSL from {Printable.Text(about["sosia.source"])}", shape.Size.Width, $"3d-csl/{about["sosia.sha256"]}/1", () => Load(path, shape));
        }
        catch (Exception error) when (error is CheckpointException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static VideoTransformer Load(string path, VideoTransformerShape shape)
    {
        using var file = Safetensors.Read(path);
        var network = new VideoTransformer(shape);
        network.Load(file.Tensors.Tensors);
        return network;
    }
}
