namespace Sosia.Torch;

/// <summary>The type of a tensor's elements, with libtorch's numbers.</summary>
public enum ScalarType
{
    /// <summary>8 bits, 0 to 255.</summary>
    UInt8 = 0,

    /// <summary>8 bits, signed.</summary>
    Int8 = 1,

    /// <summary>16 bits, signed.</summary>
    Int16 = 2,

    /// <summary>32 bits, signed.</summary>
    Int32 = 3,

    /// <summary>64 bits, signed.</summary>
    Int64 = 4,

    /// <summary>IEEE half precision.</summary>
    Float16 = 5,

    /// <summary>IEEE single precision.</summary>
    Float32 = 6,

    /// <summary>IEEE double precision.</summary>
    Float64 = 7,

    /// <summary>Two of <see cref="Float16"/>.</summary>
    ComplexHalf = 8,

    /// <summary>Two of <see cref="Float32"/>.</summary>
    ComplexFloat = 9,

    /// <summary>Two of <see cref="Float64"/>.</summary>
    ComplexDouble = 10,

    /// <summary>One byte, 0 or 1.</summary>
    Bool = 11,

    /// <summary>The upper half of <see cref="Float32"/>.</summary>
    BFloat16 = 15,
}

/// <summary>What is known of a <see cref="ScalarType"/>.</summary>
public static class ScalarTypes
{
    /// <summary>Bytes of one element.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is none of the types.</exception>
    public static int ElementSize(this ScalarType type) => type switch
    {
        ScalarType.UInt8 or ScalarType.Int8 or ScalarType.Bool => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 or ScalarType.ComplexHalf => 4,
        ScalarType.Int64 or ScalarType.Float64 or ScalarType.ComplexFloat => 8,
        ScalarType.ComplexDouble => 16,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of elements"),
    };
}
