using System.Buffers;
using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Library;

/// <summary>A whole file in memory, read only. Its length is that of the open file, which is never truncated while it exists.</summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile file;
    private readonly MemoryMappedViewAccessor view;
    private readonly byte* start;
    private bool disposed;

    public MappedFile(SafeFileHandle handle, long length)
    {
        Length = length;
        file = MemoryMappedFile.CreateFromFile(handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
        view = file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
    }

    public long Length { get; }

    /// <summary>A part of the file as elements; good until this is disposed.</summary>
    /// <param name="offset">Bytes from the start, a multiple of 64.</param>
    /// <param name="count">Number of elements.</param>
    public ReadOnlyMemory<T> Slice<T>(long offset, int count)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + ((long)count * sizeof(T)), Length, nameof(count));
        return count == 0 ? default : new Elements<T>(this, offset, count).Memory;
    }

    public void Dispose()
    {
        if (disposed)
        {
            return;
        }

        disposed = true;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        file.Dispose();
    }

    private sealed class Elements<T>(MappedFile mapped, long offset, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan()
        {
            ObjectDisposedException.ThrowIf(mapped.disposed, mapped);
            return new Span<T>(mapped.start + offset, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(mapped.disposed, mapped);
            return new MemoryHandle((T*)(mapped.start + offset) + elementIndex);
        }

        public override void Unpin()
        {
            // Mapped memory does not move.
        }

        protected override void Dispose(bool disposing)
        {
            // The file is its owner's.
        }
    }
}
