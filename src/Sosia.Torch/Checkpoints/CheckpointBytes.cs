using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Torch.Checkpoints;

/// <summary>
/// The bytes of an open checkpoint: a large file is mapped and costs no memory of .NET's, a small one is read. A mapping that nobody disposes of stays
/// until the process ends (the pointer holds its handle), so that no collection pulls a span's memory away.
/// </summary>
internal sealed unsafe class CheckpointBytes : IDisposable
{
    private const int SmallBytes = 256 << 10;

    private readonly byte[]? copy;
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private bool disposed;

    /// <summary>A file whose bytes are in memory already.</summary>
    public CheckpointBytes(string path, byte[] bytes) => (Path, Length, copy) = (path, bytes.Length, bytes);

    private CheckpointBytes(string path, SafeFileHandle handle)
    {
        Path = path;
        Length = RandomAccess.GetLength(handle);
        if (Length < SmallBytes)
        {
            copy = new byte[Length];
            Fill(handle, copy);
            return;
        }

        file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = file.CreateViewAccessor(0, Length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    /// <summary>As it was given.</summary>
    public string Path { get; }

    public long Length { get; }

    /// <exception cref="CheckpointException">There is none, it may not be read, or it is no regular file.</exception>
    public static CheckpointBytes Open(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            return new CheckpointBytes(path, handle);
        }
        catch (Exception problem) when (problem is FileNotFoundException or DirectoryNotFoundException)
        {
            throw CheckpointException.Read(path, "there is no such file", problem);
        }
        catch (UnauthorizedAccessException problem)
        {
            throw CheckpointException.Read(path, Directory.Exists(path) ? "it is a folder" : "no permission to read it", problem);
        }
        catch (Exception problem) when (problem is NotSupportedException or ArgumentException)
        {
            throw CheckpointException.Read(path, "it is no regular file", problem);
        }
        catch (IOException problem)
        {
            throw CheckpointException.Read(path, problem.Message, problem);
        }
    }

    /// <summary>A part of the file; good until this is disposed.</summary>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return copy is null ? new ReadOnlySpan<byte>(start + offset, length) : copy.AsSpan((int)offset, length);
    }

    public CheckpointException Fault(string reason, Exception? cause = null) => CheckpointException.Read(Path, reason, cause);

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        view?.SafeMemoryMappedViewHandle.ReleasePointer();
        view?.Dispose();
        file?.Dispose();
    }

    private static void Fill(SafeFileHandle handle, Span<byte> bytes)
    {
        for (var have = 0; have < bytes.Length;)
        {
            var read = RandomAccess.Read(handle, bytes[have..], have);
            have += read > 0 ? read : throw new EndOfStreamException("it became shorter while it was read");
        }
    }
}
