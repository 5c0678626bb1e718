using System.Numerics;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>A number that an operator takes where tensors of any type would do. The default value stands for the schema's own default.</summary>
public readonly struct Scalar
{
    private Scalar(Tag tag, long bits) => (Tag, Bits) = (tag, bits);

    internal Tag Tag { get; }

    internal long Bits { get; }

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(long value) => new(Tag.Int, value);

    /// <summary>A whole number.</summary>
    public static implicit operator Scalar(int value) => new(Tag.Int, value);

    /// <summary>A number.</summary>
    public static implicit operator Scalar(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A truth value.</summary>
    public static implicit operator Scalar(bool value) => new(Tag.Bool, value ? 1 : 0);
}

/// <summary>One argument of an operator, of any kind. The default value stands for the schema's own default.</summary>
public readonly struct Value
{
    private Value(Tag tag, long bits, object? reference = null) => (Tag, Bits, Reference) = (tag, bits, reference);

    /// <summary>None, where the schema marks the argument optional.</summary>
    public static Value None => new(Tag.None, 0);

    internal Tag Tag { get; }

    internal long Bits { get; }

    /// <summary>A tensor, a generator, a string, or the array of a list.</summary>
    internal object? Reference { get; }

    /// <summary>A tensor; null is none.</summary>
    public static implicit operator Value(Tensor? value) => value is null ? None : new(Tag.Tensor, 0, value);

    /// <summary>A whole number.</summary>
    public static implicit operator Value(long value) => new(Tag.Int, value);

    /// <summary>A whole number; null is none.</summary>
    public static implicit operator Value(long? value) => value is { } number ? number : None;

    /// <summary>A number.</summary>
    public static implicit operator Value(double value) => new(Tag.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A number; null is none.</summary>
    public static implicit operator Value(double? value) => value is { } number ? number : None;

    /// <summary>A truth value.</summary>
    public static implicit operator Value(bool value) => new(Tag.Bool, value ? 1 : 0);

    /// <summary>A truth value; null is none.</summary>
    public static implicit operator Value(bool? value) => value is { } truth ? truth : None;

    /// <summary>A complex number.</summary>
    public static implicit operator Value(Complex value) => new(Tag.Complex, 0, new[] { value.Real, value.Imaginary });

    /// <summary>A number of any kind.</summary>
    public static implicit operator Value(Scalar value) => new(value.Tag, value.Bits);

    /// <summary>A type of elements.</summary>
    public static implicit operator Value(ScalarType value) => new(Tag.Int, (long)value);

    /// <summary>A type of elements; null is none.</summary>
    public static implicit operator Value(ScalarType? value) => value is { } type ? type : None;

    /// <summary>A device.</summary>
    public static implicit operator Value(Device value) => new(Tag.Device, (uint)value.Type | ((long)value.Index << 32));

    /// <summary>A device; null is none.</summary>
    public static implicit operator Value(Device? value) => value is { } device ? device : None;

    /// <summary>A generator; null is none, and with it the default one.</summary>
    public static implicit operator Value(Generator? value) => value is null ? None : new(Tag.Generator, 0, value);

    /// <summary>A string; null is none.</summary>
    public static implicit operator Value(string? value) => value is null ? None : new(Tag.String, 0, value);

    /// <summary>Whole numbers; null is none.</summary>
    public static implicit operator Value(long[]? value) => value is null ? None : new(Tag.Ints, 0, value);

    /// <summary>Whole numbers.</summary>
    public static implicit operator Value(ReadOnlySpan<long> value) => new(Tag.Ints, 0, value.ToArray());

    /// <summary>Numbers; null is none.</summary>
    public static implicit operator Value(double[]? value) => value is null ? None : new(Tag.Doubles, 0, value);

    /// <summary>Truth values; null is none.</summary>
    public static implicit operator Value(bool[]? value) => value is null ? None : new(Tag.Bools, 0, value);

    /// <summary>Tensors; null among them where the schema takes optional ones. Null is none.</summary>
    public static implicit operator Value(Tensor?[]? value) => value is null ? None : new(Tag.Tensors, 0, value);

    /// <summary>Tensors.</summary>
    public static implicit operator Value(ReadOnlySpan<Tensor> value) => new(Tag.Tensors, 0, value.ToArray());

    /// <summary>For messages: kind, type and shape.</summary>
    public override string ToString() => Tag switch
    {
        Tag.Default => "default",
        Tag.None => "none",
        Tag.Tensor => ((Tensor)Reference!).Describe(),
        Tag.Double => BitConverter.Int64BitsToDouble(Bits).ToString(System.Globalization.CultureInfo.InvariantCulture),
        Tag.Bool => Bits != 0 ? "true" : "false",
        Tag.Int => Bits.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Tag.Device => new Device((DeviceType)(int)Bits, (int)(Bits >> 32)).ToString(),
        Tag.String => $"\"{Reference}\"",
        Tag.Ints => $"[{string.Join(", ", (long[])Reference!)}]",
        Tag.Tensors => $"[{string.Join(", ", ((Tensor?[])Reference!).Take(8).Select(t => t?.Describe() ?? "none"))}]",
        _ => Tag.ToString().ToLowerInvariant(),
    };
}
