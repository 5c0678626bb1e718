using Sosia.Learning.Encoders;
using Sosia.Learning.Training;
using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>The embedders that this build knows.</summary>
public static class Embedders
{
    /// <summary>What `add` makes a library with unless told otherwise.</summary>
    public static IEmbedder Default => Copies;

    /// <summary>A small network trained on edited copies, frame by frame.</summary>
    public static IEmbedder Copies => TrunkEmbedder.Copies;

    /// <summary>Frame hashes, no network.</summary>
    public static IEmbedder Pdq { get; } = new PdqEmbedder();

    /// <summary>A pretrained network, frame by frame.</summary>
    public static IEmbedder Trunk => TrunkEmbedder.Pretrained;

    /// <summary>Those that come with Sosia, the default first.</summary>
    public static IReadOnlyList<IEmbedder> Shipped { get; } =
        [Copies, Trunk, Pdq, ClipEmbedder.Untrained("small", TransformerSize.Small), ClipEmbedder.Untrained("base", TransformerSize.Base)];

    /// <summary>Those, and the user's own.</summary>
    public static IEnumerable<IEmbedder> All => Shipped.Concat(ImportedModels.All());

    /// <summary>The embedder of a name as a user types it (`pdq`), as a library stores it (`pdq-64@4`), or of the folder of a training, whose encoder is kept then.</summary>
    /// <exception cref="UsageException">No such embedder, or the training is not finished.</exception>
    public static IEmbedder Named(string name) =>
        Run.Is(name) ? Known(RunModels.Keep(name)) : Known(name);

    private static IEmbedder Known(string name) =>
        All.FirstOrDefault(e => IsNamed(e, name))
        ?? throw new UsageException($"no model is called {Printable.Text(name)}: `sosia models` lists them, and the folder of a training is one ({string.Join(", ", All.Select(e => e.Model))})");

    /// <summary>The embedder that made a library.</summary>
    /// <exception cref="LibraryException">This build has no such embedder.</exception>
    public static IEmbedder Of(VideoLibrary library) =>
        All.FirstOrDefault(e => e.Identity == library.Embedder)
        ?? throw new LibraryException(
            LibraryFault.WrongEmbedder,
            $"library {library.Folder} was made with {library.Embedder.Name}, which this Sosia does not know: use the version that made it, import its model again where it was an imported one, or add its videos to another --library");

    private static bool IsNamed(IEmbedder embedder, string name) =>
        string.Equals(embedder.Identity.Name, name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(embedder.Model, name, StringComparison.OrdinalIgnoreCase);
}
