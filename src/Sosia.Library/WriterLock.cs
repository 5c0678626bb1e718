using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Library;

/// <summary>
/// The right to write: a lock of the operating system on <c>writer.lock</c>, so that it dies with the process that holds it. That file is never
/// deleted, because a lock on a deleted file keeps nobody out. Who holds it stands in <c>writer.txt</c>: .NET reads no locked file.
/// </summary>
internal sealed partial class WriterLock : IDisposable
{
    public const string FileName = "writer.lock";
    public const string OwnerFileName = "writer.txt";

    private readonly FileStream file;
    private readonly string ownerPath;

    private WriterLock(FileStream file, string ownerPath)
    {
        this.file = file;
        this.ownerPath = ownerPath;
    }

    /// <exception cref="LibraryException">Another process holds it, or the folder cannot be written.</exception>
    public static WriterLock Take(string folder)
    {
        var ownerPath = Path.Combine(folder, OwnerFileName);
        FileStream? file = null;
        try
        {
            // The descriptor is not inherited by child processes, so that no decoder keeps the lock.
            file = new FileStream(Path.Combine(folder, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            RequireLock(file.SafeFileHandle);
            File.WriteAllText(ownerPath, Owner());
            return new WriterLock(file, ownerPath);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            var (fault, message) = IsHeld(problem.HResult)
                ? (LibraryFault.Locked, $"{folder} is being written by {ReadOwner(ownerPath)}: wait until it is done, or stop it")
                : (LibraryFault.NotWritable, $"cannot write to {folder}: {problem.Message}; check its permissions and its disk");
            throw new LibraryException(fault, message, problem);
        }
    }

    /// <summary>Lets the next writer in.</summary>
    public void Dispose()
    {
        DurableFile.TryDelete(ownerPath); // A courtesy; the lock goes with the descriptor.
        file.Dispose();
    }

    private static string Owner() => string.Create(
        CultureInfo.InvariantCulture,
        $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n");

    /// <summary>What .NET does for FileShare.None can be switched off and ignores errors, so the lock is asked for once more.</summary>
    private static void RequireLock(SafeFileHandle handle)
    {
        const int exclusiveWithoutWaiting = 2 | 4;
        if (!OperatingSystem.IsWindows() && Lock(handle, exclusiveWithoutWaiting) != 0)
        {
            throw new IOException($"no lock on {FileName}: {Marshal.GetLastPInvokeErrorMessage()}", Marshal.GetLastPInvokeError());
        }
    }

    private static bool IsHeld(int error)
    {
        const int wouldBlock = 11, wouldBlockDarwin = 35, sharingViolation = unchecked((int)0x80070020);
        return error is wouldBlock or wouldBlockDarwin or sharingViolation;
    }

    private static string ReadOwner(string ownerPath)
    {
        try
        {
            var lines = File.ReadLines(ownerPath).Take(1).ToList();
            return lines is [{ Length: > 0 and < 300 } owner] && !owner.Any(char.IsControl) ? owner : "another process";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
