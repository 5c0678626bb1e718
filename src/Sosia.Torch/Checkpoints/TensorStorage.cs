namespace Sosia.Torch.Checkpoints;

/// <summary>The bytes behind one or several tensors; tensors that share memory share the storage object.</summary>
public sealed class TensorStorage
{
    private readonly ReadOnlyMemory<byte> memory;
    private readonly CheckpointBytes? file;
    private readonly long start;

    /// <summary>A storage in memory.</summary>
    /// <param name="bytes">Kept, not copied.</param>
    public TensorStorage(ReadOnlyMemory<byte> bytes) => (memory, Length) = (bytes, bytes.Length);

    internal TensorStorage(CheckpointBytes file, long start, long length) => (this.file, this.start, Length) = (file, start, length);

    /// <summary>Number of bytes.</summary>
    public long Length { get; }

    /// <summary>A part of the bytes; good until the file that they came from is disposed of.</summary>
    /// <param name="offset">Bytes from the start.</param>
    /// <param name="length">Number of bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It reaches outside.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return file is null ? memory.Span.Slice((int)offset, length) : file.Slice(start + offset, length);
    }
}
