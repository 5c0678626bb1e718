using System.Runtime.InteropServices;

namespace Sosia.Torch.Checkpoints;

/// <summary>Writes a file that is whole or not there, also after a power cut: under another name beside it, synced, renamed, and the folder synced.</summary>
internal static partial class DurableCheckpoint
{
    private const int InvalidArgument = 22; // EINVAL: this file system syncs no folders.

    /// <exception cref="CheckpointException">The disk is full, read-only, or the folder is not there.</exception>
    public static void Write(string path, Action<Stream> content)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is null || Directory.Exists(path))
        {
            throw CheckpointException.Write(path, "it is a folder");
        }

        var temporary = Path.Combine(folder, $".{Guid.NewGuid():n}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                content(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true); // rename(2): atomic
            SyncFolder(folder);
        }
        catch (Exception problem)
        {
            TryDelete(temporary);
            if (problem is IOException or UnauthorizedAccessException)
            {
                throw CheckpointException.Write(path, problem is DirectoryNotFoundException ? "its folder is not there" : problem.Message, problem);
            }

            throw;
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It costs space and nothing else.
        }
    }

    // .NET opens no folder, so the system is asked.
    private static void SyncFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Windows syncs names with the file.
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"its folder cannot be opened: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw new IOException($"its folder cannot be synced: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
