using Sosia.Library;

namespace Sosia.Tests;

/// <summary>A folder of videos and the library beside it, gone after the test.</summary>
internal sealed class Shelf : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("sosia shelf ").FullName;

    public Shelf() => Directory.CreateDirectory(Folder);

    /// <summary>The videos.</summary>
    public string Folder => Path.Combine(root, "videos");

    /// <summary>Where a command looks for a library when it is started in <see cref="Folder"/>.</summary>
    public string Library => Path.Combine(root, ".sosia");

    /// <summary>Reads the videos for this library; counts.</summary>
    public WatchedEmbedder Embedder { get; } = new();

    public IReadOnlyList<StoredVideo> Videos => Read(library => library.Videos());

    /// <summary>The names of the files of all videos, missing ones marked.</summary>
    public string[] Files =>
        [.. Videos.SelectMany(v => v.Files).Select(f => Path.GetFileName(f.Stamp.Path) + (f.Missing ? " (missing)" : "")).Order(StringComparer.Ordinal)];

    public string At(string name) => Path.Combine(Folder, name);

    public string Put(string source, string name)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.Copy(source, At(name), overwrite: true);
        return At(name);
    }

    public string Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllText(At(name), text);
        return At(name);
    }

    /// <summary>Adds the folder.</summary>
    public IngestResult Add(IngestOptions? options = null, IProgress<IngestProgress>? progress = null, CancellationToken stop = default) =>
        Add([Folder], options, progress, stop);

    public IngestResult Add(string[] paths, IngestOptions? options = null, IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        using var library = VideoLibrary.Exists(Library) ? VideoLibrary.OpenWrite(Library) : VideoLibrary.Create(Library, Embedder.Identity);
        return Ingest.Add(library, Embedder, paths, options ?? new IngestOptions([], 1), progress, stop);
    }

    public T Read<T>(Func<VideoLibrary, T> ask)
    {
        using var library = VideoLibrary.OpenRead(Library);
        return ask(library);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
