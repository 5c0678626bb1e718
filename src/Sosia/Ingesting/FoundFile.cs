using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>A file as the walk found it.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Status">How it looked then.</param>
internal readonly record struct FoundFile(string Path, FileStatus Status)
{
    /// <summary>Device and number of the file, as a stamp holds them: equal for hard and symbolic links.</summary>
    public (long Device, long Inode) Identity => IdentityOf(Status);

    /// <summary>Looks at a path.</summary>
    public static FoundFile At(string path) => new(System.IO.Path.GetFullPath(path), FileStatus.Of(path));

    /// <summary>Device and number of a file.</summary>
    public static (long Device, long Inode) IdentityOf(FileStatus status) => (unchecked((long)status.Device), unchecked((long)status.Inode));

    /// <summary>Whether the file that a stamp was made of still lies, unchanged, where it lay.</summary>
    public static bool StillThere(FileStamp stamp)
    {
        var now = At(stamp.Path);
        return now.Status.Kind == FileKind.Regular && now.Is(stamp.Bytes, stamp.ModifiedNanoseconds) && now.Identity.Inode == stamp.Inode;
    }

    /// <summary>Whether size and time of the last change are these.</summary>
    public bool Is(long bytes, long modified) => Status.Bytes == bytes && Status.ModifiedNanoseconds == modified;

    /// <summary>What the library keeps of it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public FileStamp Stamp() =>
        new(Path, Status.Bytes, Status.ModifiedNanoseconds, Identity.Device, Identity.Inode, FileIdentity.Sample(Path));

    /// <summary>Hash and frames come from two reads: they belong together only if nobody wrote in between.</summary>
    /// <exception cref="IOException">It looks different now.</exception>
    public void RequireUnchanged()
    {
        if (FileStatus.Of(Path) != Status)
        {
            throw new IOException("changed while it was read; add it again");
        }
    }
}
