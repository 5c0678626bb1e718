using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Video;

namespace Sosia;

/// <summary>What became of an imported checkpoint.</summary>
/// <param name="Model">What it is called from now on.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Report">Which entries were used.</param>
public sealed record ImportedModel(string Model, string Path, ImportReport Report);

/// <summary>Published checkpoints that a user brought, and encoders that were trained here: kept as safetensors files in a folder of the user's, each a model of its own.</summary>
public static class ImportedModels
{
    private const int NamesTold = 5; // of a state that does not fit

    // One embedder a model: each would load the network again, and keep it.
    private static readonly ConcurrentDictionary<(string Path, string Fingerprint), ClipEmbedder> Opened = new();

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
    /// <exception cref="UsageException">The kind or the name will not do, or the name is another model's.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, or the model not be written.</exception>
    /// <exception cref="InvalidDataException">It holds another network.</exception>
    public static ImportedModel Import(string file, string kind, string? name = null)
    {
        if (!Kinds.Contains(kind, StringComparer.Ordinal))
        {
            throw new UsageException($"a checkpoint cannot be imported as {Printable.Text(kind)}: one of {string.Join(", ", Kinds)}");
        }

        var model = name ?? Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        var path = Path.Combine(Folder, $"{model}.safetensors");
        RequireName(model, path);
        using var opened = new OpenCheckpoint(file); // what is wrong with it is said before libtorch is installed
        TorchSetup.Prepare();
        using var scope = TensorScope.Enter();
        try
        {
            var published = PublishedNames.ThreeDCsl([.. opened.State.Tensors.Select(stored => (stored.Name, stored.ToTensor()))]);
            var shape = PublishedShapes.VideoTransformer(published);
            RequireFit(shape);
            using var network = Empty(shape);
            var report = Importer.Load(network, published);
            var about = Describe(kind, file, shape);
            RequireFree(model, path, about);
            Directory.CreateDirectory(Folder);
            Safetensors.Write(path, network.ToStored(), about);
            return new ImportedModel(model, path, report);
        }
        catch (Exception error) when (error is ArgumentException or StateMismatchException)
        {
            throw new InvalidDataException($"cannot import {Printable.Text(Path.GetFileName(file))} as {kind}: {Reason(error)}", error);
        }
    }

    private static void RequireName(string model, string path)
    {
        var isName = model.Length is > 0 and <= 64 && char.IsAsciiLetterOrDigit(model[0]) && model.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
        var isTaken = Embedders.Shipped.Any(e => string.Equals(e.Model, model, StringComparison.OrdinalIgnoreCase))
            || (!File.Exists(path) && All().Any(e => string.Equals(e.Model, model, StringComparison.OrdinalIgnoreCase)));
        if (!isName || isTaken)
        {
            throw new UsageException(
                $"a model cannot be called {Printable.Text(model)}{(isTaken ? ", there is one already" : "")}: choose another --name of letters, digits, - _ and .");
        }
    }

    // Libraries were made with the model of this name: another one in its place would leave them without.
    private static void RequireFree(string model, string path, Dictionary<string, string> about)
    {
        if (File.Exists(path) && Open(path)?.Identity.Fingerprint != Fingerprint(about))
        {
            throw new UsageException($"there is another model called {model} already: choose another --name, or delete {Printable.Text(path)}");
        }
    }

    private static void RequireFit(VideoTransformerShape shape)
    {
        if (ThreeDCslClips.Side % shape.Patch != 0)
        {
            throw new ArgumentException($"its patches of {shape.Patch} pixels do not fill a frame of {ThreeDCslClips.Side}");
        }
    }

    private static string Reason(Exception error) => error is StateMismatchException misfit
        ? string.Join("; ", new[] { Told("entries are missing", misfit.Missing), Told("entries have another shape", misfit.Shapes) }.OfType<string>())
        : error.Message.Split(" (Parameter '")[0];

    private static string? Told(string what, IReadOnlyList<string> names) => names.Count == 0 ? null
        : $"{names.Count} {what} ({string.Join(", ", names.Take(NamesTold))}{(names.Count > NamesTold ? ", ..." : "")})";

    private static VideoTransformer Empty(VideoTransformerShape shape)
    {
        using var skip = SkipInit.Enter();
        return new VideoTransformer(shape);
    }

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

    /// <summary>The network of a model that was imported from 3D-CSL; null where it is another model.</summary>
    internal static VideoTransformer? Transformer(string path, IReadOnlyDictionary<string, string> about) =>
        about.GetValueOrDefault("sosia.kind") == "3d-csl" ? Load(path, Shape(about)) : null;

    // Only the header is read until the model is used.
    private static IEmbedder? Open(string path)
    {
        try
        {
            using var file = Safetensors.Read(path);
            var about = file.Metadata;
            if (about.GetValueOrDefault("sosia.kind") == RunModels.Kind)
            {
                return RunModels.Open(path, about);
            }

            if (!about.TryGetValue("sosia.kind", out var kind) || kind != "3d-csl")
            {
                return null;
            }

            var shape = Shape(about);
            var model = Path.GetFileNameWithoutExtension(path);
            return Opened.GetOrAdd((path, Fingerprint(about)), one => ClipEmbedder.ThreeDCsl(
                model, $"the transformer of 3D-CSL from {Printable.Text(about["sosia.source"])}", shape.Size.Width, one.Fingerprint, () => Load(path, shape)));
        }
        catch (Exception error) when (error is CheckpointException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static string Fingerprint(IReadOnlyDictionary<string, string> about) => $"3d-csl/{about["sosia.sha256"]}/1";

    private static VideoTransformerShape Shape(IReadOnlyDictionary<string, string> about)
    {
        return new VideoTransformerShape(
            new TransformerSize(Number("width"), Number("depth"), Number("heads")), Number("patch"), Number("side"), Number("side"), Number("frames"),
            Enum.Parse<SpaceTimeAttention>(about["attention"]));

        int Number(string key) => int.Parse(about[key], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static VideoTransformer Load(string path, VideoTransformerShape shape)
    {
        using var file = Safetensors.Read(path);
        var network = Empty(shape);
        network.Load(file.Tensors.Tensors);
        return network;
    }

    // The state inside of a checkpoint of either form, open.
    private sealed class OpenCheckpoint : IDisposable
    {
        private readonly IDisposable file;

        public OpenCheckpoint(string path)
        {
            if (Path.GetExtension(path).Equals(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                var plain = Safetensors.Read(path);
                (file, State) = (plain, plain.Tensors);
                return;
            }

            var pickled = PthFile.Read(path);
            try
            {
                (file, State) = (pickled, pickled.Flatten(pickled.Unwrap()));
            }
            catch
            {
                pickled.Dispose();
                throw;
            }
        }

        public StateDict State { get; }

        public void Dispose() => file.Dispose();
    }
}
