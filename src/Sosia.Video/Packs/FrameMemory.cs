using System.IO.MemoryMappedFiles;

namespace Sosia.Video.Packs;

/// <summary>The file of frames, mapped into memory as far as the index speaks of it. No writer ever shortens that part.</summary>
internal sealed unsafe class FrameMemory : IDisposable
{
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private volatile bool closed;

    private FrameMemory(MemoryMappedFile? file, MemoryMappedViewAccessor? view, long length)
    {
        (this.file, this.view, Length) = (file, view, length);
    }

    /// <summary>Whether it was disposed.</summary>
    public bool IsClosed => closed;

    /// <summary>Bytes that are in use.</summary>
    public long Length { get; }

    /// <param name="folder">Of the pack.</param>
    /// <param name="length">Bytes that are in use.</param>
    /// <exception cref="PackException">The file is shorter.</exception>
    public static FrameMemory Open(string folder, long length)
    {
        if (length == 0)
        {
            return new FrameMemory(null, null, 0);
        }

        using var handle = PackFolder.OpenShared(folder, PackFolder.Frames, FileMode.Open, FileAccess.Read);
        if (RandomAccess.GetLength(handle) is var real && real < length)
        {
            throw PackException.Damaged(Path.Combine(folder, PackFolder.Frames), $"it ends after {real} bytes, and the index speaks of {length}");
        }

        var file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        return new FrameMemory(file, file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
    }

    /// <summary>Holds the memory until the view is disposed, whoever closes the pack meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">It is closed.</exception>
    public View Look() => new(this);

    public void Dispose()
    {
        closed = true;
        view?.Dispose();
        file?.Dispose();
    }

    /// <summary>Reads of the memory; for one thread.</summary>
    public readonly ref struct View : IDisposable
    {
        private readonly FrameMemory memory;
        private readonly byte* start;

        public View(FrameMemory memory)
        {
            ObjectDisposedException.ThrowIf(memory.closed, typeof(Pack));
            this.memory = memory;
            memory.view?.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        }

        /// <summary>Some of its bytes.</summary>
        /// <exception cref="ArgumentOutOfRangeException">They are not all there.</exception>
        public ReadOnlySpan<byte> Slice(long offset, long count)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfNegative(count);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, memory.Length - count);
            return new ReadOnlySpan<byte>(start + offset, checked((int)count));
        }

        public void Dispose()
        {
            if (start is not null)
            {
                memory.view!.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }
}
