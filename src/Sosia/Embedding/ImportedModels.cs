using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Import;
using Sosia.Learning.Training;
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
    /// <summary>Share of the videos of a background that thresholds are measured on; the whitening is fitted to the others.</summary>
    public const double HeldOutShare = 0.5;

    private const int NamesTold = 5; // of a state that does not fit

    // One embedder a model: each would load the network again, and keep it.
    private static readonly ConcurrentDictionary<(string Path, string Fingerprint), ClipEmbedder> Opened = new();

    /// <summary>What can be imported (<c>--as</c>).</summary>
    public static IReadOnlyList<string> Kinds { get; } = [.. ImportKind.All.Select(kind => kind.Name)];

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
    /// <param name="kind">One of <see cref="Kinds"/>: whose file it is.</param>
    /// <param name="name">What it will be called; null: the name of the file.</param>
    /// <param name="videos">Unrelated videos, half of them held out, that whiten its vectors and tell its thresholds; null: it goes without.</param>
    /// <exception cref="UsageException">The kind or the name will not do, or the name is another model's.</exception>
    /// <exception cref="CheckpointException">The file cannot be read, or the model not be written.</exception>
    /// <exception cref="InvalidDataException">It holds another network.</exception>
    public static ImportedModel Import(string file, string kind, string? name = null, Dataset? videos = null)
    {
        var whose = ImportKind.Named(kind)
            ?? throw new UsageException($"a checkpoint cannot be imported as {Printable.Text(kind)}: one of {string.Join(", ", Kinds)}");
        var model = name ?? Path.GetFileNameWithoutExtension(file).ToLowerInvariant();
        var path = Path.Combine(Folder, $"{model}.safetensors");
        RequireName(model, path);
        using var opened = new OpenCheckpoint(file); // what is wrong with it is said before libtorch is installed
        TorchSetup.Prepare();
        using var scope = TensorScope.Enter();
        try
        {
            var published = whose.Names([.. opened.State.Tensors.Select(stored => (stored.Name, stored.ToTensor()))]);
            var network = Empty(whose, published);
            using var encoder = network.Encoder;
            var report = Importer.Load(encoder, published, resize: network.Resize);
            RequireSameNetwork(report);
            using var background = videos is null ? null : Measured(whose, network, videos);
            var about = Describe(whose, file, network, background);
            RequireFree(model, path, about);
            Directory.CreateDirectory(Folder);
            Safetensors.Write(path, encoder.ToStored().Concat(KeptBackground.Entries(background)), about);
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

    // A layer scale, say, that the network has not: it would compute something else than the authors' does.
    private static void RequireSameNetwork(ImportReport report)
    {
        var parts = report.Loaded.Select(Part).ToHashSet(StringComparer.Ordinal);
        if (Told("entries are another network's", [.. report.Unknown.Where(name => parts.Contains(Part(name)))]) is { } foreign)
        {
            throw new ArgumentException(foreign);
        }

        static string Part(string name) => name.Split('.')[0];
    }

    private static string Reason(Exception error) => error is StateMismatchException misfit
        ? string.Join("; ", new[] { Told("entries are missing", misfit.Missing), Told("entries have another shape", misfit.Shapes) }.OfType<string>())
        : error.Message.Split(" (Parameter '")[0];

    private static string? Told(string what, IReadOnlyList<string> names) => names.Count == 0 ? null
        : $"{names.Count} {what} ({string.Join(", ", names.Take(NamesTold))}{(names.Count > NamesTold ? ", ..." : "")})";

    private static ImportedNetwork Empty(ImportKind kind, PublishedState state)
    {
        using var skip = SkipInit.Enter();
        return kind.Network(state);
    }

    // What cannot be known without the network stands in the file's metadata.
    private static Dictionary<string, string> Describe(ImportKind kind, string file, ImportedNetwork network, Background? background)
    {
        using var content = File.OpenRead(file);
        var about = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["sosia.kind"] = kind.Name,
            ["sosia.source"] = Path.GetFileName(file),
            ["sosia.sha256"] = Convert.ToHexStringLower(SHA256.HashData(content)),
            ["width"] = network.Encoder.Width.ToString(CultureInfo.InvariantCulture),
        };
        ClipInput.Of(network.Sampling, kind.Pixels).Write(about);
        KeptBackground.Write(background, about);
        return about;
    }

    private static Background Measured(ImportKind kind, ImportedNetwork network, Dataset videos)
    {
        var (sampling, input) = (network.Sampling, ClipInput.Of(network.Sampling, kind.Pixels));
        var plan = new ClipPlan("clip", sampling.Frames, [1 / sampling.Rate], sampling.Side);
        return HeldOutBackground.Measure(network.Encoder, input.Apply, plan, videos, seed: 0, Device.Cpu)
            ?? throw new UsageException("the videos of --background are too few to tell what unrelated ones look like, or the network does not tell them apart: take a hundred or more");
    }

    /// <summary>The network of an imported model, and what it is given; null where the model is none.</summary>
    internal static (Encoder Encoder, ClipInput Input)? Network(string path, IReadOnlyDictionary<string, string> about)
    {
        if (ImportKind.Named(about.GetValueOrDefault("sosia.kind", "")) is not { } kind)
        {
            return null;
        }

        using var file = Safetensors.Read(path);
        return (Read(kind, file), InputOf(kind, about));
    }

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

            return ImportKind.Named(about.GetValueOrDefault("sosia.kind", "")) is { } kind
                ? Opened.GetOrAdd((path, Fingerprint(about)), one => Embedder(kind, path, about, one.Fingerprint))
                : null;
        }
        catch (Exception error) when (error is CheckpointException or KeyNotFoundException or FormatException or OverflowException or ArgumentException)
        {
            return null;
        }
    }

    private static ClipEmbedder Embedder(ImportKind kind, string path, IReadOnlyDictionary<string, string> about, string fingerprint)
    {
        var (input, background) = (InputOf(kind, about), KeptBackground.Read(about));
        return new ClipEmbedder(
            Path.GetFileNameWithoutExtension(path),
            $"{kind.Title} from {Printable.Text(about["sosia.source"])}; thresholds {(background is null ? "not measured" : "by the videos of its background")}",
            background?.Width ?? int.Parse(about["width"], NumberStyles.None, CultureInfo.InvariantCulture),
            fingerprint,
            input.Sampling,
            () => Load(kind, path, input),
            background?.Matching);
    }

    private static ClipInput InputOf(ImportKind kind, IReadOnlyDictionary<string, string> about) =>
        ClipInput.Is(about) ? ClipInput.Read(about) : ClipInput.Of(ClipSampling.ThreeDCsl, kind.Pixels);

    private static string Fingerprint(IReadOnlyDictionary<string, string> about) =>
        $"{about["sosia.kind"]}/{about["sosia.sha256"]}/1{(KeptBackground.Read(about) is { } background ? $"/background {background.Sha256}" : "")}";

    private static Func<Tensor, Tensor> Load(ImportKind kind, string path, ClipInput input)
    {
        using var file = Safetensors.Read(path);
        var encoder = Read(kind, file);
        encoder.Eval();
        return KeptBackground.Whitened(file, clips => encoder.Forward(input.Apply(clips)).Vector);
    }

    private static Encoder Read(ImportKind kind, SafetensorsFile file)
    {
        using var scope = TensorScope.Enter(); // the network outlives it
        List<(string Name, Tensor Tensor)> state = [.. KeptBackground.EncoderOf(file).Select(stored => (stored.Name, stored.ToTensor()))];
        var encoder = Empty(kind, new PublishedState(state, [], [])).Encoder;
        encoder.Load(state);
        return encoder;
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
