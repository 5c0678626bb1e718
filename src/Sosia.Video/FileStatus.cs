using System.Runtime.InteropServices;

namespace Sosia.Video;

/// <summary>What a name stands for.</summary>
public enum FileKind
{
    /// <summary>No such file.</summary>
    Missing,
    /// <summary>A file with content.</summary>
    Regular,
    /// <summary>A folder.</summary>
    Directory,
    /// <summary>A fifo, socket or device: opening one can block for ever or do harm.</summary>
    Special,
    /// <summary>A symbolic link that leads back to itself.</summary>
    LinkLoop,
    /// <summary>May not be looked at.</summary>
    NoAccess,
}

/// <summary>A file without opening it: its kind, and what tells that two names are the same file (hard and symbolic links).</summary>
/// <param name="Kind">What the name stands for.</param>
/// <param name="Device">Where the file lies.</param>
/// <param name="Inode">Its number there.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="ModifiedNanoseconds">When its content changed last, nanoseconds since 1970.</param>
public readonly partial record struct FileStatus(FileKind Kind, ulong Device = 0, ulong Inode = 0, long Bytes = 0, long ModifiedNanoseconds = 0)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS

    /// <summary>Follows symbolic links.</summary>
    public static FileStatus Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return WithoutStatistics(path);
        }

        if (Statx(CurrentDirectory, path, 0, BasicStatistics, out var found) == 0)
        {
            var kind = (found.Mode & 0xF000) switch { 0x8000 => FileKind.Regular, 0x4000 => FileKind.Directory, _ => FileKind.Special };
            return new FileStatus(kind, ((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Inode, found.Bytes, (found.ModifiedSeconds * 1_000_000_000) + found.ModifiedNanoseconds);
        }

        return new FileStatus(Marshal.GetLastPInvokeError() switch
        {
            13 or 1 => FileKind.NoAccess, // EACCES, EPERM
            40 => FileKind.LinkLoop, // ELOOP
            _ => FileKind.Missing,
        });
    }

    private static FileStatus WithoutStatistics(string path) =>
        File.Exists(path) && new FileInfo(path) is var file
            ? new(FileKind.Regular, Bytes: file.Length, ModifiedNanoseconds: (file.LastWriteTimeUtc - DateTime.UnixEpoch).Ticks * 100)
            : new(Directory.Exists(path) ? FileKind.Directory : FileKind.Missing);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out Statistics found);

    // struct statx of the kernel's interface: the same on every machine, unlike struct stat.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statistics
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(40)] public long Bytes;
        [FieldOffset(112)] public long ModifiedSeconds;
        [FieldOffset(120)] public uint ModifiedNanoseconds;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
