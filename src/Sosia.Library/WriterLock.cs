using System.Globalization;
using System.Text;

namespace Sosia.Library;

/// <summary>
/// The right to write: a lock of the operating system on <c>writer.lock</c>, so that it dies with the process that holds it.
/// The file's text says who that is; it is never deleted, because a lock on a deleted file keeps nobody out.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    public const string FileName = "writer.lock";

    private readonly FileStream file;

    private WriterLock(FileStream file) => this.file = file;

    /// <exception cref="LibraryException">Another process holds it, or the folder cannot be written.</exception>
    public static WriterLock Take(string folder)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB); the descriptor is not inherited by child processes.
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(Owner()));
            file.Flush();
            return new WriterLock(file);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw new LibraryException(LibraryFault.NotWritable, $"cannot write to {folder}: {problem.Message}; check its permissions", problem);
        }
        catch (IOException problem)
        {
            throw Refusal(folder, path, problem);
        }
    }

    /// <summary>Lets the next writer in.</summary>
    public void Dispose()
    {
        try
        {
            file.SetLength(0);
        }
        catch (IOException)
        {
            // The text is a courtesy; the lock goes with the descriptor.
        }

        file.Dispose();
    }

    private static string Owner() => string.Create(
        CultureInfo.InvariantCulture, $"process {Environment.ProcessId} on {Environment.MachineName} since {DateTime.UtcNow:yyyy-MM-dd HH:mm:ss} UTC\n");

    private static LibraryException Refusal(string folder, string path, IOException problem)
    {
        const int wouldBlock = 11, wouldBlockDarwin = 35, sharingViolation = unchecked((int)0x80070020);
        return problem.HResult is wouldBlock or wouldBlockDarwin or sharingViolation
            ? new LibraryException(
                LibraryFault.Locked, $"{folder} is being written by {ReadOwner(path)}: wait until it is done, or stop it", problem)
            : new LibraryException(LibraryFault.NotWritable, $"cannot write to {folder}: {problem.Message}", problem);
    }

    private static string ReadOwner(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);
            var text = new byte[256];
            var owner = Encoding.UTF8.GetString(text, 0, file.Read(text)).Trim();
            return owner.Length > 0 ? owner : "another process";
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return "another process";
        }
    }
}
