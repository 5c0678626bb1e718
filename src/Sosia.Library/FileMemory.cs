using System.Buffers;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Library;

/// <summary>
/// A whole file in memory, read only. A large one is mapped: its length is that of the open file, which is never truncated while it exists. A small
/// one is read: the kernel grants a process about 65,000 mappings, and a library may have as many files.
/// </summary>
internal sealed unsafe class FileMemory : IDisposable
{
    private const int SmallBytes = 256 << 10;
    private const int Alignment = 64;

    private readonly byte[]? copy; // pinned
    private readonly MemoryMappedFile? file;
    private readonly MemoryMappedViewAccessor? view;
    private readonly byte* start;
    private bool disposed;

    /// <exception cref="IOException">It cannot be read, or ends early.</exception>
    public FileMemory(SafeFileHandle handle, long length)
    {
        Length = length;
        if (length < SmallBytes)
        {
            copy = GC.AllocateUninitializedArray<byte>((int)length + Alignment, pinned: true);
            start = (byte*)((Marshal.UnsafeAddrOfPinnedArrayElement(copy, 0) + Alignment - 1) & ~(Alignment - 1));
            Fill(handle, new Span<byte>(start, (int)length));
            return;
        }

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

    private sealed class Elements<T>(FileMemory memory, long offset, int count) : MemoryManager<T>
        where T : unmanaged
    {
        public override Span<T> GetSpan()
        {
            ObjectDisposedException.ThrowIf(memory.disposed, memory);
            return new Span<T>(memory.start + offset, count);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ObjectDisposedException.ThrowIf(memory.disposed, memory);
            return new MemoryHandle((T*)(memory.start + offset) + elementIndex);
        }

        public override void Unpin()
        {
            // Neither mapped nor pinned memory moves.
        }

        protected override void Dispose(bool disposing)
        {
            // The file is its owner's.
        }
    }
}
