using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Sosia.Video;

/// <summary>256 bits of a picture; bit k = 16 i + j tells whether DCT coefficient (i, j) exceeds the median (PDQ, Meta 2019).</summary>
/// <param name="Word0">Bits 0 to 63, bit k of weight 2^k.</param>
/// <param name="Word1">Bits 64 to 127.</param>
/// <param name="Word2">Bits 128 to 191.</param>
/// <param name="Word3">Bits 192 to 255.</param>
public readonly record struct PdqHash(ulong Word0, ulong Word1, ulong Word2, ulong Word3)
{
    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    public const int Bytes = 32;

    /// <summary>Bits of a hash.</summary>
    public const int Bits = 256;

    /// <summary>Digits that <see cref="ToString"/> prints.</summary>
    public const int Digits = 64;

    /// <summary>Reads 32 bytes in the order of the printed digits: the highest bits first.</summary>
    /// <exception cref="ArgumentException">Other than 32 bytes.</exception>
    public static PdqHash Read(ReadOnlySpan<byte> bytes) => bytes.Length == Bytes
        ? new(
            BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64BigEndian(bytes))
        : throw new ArgumentException($"a hash has {Bytes} bytes, not {bytes.Length}", nameof(bytes));

    /// <summary>Reads 64 hexadecimal digits of either case.</summary>
    /// <exception cref="FormatException">It is anything else.</exception>
    public static PdqHash Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var hash) ? hash : throw new FormatException($"a PDQ hash is {Digits} hexadecimal digits");

    /// <summary>Reads 64 hexadecimal digits of either case; false for anything else.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out PdqHash hash)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        var good = text.Length == Digits && Convert.FromHexString(text, bytes, out _, out _) == OperationStatus.Done;
        hash = good ? Read(bytes) : default;
        return good;
    }

    /// <summary>Writes 32 bytes in the order of the printed digits: the highest bits first.</summary>
    /// <exception cref="ArgumentException">There are fewer than 32 bytes.</exception>
    public void WriteTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt64BigEndian(bytes[..8], Word3);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..16], Word2);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[16..24], Word1);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[24..32], Word0);
    }

    /// <summary>Number of differing bits: 0 for equal pictures, about 128 for unrelated ones.</summary>
    public int Distance(PdqHash other) =>
        BitOperations.PopCount(Word0 ^ other.Word0)
        + BitOperations.PopCount(Word1 ^ other.Word1)
        + BitOperations.PopCount(Word2 ^ other.Word2)
        + BitOperations.PopCount(Word3 ^ other.Word3);

    /// <summary>64 lower-case hexadecimal digits, the highest bits first.</summary>
    public override string ToString() => $"{Word3:x16}{Word2:x16}{Word1:x16}{Word0:x16}";
}
