using Sosia.Library;

namespace Sosia;

/// <summary>What a library holds, as answers show it.</summary>
public static class LibraryListings
{
    /// <summary>All videos, by id.</summary>
    public static LibraryListing Of(VideoLibrary library) => new([.. library.Videos().OrderBy(v => v.Id).Select(Listed)]);

    /// <summary>The library at a glance.</summary>
    public static LibrarySummary Status(VideoLibrary library)
    {
        var status = library.Status();
        var failures = library.Failures().OrderBy(f => f.Path, StringComparer.Ordinal).Select(f => new FailedFile(f.Path, f.Reason));
        return new LibrarySummary(
            Path.GetFullPath(library.Folder), library.Embedder.Name, status.Videos, status.Files, status.MissingFiles, [.. failures], status.Seconds, status.Bytes);
    }

    private static ListedVideo Listed(StoredVideo v) => new(
        v.Id, [.. v.Files.OrderBy(f => f.Missing).Select(f => f.Stamp.Path)], v.Duration, v.Width, v.Height, v.Codec, v.Content.Bytes, v.Clips, v.Damage, new DateTimeOffset(v.AddedUtc))
    {
        Missing = [.. v.Files.Where(f => f.Missing).Select(f => f.Stamp.Path)],
    };
}
