using System.Runtime.InteropServices;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Video.Packs;

/// <summary>What <c>pack.json</c> holds.</summary>
/// <param name="Format">Tells that this is a pack.</param>
/// <param name="Version">Of the format; a reader refuses a higher one.</param>
/// <param name="Rate">Frames a second.</param>
/// <param name="Side">Pixels of the short side.</param>
/// <param name="Frames">How frames are stored.</param>
/// <param name="Quality">Of JPEG.</param>
internal sealed record PackHeader(string Format, int Version, double Rate, int Side, PackFormat Frames, int Quality);

/// <summary>The files of a pack's folder, and how they are made so that they are whole or not there.</summary>
internal static partial class PackFolder
{
    public const string Header = "pack.json";
    public const string Frames = "frames";
    public const string Failures = "failures";
    public const string Lock = "writer.lock";
    public const string Spools = "spool-*.tmp";

    private const string FormatName = "sosia.pack";
    private const int Version = 1;
    private const int MostHeaderBytes = 64 << 10;
    private const int InvalidArgument = 22; // EINVAL: this file system syncs no directories

    /// <exception cref="PackException">There is no pack, or none that this version reads.</exception>
    public static PackSettings ReadSettings(string folder)
    {
        var path = Path.Combine(folder, Header);
        if (!File.Exists(path))
        {
            throw new PackException(PackFault.NotAPack, $"{Printable.Text(folder)} is no pack (it holds no {Header}): make one with `sosia pack FOLDER --out {Printable.Text(folder)}`");
        }

        var header = Parse(path);
        if (header.Version > Version)
        {
            throw new PackException(PackFault.NewerVersion, $"{Printable.Text(folder)} was made by a later version of Sosia (format {header.Version}, this one reads {Version}): use that one");
        }

        var settings = new PackSettings(header.Rate, header.Side, header.Frames, header.Quality);
        return settings.Fault is null && header.Version == Version ? settings : throw PackException.Damaged(path, settings.Fault ?? "there is no such version");
    }

    public static void WriteSettings(string folder, PackSettings settings)
    {
        var header = new PackHeader(FormatName, Version, settings.Rate, settings.Side, settings.Format, settings.Quality);
        Publish(folder, Header, [.. JsonSerializer.SerializeToUtf8Bytes(header, PackJson.Default.PackHeader), (byte)'\n']);
    }

    /// <summary>Writes a file under another name, syncs it, and gives it its own: it is the old one or the new one, whatever happens.</summary>
    public static void Publish(string folder, string name, ReadOnlySpan<byte> bytes)
    {
        var final = Path.Combine(folder, name);
        using (var file = File.OpenHandle(final + ".new", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(final + ".new", final, overwrite: true);
        Sync(folder);
    }

    /// <summary>Makes the names in the folder durable.</summary>
    /// <exception cref="IOException">The system could not.</exception>
    public static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // names are synced with their files there
        }

        var descriptor = Open(folder, 0);
        var failed = descriptor < 0 || (Synchronise(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument);
        var reason = failed ? Marshal.GetLastPInvokeErrorMessage() : "";
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (failed)
        {
            throw new IOException($"cannot sync the folder {folder}: {reason}");
        }
    }

    /// <summary>The right to write, which ends with the process.</summary>
    /// <exception cref="PackException">Another process has it.</exception>
    public static FileStream TakeLock(string folder)
    {
        const int wouldBlock = 11, wouldBlockDarwin = 35, sharingViolation = unchecked((int)0x80070020);
        try
        {
            // No child process inherits the descriptor, so that no decoder keeps the lock.
            return new FileStream(Path.Combine(folder, Lock), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
        }
        catch (IOException error) when (error.HResult is wouldBlock or wouldBlockDarwin or sharingViolation)
        {
            throw new PackException(PackFault.Locked, $"{Printable.Text(folder)} is being written by another process: wait until it is done, or stop it", error);
        }
    }

    /// <summary>Opens a file that others may read and lengthen meanwhile.</summary>
    public static SafeFileHandle OpenShared(string folder, string name, FileMode mode, FileAccess access) =>
        File.OpenHandle(Path.Combine(folder, name), mode, access, FileShare.ReadWrite | FileShare.Delete);

    /// <summary>Runs what reads or writes files of the pack, whose faults are no fault of a video.</summary>
    public static T Guard<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new PackException(PackFault.NoAccess, $"cannot use the pack {Printable.Text(folder)}: {Printable.Text(error.Message)}; check its permissions and its disk", error);
        }
    }

    /// <inheritdoc cref="Guard{T}"/>
    public static void Guard(string folder, Action work) => Guard(folder, () =>
    {
        work();
        return true;
    });

    private static PackHeader Parse(string path)
    {
        try
        {
            if (new FileInfo(path).Length <= MostHeaderBytes
                && JsonSerializer.Deserialize(File.ReadAllBytes(path), PackJson.Default.PackHeader) is { Format: FormatName } header)
            {
                return header;
            }
        }
        catch (JsonException error)
        {
            throw PackException.Damaged(path, "it is not what was written", error);
        }

        throw PackException.Damaged(path, "it does not describe a pack");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Synchronise(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
