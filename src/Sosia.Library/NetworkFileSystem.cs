namespace Sosia.Library;

/// <summary>
/// Tells file systems of other machines: the write-ahead log needs memory and locks that all its users share, which means one host.
/// </summary>
internal static class NetworkFileSystem
{
    private static readonly HashSet<string> Formats = new(StringComparer.OrdinalIgnoreCase)
    {
        "nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "afs", "afpfs", "ncpfs", "coda", "ceph", "lustre", "gpfs", "glusterfs",
        "beegfs", "davfs", "webdav", "sshfs", "fuse.sshfs", "fuse.ceph", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.gcsfuse", "fuse.davfs",
        "fuse.curlftpfs", "fuse.smbnetfs", "fuse.goofys", "fuse.mount-s3", "fuse.juicefs",
    };

    /// <summary>Whether a file system's type, as the kernel names it, is served by other machines.</summary>
    public static bool IsNetwork(string format) => Formats.Contains(format);

    /// <exception cref="LibraryException">The folder lies on a network file system.</exception>
    public static void Refuse(string folder)
    {
        var format = FormatOf(folder);
        if (IsNetwork(format))
        {
            throw new LibraryException(
                LibraryFault.NetworkFileSystem,
                $"{folder} lies on a network file system ({format}), where a library cannot be kept safe: put it on a disk of this machine");
        }
    }

    private static string FormatOf(string folder)
    {
        try
        {
            var drive = new DriveInfo(folder);
            return drive.DriveType == DriveType.Network && OperatingSystem.IsWindows() ? "smb" : drive.DriveFormat;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return ""; // Nothing is known of it: what is wrong with the folder shows when it is opened.
        }
    }
}
