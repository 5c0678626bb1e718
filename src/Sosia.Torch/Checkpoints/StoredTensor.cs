namespace Sosia.Torch.Checkpoints;

/// <summary>A tensor as it lies in a file or in memory: a name, a type, and a view of a storage. It needs no libtorch.</summary>
public sealed class StoredTensor
{
    private readonly long[] shape;
    private readonly long[] strides;

    /// <summary>A tensor whose elements lie row by row.</summary>
    /// <param name="name">Its name in a state dict.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Sizes, outermost first; empty for a scalar.</param>
    /// <param name="bytes">Its elements, little-endian; kept, not copied.</param>
    /// <exception cref="ArgumentException">The shape and the number of bytes disagree.</exception>
    public StoredTensor(string name, ScalarType type, ReadOnlySpan<long> shape, ReadOnlyMemory<byte> bytes)
        : this(name, type, shape, TensorLayout.ShapeFault(shape) is null ? TensorLayout.RowMajor(shape) : [], new TensorStorage(bytes), offset: 0)
    {
        if (bytes.Length != Count * type.ElementSize())
        {
            throw new ArgumentException($"{name}: {bytes.Length} bytes for {Count} elements of {type}");
        }
    }

    /// <summary>A view of a storage.</summary>
    /// <param name="name">Its name in a state dict.</param>
    /// <param name="type">The type of its elements.</param>
    /// <param name="shape">Sizes, outermost first; empty for a scalar.</param>
    /// <param name="strides">Elements from one index to the next, for each dimension.</param>
    /// <param name="storage">The bytes, which other tensors may share.</param>
    /// <param name="offset">Elements from the start of the storage to the first one.</param>
    /// <exception cref="ArgumentException">The view reaches outside of its storage.</exception>
    public StoredTensor(string name, ScalarType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, TensorStorage storage, long offset)
    {
        if (TensorLayout.Fault(type, shape, strides, offset, storage.Length) is { } fault)
        {
            throw new ArgumentException($"{name}: {fault}");
        }

        (Name, Type, Storage, Offset) = (name, type, storage, offset);
        (this.shape, this.strides) = (shape.ToArray(), strides.ToArray());
        Count = TensorLayout.Count(shape);
        IsContiguous = TensorLayout.IsContiguous(shape, strides);
    }

    private StoredTensor(string name, StoredTensor other)
    {
        (Name, Type, Storage, Offset, Count, IsContiguous) = (name, other.Type, other.Storage, other.Offset, other.Count, other.IsContiguous);
        (shape, strides) = (other.shape, other.strides);
    }

    /// <summary>Its name in a state dict; empty for a tensor that was not reached by a name.</summary>
    public string Name { get; }

    /// <summary>The type of its elements.</summary>
    public ScalarType Type { get; }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public ReadOnlySpan<long> Shape => shape;

    /// <summary>Elements from one index to the next, for each dimension.</summary>
    public ReadOnlySpan<long> Strides => strides;

    /// <summary>The bytes; the same object where tensors share memory.</summary>
    public TensorStorage Storage { get; }

    /// <summary>Elements from the start of the storage to the first one.</summary>
    public long Offset { get; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Number of bytes of its elements.</summary>
    public long Bytes => Count * Type.ElementSize();

    /// <summary>Whether the elements lie row by row without gaps.</summary>
    public bool IsContiguous { get; }

    /// <summary>The same tensor under another name.</summary>
    public StoredTensor Named(string name) => new(name, this);

    /// <summary>The elements row by row, little-endian: the storage itself where it is contiguous, else a copy. Good until the file is disposed of.</summary>
    /// <exception cref="InvalidOperationException">It is 2 GB or more; a span cannot hold it.</exception>
    /// <exception cref="ObjectDisposedException">The file is closed.</exception>
    public ReadOnlySpan<byte> Contiguous()
    {
        if (Count == 0)
        {
            return default;
        }

        var size = Type.ElementSize();
        var last = TensorLayout.Last(shape, strides, Offset, Storage.Length / size)!.Value;
        var reach = (last - Offset + 1) * size;
        if (Bytes > Array.MaxLength || reach > Array.MaxLength)
        {
            throw new InvalidOperationException($"{CheckpointException.Quote(Name)} spans {Math.Max(Bytes, reach)} bytes, more than a span can hold");
        }

        var bytes = Storage.Slice(Offset * size, (int)reach);
        if (IsContiguous)
        {
            return bytes;
        }

        var copy = GC.AllocateUninitializedArray<byte>((int)Bytes);
        TensorLayout.Gather(size, bytes, shape, strides, copy);
        return copy;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{CheckpointException.Quote(Name)} {Type} [{string.Join(", ", shape)}]";
}
