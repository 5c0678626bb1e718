using System.Runtime.InteropServices;

namespace Sosia.Video;

/// <summary>What a name stands for.</summary>
internal enum FileKind
{
    Missing,
    Regular,
    Directory,
    /// <summary>A fifo, socket or device: opening one can block for ever or do harm.</summary>
    Special,
    LinkLoop,
    NoAccess,
}

/// <summary>A file without opening it: its kind, and what tells that two names are the same file (hard and symbolic links).</summary>
internal readonly partial record struct FileStatus(FileKind Kind, ulong Device = 0, ulong Inode = 0)
{
    private const int CurrentDirectory = -100; // AT_FDCWD
    private const uint BasicStatistics = 0x7ff; // STATX_BASIC_STATS

    /// <summary>Follows symbolic links.</summary>
    public static FileStatus Of(string path)
    {
        if (!OperatingSystem.IsLinux()) return WithoutStatistics(path);
        if (Statx(CurrentDirectory, path, 0, BasicStatistics, out var found) == 0)
        {
            var kind = (found.Mode & 0xF000) switch { 0x8000 => FileKind.Regular, 0x4000 => FileKind.Directory, _ => FileKind.Special };
            return new FileStatus(kind, ((ulong)found.DeviceMajor << 32) | found.DeviceMinor, found.Inode);
        }
        return new FileStatus(Marshal.GetLastPInvokeError() switch
        {
            13 or 1 => FileKind.NoAccess, // EACCES, EPERM
            40 => FileKind.LinkLoop, // ELOOP
            _ => FileKind.Missing,
        });
    }

    private static FileStatus WithoutStatistics(string path) =>
        new(File.Exists(path) ? FileKind.Regular : Directory.Exists(path) ? FileKind.Directory : FileKind.Missing);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Statx(int directory, string path, int flags, uint mask, out Statistics found);

    // struct statx of the kernel's interface: the same on every machine, unlike struct stat.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statistics
    {
        [FieldOffset(28)] public ushort Mode;
        [FieldOffset(32)] public ulong Inode;
        [FieldOffset(136)] public uint DeviceMajor;
        [FieldOffset(140)] public uint DeviceMinor;
    }
}
