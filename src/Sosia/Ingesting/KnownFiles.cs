using Sosia.Library;

namespace Sosia;

/// <summary>Recognises files that the library knows, so that they are not read again. Its callers hold the lock of the library.</summary>
/// <param name="library">Open for writing.</param>
internal sealed class KnownFiles(VideoLibrary library)
{
    private readonly Dictionary<(long Device, long Inode), FileStamp> links = library.Videos().SelectMany(v => v.Files).Where(f => !f.Missing)
        .GroupBy(f => (f.Stamp.Device, f.Stamp.Inode)).ToDictionary(g => g.Key, g => g.First().Stamp);

    /// <summary>Whether size and time tell that the file holds what the library knows of its path, or of another name of the same file.</summary>
    /// <param name="file">As it was found.</param>
    /// <param name="known">What the library knows of its path, or null.</param>
    public bool IsUnchanged(FoundFile file, StoredFile? known) => known is null
        ? links.TryGetValue(file.Identity, out var link) && IsLinkTo(file, link)
        : !known.Missing && file.Is(known.Stamp.Bytes, known.Stamp.ModifiedNanoseconds);

    /// <summary>A known content under another name, whose old name is gone or holds other content: a rename costs a look and no decoding.</summary>
    /// <param name="stamp">Of the file.</param>
    /// <param name="known">What the library knows of its path, or null.</param>
    /// <returns>Whether it is one; the library knows it by its new name then.</returns>
    public bool IsMoved(FileStamp stamp, StoredFile? known)
    {
        if (known?.Stamp.SampledHash == stamp.SampledHash)
        {
            return false; // the content of its own name has come back
        }

        var from = library.FindBySample(stamp.Bytes, stamp.SampledHash)
            .FirstOrDefault(f => f.Stamp.ModifiedNanoseconds == stamp.ModifiedNanoseconds && !FoundFile.StillThere(f.Stamp));
        if (from is null)
        {
            return false;
        }

        library.MoveFile(from.Id, stamp);
        return true;
    }

    // The known name must still be a name of this file: after `mv a c` and another a, c is no link to it.
    private static bool IsLinkTo(FoundFile file, FileStamp link) =>
        file.Is(link.Bytes, link.ModifiedNanoseconds) && FoundFile.At(link.Path).Identity == file.Identity;
}
