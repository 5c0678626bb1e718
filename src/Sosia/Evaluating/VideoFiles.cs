using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>A folder of videos, each named by its id: <c>ID.EXT</c>, anywhere in it.</summary>
public sealed class VideoFiles
{
    private readonly Dictionary<string, string> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> byStem = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> refused = new(StringComparer.Ordinal);

    private VideoFiles(MediaFileList found)
    {
        foreach (var file in found.Files)
        {
            // Links to one file are many ids of one video.
            foreach (var name in file.OtherNames.Prepend(file.Path))
            {
                Add(name, file.Path);
            }
        }

        foreach (var failure in found.Failures)
        {
            refused[failure.Path] = failure.Reason;
            Add(failure.Path, failure.Path);
        }
    }

    /// <summary>Names of the files, with their extensions.</summary>
    public IEnumerable<string> Names => byName.Keys;

    /// <summary>Walks a folder.</summary>
    /// <exception cref="UsageException">There is none.</exception>
    public static VideoFiles Of(string folder, CancellationToken stop = default) => Directory.Exists(folder)
        ? new VideoFiles(MediaFiles.Find([Path.GetFullPath(folder)], null, stop))
        : throw new UsageException($"--videos {Printable.Text(folder)}: there is no such folder");

    /// <summary>The file of that name, with its extension, without, or with another one; the first by path where there are several. Null where there is none.</summary>
    public string? Find(string name) => byName.GetValueOrDefault(name) ?? byStem.GetValueOrDefault(name) ?? byStem.GetValueOrDefault(Path.GetFileNameWithoutExtension(name));

    /// <summary>Why a file is not even tried, or null.</summary>
    public string? Refusal(string path) => refused.GetValueOrDefault(path);

    private void Add(string name, string path)
    {
        byName.TryAdd(Path.GetFileName(name), path);
        byStem.TryAdd(Path.GetFileNameWithoutExtension(name), path);
    }
}
