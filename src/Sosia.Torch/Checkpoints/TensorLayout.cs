using System.Runtime.InteropServices;

namespace Sosia.Torch.Checkpoints;

/// <summary>Where the elements of a tensor lie in its storage. All lengths and strides count elements.</summary>
internal static class TensorLayout
{
    public const int MostDimensions = 64;

    private const long MostElements = 1L << 62;

    /// <summary>A view may repeat its storage (<c>expand</c>) up to so many bytes; beyond, a few bytes of a file could ask for any memory.</summary>
    private const long MostRepeatedBytes = 64 << 20;

    /// <summary>What is wrong with a layout, or null.</summary>
    public static string? Fault(ScalarType type, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long offset, long storageBytes)
    {
        if (ShapeFault(shape) is { } fault)
        {
            return fault;
        }

        if (strides.Length != shape.Length || strides.ContainsAnyInRange(long.MinValue, -1))
        {
            return $"strides [{string.Join(", ", strides.ToArray())}] for the shape [{string.Join(", ", shape.ToArray())}]";
        }

        var count = Count(shape);
        var available = storageBytes / type.ElementSize();
        if (offset < 0 || offset > available || (count > 0 && Last(shape, strides, offset, available) is null))
        {
            return $"shape [{string.Join(", ", shape.ToArray())}] at {offset} reaches outside of its storage of {available} elements";
        }

        var bytes = (Int128)count * type.ElementSize();
        return bytes <= Math.Max(storageBytes, MostRepeatedBytes) ? null : $"{bytes} bytes that repeat the {storageBytes} of its storage";
    }

    /// <summary>What is wrong with a shape, or null.</summary>
    public static string? ShapeFault(ReadOnlySpan<long> shape)
    {
        if (shape.Length > MostDimensions)
        {
            return $"{shape.Length} dimensions, more than {MostDimensions}";
        }

        var product = (Int128)1;
        foreach (var size in shape)
        {
            if (size < 0)
            {
                return $"size {size} in its shape";
            }

            product *= Math.Max(size, 1);
            if (product > MostElements)
            {
                return "its shape has more elements than can be counted";
            }
        }

        return null;
    }

    /// <summary>Number of elements of a shape without fault.</summary>
    public static long Count(ReadOnlySpan<long> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count *= size;
        }

        return count;
    }

    /// <summary>The strides of a shape without fault whose elements lie row by row.</summary>
    public static long[] RowMajor(ReadOnlySpan<long> shape)
    {
        var strides = new long[shape.Length];
        var stride = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Math.Max(shape[axis], 1);
        }

        return strides;
    }

    /// <summary>Whether the elements lie row by row without gaps; the stride of a size of one says nothing.</summary>
    public static bool IsContiguous(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides)
    {
        var stride = 1L;
        for (var axis = shape.Length - 1; axis >= 0; axis--)
        {
            if (shape[axis] != 1 && strides[axis] != stride)
            {
                return Count(shape) == 0;
            }

            stride *= Math.Max(shape[axis], 1);
        }

        return true;
    }

    /// <summary>The index of the last element, or null where that is not below <paramref name="available"/>.</summary>
    public static long? Last(ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, long offset, long available)
    {
        var last = (Int128)offset;
        for (var axis = 0; axis < shape.Length; axis++)
        {
            last += (Int128)(shape[axis] - 1) * strides[axis];
            if (last >= available)
            {
                return null;
            }
        }

        return last < available ? (long)last : null;
    }

    /// <summary>Copies a view row by row.</summary>
    /// <param name="source">Starts with the view's first element and reaches to its last.</param>
    /// <param name="target">As many elements as the shape has.</param>
    public static void Gather(int elementSize, ReadOnlySpan<byte> source, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, Span<byte> target)
    {
        switch (elementSize)
        {
            case 1:
                GatherElements(source, shape, strides, target);
                break;
            case 2:
                GatherElements(MemoryMarshal.Cast<byte, ushort>(source), shape, strides, MemoryMarshal.Cast<byte, ushort>(target));
                break;
            case 4:
                GatherElements(MemoryMarshal.Cast<byte, uint>(source), shape, strides, MemoryMarshal.Cast<byte, uint>(target));
                break;
            case 8:
                GatherElements(MemoryMarshal.Cast<byte, ulong>(source), shape, strides, MemoryMarshal.Cast<byte, ulong>(target));
                break;
            default:
                GatherElements(MemoryMarshal.Cast<byte, UInt128>(source), shape, strides, MemoryMarshal.Cast<byte, UInt128>(target));
                break;
        }
    }

    private static void GatherElements<T>(ReadOnlySpan<T> source, ReadOnlySpan<long> shape, ReadOnlySpan<long> strides, Span<T> target)
        where T : unmanaged
    {
        var inner = shape.Length - 1; // A view without dimensions is contiguous and never comes here.
        var (width, step) = ((int)shape[inner], (int)Math.Min(strides[inner], int.MaxValue));
        Span<long> index = stackalloc long[MostDimensions];
        var from = 0L;
        for (var row = 0; row < target.Length; row += width)
        {
            for (var column = 0; column < width; column++)
            {
                target[row + column] = source[(int)from + (column * step)];
            }

            // The next row, as an odometer counts.
            for (var axis = inner - 1; axis >= 0; axis--)
            {
                from += strides[axis];
                if (++index[axis] < shape[axis])
                {
                    break;
                }

                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
    }
}
