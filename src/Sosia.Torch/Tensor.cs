using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>
/// An n-dimensional array of libtorch. A handle: dispose it, or let a <see cref="TensorScope"/> do so. Methods carry PyTorch's names;
/// those that end in <c>InPlace</c> change the tensor and return it.
/// </summary>
public sealed partial class Tensor
{
    /// <summary>Length of each dimension.</summary>
    public long[] Shape => Layout(strides: false);

    /// <summary>Elements from one index of a dimension to the next.</summary>
    public long[] Strides => Layout(strides: true);

    /// <summary>Number of dimensions.</summary>
    public int Rank => Facts.Dimensions;

    /// <summary>Number of elements.</summary>
    public long Count => Facts.Elements;

    /// <summary>Type of its elements.</summary>
    public ScalarType Type => Facts.Type;

    /// <summary>Where it lies.</summary>
    public Device Device => Facts is var facts ? new Device(facts.DeviceType, facts.DeviceIndex) : default;

    /// <summary>Whether its elements lie in the order of their indices, without gaps.</summary>
    public bool IsContiguous => Facts.Contiguous != 0;

    private TensorFacts Facts
    {
        get
        {
            NativeTorch.Check(NativeTorch.sosia_tensor_facts(this, out var facts), "tensor");
            return facts;
        }
    }

    /// <summary>Length of one dimension; negative counts from the end.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such dimension.</exception>
    public long Size(int dimension)
    {
        var shape = Shape;
        return shape[dimension < 0 ? dimension + shape.Length : dimension];
    }

    /// <summary>A tensor with these elements, copied.</summary>
    /// <typeparam name="T">A number type of .NET, or bool.</typeparam>
    /// <param name="values">In the order of their indices.</param>
    /// <param name="shape">Lengths of the dimensions; their product is the number of values. Nothing: a scalar.</param>
    /// <exception cref="ArgumentException">Shape and number of values do not agree.</exception>
    public static Tensor Of<T>(ReadOnlySpan<T> values, params ReadOnlySpan<long> shape)
        where T : unmanaged => FromBytes(MemoryMarshal.AsBytes(values), ScalarTypeOf<T>(), shape);

    /// <summary>A tensor with these elements, copied.</summary>
    public static Tensor Of<T>(T[] values, params ReadOnlySpan<long> shape)
        where T : unmanaged => Of((ReadOnlySpan<T>)values, shape);

    /// <summary>A tensor of no dimension.</summary>
    public static Tensor Of<T>(T value)
        where T : unmanaged => Of((ReadOnlySpan<T>)[value]);

    /// <summary>A tensor from the bytes of its elements, as the processor orders them; copied.</summary>
    /// <exception cref="ArgumentException">Their number does not agree with shape and type.</exception>
    public static Tensor FromBytes(ReadOnlySpan<byte> bytes, ScalarType type, params ReadOnlySpan<long> shape)
    {
        Int128 expected = type.ElementSize();
        foreach (var length in shape)
        {
            expected = length < 0 ? long.MaxValue : Int128.Min(long.MaxValue, expected * length);
        }

        if (expected != bytes.Length)
        {
            throw new ArgumentException($"a tensor {Describe(type, shape)} has {expected} bytes, not {bytes.Length}", nameof(bytes));
        }

        var tensor = Empty(shape, dtype: type);
        bytes.CopyTo(tensor.Bytes());
        return tensor;
    }

    /// <summary>Its elements, copied, in the order of their indices; from any device and layout.</summary>
    /// <exception cref="ArgumentException">It holds elements of another type.</exception>
    public T[] ToArray<T>()
        where T : unmanaged
    {
        if (ScalarTypeOf<T>() != Type)
        {
            throw new ArgumentException($"the tensor {Describe()} does not hold {typeof(T).Name}: convert it by To(ScalarType.{ScalarTypeOf<T>()}) first", typeof(T).Name);
        }

        using var plain = Detach();
        using var near = plain.To(Device.Cpu);
        using var dense = near.Contiguous();
        return MemoryMarshal.Cast<byte, T>(dense.Bytes()).ToArray();
    }

    /// <summary>This tensor on a device: itself when it is there already.</summary>
    public Tensor To(Device device, bool nonBlocking = false) => Operators.ToDtypeLayout.Tensor(this, default, default, device, default, nonBlocking);

    /// <summary>The one element.</summary>
    /// <exception cref="ArgumentException">It has another number of elements, or another type.</exception>
    public T Item<T>()
        where T : unmanaged =>
        Count == 1 ? ToArray<T>()[0] : throw new ArgumentException($"the tensor {Describe()} has {Count} elements, not one", nameof(T));

    /// <summary>The one element as a double, from any real type.</summary>
    public double Item()
    {
        using var wide = To(ScalarType.Float64);
        return wide.Item<double>();
    }

    /// <summary>The bytes of a contiguous tensor on the CPU, in place: valid while the tensor lives, and a net must not be training on it.</summary>
    /// <exception cref="TorchArgumentException">It is not contiguous, or lies elsewhere.</exception>
    public unsafe Span<byte> Bytes()
    {
        NativeTorch.Check(NativeTorch.sosia_tensor_data(this, out var data), Describe);
        return new Span<byte>((void*)data, checked((int)Facts.Bytes));
    }

    /// <summary>Type, shape, device, and the elements if they are few.</summary>
    public override string ToString()
    {
        if (IsClosed)
        {
            return "disposed tensor";
        }

        if (Count > 16 || Type is ScalarType.ComplexHalf or ScalarType.ComplexFloat or ScalarType.ComplexDouble)
        {
            return Describe();
        }

        using var wide = To(ScalarType.Float64);
        return $"{Describe()} {{{string.Join(", ", wide.ToArray<double>().Select(v => v.ToString("G6", CultureInfo.InvariantCulture)))}}}";
    }

    internal static Tensor Own(nint handle)
    {
        var bytes = NativeTorch.sosia_tensor_facts(handle, out var facts) == Status.Ok ? facts.Bytes : 0;
        return new Tensor(handle, (int)Math.Min(int.MaxValue, (bytes + 1023) / 1024));
    }

    /// <summary>A handle of our own on a tensor that something else holds.</summary>
    internal static Tensor Share(nint borrowed)
    {
        NativeTorch.Check(NativeTorch.sosia_tensor_share(borrowed, out var shared), "tensor");
        return Own(shared);
    }

    /// <summary>As in <c>float32[2, 3]</c>; with the device unless it is the CPU.</summary>
    internal string Describe()
    {
        if (IsClosed)
        {
            return "disposed tensor";
        }

        var device = Device;
        return Describe(Type, Shape) + (device.Type == DeviceType.Cpu ? "" : $" on {device}");
    }

    private static string Describe(ScalarType type, ReadOnlySpan<long> shape) => $"{type.ToString().ToLowerInvariant()}[{string.Join(", ", shape.ToArray())}]";

    private static ScalarType ScalarTypeOf<T>() =>
        typeof(T) == typeof(float) ? ScalarType.Float32
        : typeof(T) == typeof(double) ? ScalarType.Float64
        : typeof(T) == typeof(Half) ? ScalarType.Float16
        : typeof(T) == typeof(long) ? ScalarType.Int64
        : typeof(T) == typeof(int) ? ScalarType.Int32
        : typeof(T) == typeof(short) ? ScalarType.Int16
        : typeof(T) == typeof(sbyte) ? ScalarType.Int8
        : typeof(T) == typeof(byte) ? ScalarType.UInt8
        : typeof(T) == typeof(bool) ? ScalarType.Bool
        : throw new ArgumentException($"libtorch has no elements of type {typeof(T).Name}", typeof(T).Name);

    [SkipLocalsInit]
    private unsafe long[] Layout(bool strides)
    {
        var count = Facts.Dimensions;
        var shape = new long[count];
        var steps = new long[count];
        fixed (long* shapes = shape, stepped = steps)
        {
            NativeTorch.Check(NativeTorch.sosia_tensor_layout(this, shapes, stepped), "tensor");
        }

        return strides ? steps : shape;
    }
}
