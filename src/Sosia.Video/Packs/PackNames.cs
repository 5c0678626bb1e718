using System.Collections.Concurrent;

namespace Sosia.Video.Packs;

/// <summary>What files are called in a pack: their path below the folder that was given, or their own name where the file itself was.</summary>
/// <param name="paths">Folders and files that were given.</param>
internal sealed class PackNames(IReadOnlyList<string> paths)
{
    private readonly string[] folders = [.. paths.Where(Directory.Exists).Select(Path.GetFullPath).Select(Path.TrimEndingDirectorySeparator)];
    private readonly ConcurrentDictionary<string, string> taken = new(StringComparer.Ordinal);

    /// <summary>With slashes, whatever the system.</summary>
    public string Of(string path)
    {
        var full = Path.GetFullPath(path);
        var root = folders.FirstOrDefault(folder => full.StartsWith(Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar, StringComparison.Ordinal));
        return root is null ? Path.GetFileName(full) : Path.GetRelativePath(root, full).Replace(Path.DirectorySeparatorChar, '/');
    }

    /// <summary>Another file of this run that has the name; null: there is none, and the name is this file's from now on.</summary>
    public string? Taken(string name, string path) => taken.GetOrAdd(name, path) is var first && first != path ? first : null;
}
