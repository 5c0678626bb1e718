using System.Runtime.InteropServices;

namespace Sosia.Library;

/// <summary>
/// Files that are whole or not there, also after a power cut: written under another name, synced, renamed, and the directory synced.
/// </summary>
internal static partial class DurableFile
{
    private const int InvalidArgument = 22; // EINVAL: this file system syncs no directories.

    /// <summary>Gives a file that was written and synced its name.</summary>
    public static void Publish(string temporary, string final)
    {
        File.Move(temporary, final, overwrite: true); // rename(2): atomic. Nothing is overwritten, as no name is used twice.
        SyncDirectory(Path.GetDirectoryName(final)!);
    }

    /// <summary>Makes the names in a directory durable; .NET opens no directory, so the system is asked.</summary>
    /// <exception cref="IOException">The system could not.</exception>
    public static void SyncDirectory(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return; // Windows syncs names with the file.
        }

        var descriptor = Open(folder, 0);
        if (descriptor < 0)
        {
            throw new IOException($"cannot open the directory {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
        }

        try
        {
            if (Sync(descriptor) != 0 && Marshal.GetLastPInvokeError() != InvalidArgument)
            {
                throw new IOException($"cannot sync the directory {folder}: {Marshal.GetLastPInvokeErrorMessage()}");
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    /// <summary>Deletes a file that nothing names; what cannot be deleted costs space and nothing else, and the next writer tries again.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // See above.
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
