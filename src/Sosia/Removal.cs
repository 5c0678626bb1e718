using System.Globalization;
using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>What was taken out of a library.</summary>
/// <param name="Videos">Videos of which no file is left.</param>
/// <param name="Files">Files.</param>
public sealed record RemovalResult(int Videos, int Files);

/// <summary>Takes videos out of a library; nothing is deleted from the disk.</summary>
public static class Removal
{
    /// <summary>Removes videos by id, by file, or by folder. A video goes when its last file goes.</summary>
    /// <exception cref="LibraryException">The disk is full or failing; nothing was removed then.</exception>
    /// <exception cref="UsageException">A name means nothing in this library; nothing was removed then.</exception>
    public static RemovalResult Remove(VideoLibrary library, IReadOnlyList<string> names)
    {
        var videos = library.Videos();
        var files = names.SelectMany(n => FilesOf(n, videos)).Select(f => f.Id).ToHashSet();
        return new RemovalResult(library.RemoveFiles(files), files.Count);
    }

    private static StoredFile[] FilesOf(string name, IReadOnlyList<StoredVideo> videos)
    {
        var path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(name));
        var under = path + Path.DirectorySeparatorChar;
        StoredFile[] files = [.. videos.SelectMany(v => v.Files).Where(f => f.Stamp.Path == path || f.Stamp.Path.StartsWith(under, StringComparison.Ordinal))];
        if (files.Length > 0)
        {
            return files;
        }

        if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && videos.FirstOrDefault(v => v.Id == id) is { } video)
        {
            return [.. video.Files];
        }

        throw new UsageException($"the library has no video {Printable.Text(name)}: `sosia list` shows ids and files");
    }
}
