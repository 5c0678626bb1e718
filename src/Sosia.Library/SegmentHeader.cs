using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Sosia.Matching;

namespace Sosia.Library;

/// <summary>What a part of a segment file holds. Numbers are for ever; an unknown one is skipped.</summary>
internal enum PartId : uint
{
    Embedder = 1,
    Bits = 2,
    Float16 = 3,
    Int8 = 4,
    Scale = 5,
    Residual = 6,
    Video = 16,
    Start = 17,
    End = 18,
    Plan = 19,
    Quality = 20,
    Flags = 21,
}

/// <summary>What the elements of a part are; little-endian.</summary>
internal enum PartType : uint
{
    UInt8 = 1,
    Int8 = 2,
    UInt16 = 3,
    Float16 = 4,
    UInt32 = 5,
    Float32 = 6,
    Int64 = 7,
    Utf8 = 8,
}

/// <summary>A column: so many elements of a type for each row.</summary>
internal readonly record struct Column(PartId Id, PartType Type, int PerRow)
{
    /// <summary>Bytes of one row.</summary>
    public int RowBytes => PerRow * Type switch
    {
        PartType.UInt16 or PartType.Float16 => 2,
        PartType.UInt32 or PartType.Float32 => 4,
        PartType.Int64 => 8,
        _ => 1,
    };
}

/// <summary>Where a part lies: one entry of the directory behind the header.</summary>
internal readonly record struct Part(PartId Id, PartType Type, long Offset, long Length, ulong Checksum);

/// <summary>The first 64 bytes of a segment file and the directory of its parts; docs/formats/segment.md tells it byte by byte.</summary>
internal sealed record SegmentHeader(VectorKind Kind, int Dimension, int Rows, long FileBytes, IReadOnlyList<Part> Parts)
{
    public const int HeaderBytes = 64;
    public const int PartBytes = 32;
    public const int Alignment = 64;
    public const int MaxParts = 256;
    public const ushort Version = 1;

    private const int ChecksumAt = 32;

    /// <summary>The four bytes before the checksum and all that follows are covered by it; the checksum itself counts as zero.</summary>
    public byte[] Encode(out ulong checksum)
    {
        var bytes = new byte[HeaderBytes + (Parts.Count * PartBytes)];
        var span = bytes.AsSpan();
        Magic.CopyTo(span);
        BinaryPrimitives.WriteUInt16LittleEndian(span[8..], Version);
        span[10] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(span[12..], Dimension);
        BinaryPrimitives.WriteInt32LittleEndian(span[16..], Rows);
        BinaryPrimitives.WriteInt32LittleEndian(span[20..], Parts.Count);
        BinaryPrimitives.WriteInt64LittleEndian(span[24..], FileBytes);
        for (var i = 0; i < Parts.Count; i++)
        {
            var entry = span.Slice(HeaderBytes + (i * PartBytes), PartBytes);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)Parts[i].Id);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], (uint)Parts[i].Type);
            BinaryPrimitives.WriteInt64LittleEndian(entry[8..], Parts[i].Offset);
            BinaryPrimitives.WriteInt64LittleEndian(entry[16..], Parts[i].Length);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[24..], Parts[i].Checksum);
        }

        checksum = XxHash3.HashToUInt64(bytes);
        BinaryPrimitives.WriteUInt64LittleEndian(span[ChecksumAt..], checksum);
        return bytes;
    }

    /// <summary>Number of parts that the first 64 bytes announce, once they are seen to begin a segment file that can be read.</summary>
    /// <exception cref="LibraryException">They begin something else, or a later version.</exception>
    public static int ReadPartCount(ReadOnlySpan<byte> header, string file)
    {
        if (!header[..8].SequenceEqual(Magic))
        {
            throw LibraryException.Corrupt(file, "it does not begin as a segment file");
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(header[8..]);
        if (version > Version)
        {
            throw new LibraryException(
                LibraryFault.TooNew, $"{file} has version {version} of the segment format, this program knows {Version}: use a newer Sosia");
        }

        var parts = BinaryPrimitives.ReadUInt32LittleEndian(header[20..]);
        return parts <= MaxParts ? (int)parts : throw LibraryException.Corrupt(file, $"it announces {parts} parts, at most {MaxParts} are allowed");
    }

    /// <summary>Header and directory of a file of <paramref name="fileBytes"/> bytes, with every number checked.</summary>
    /// <exception cref="LibraryException">Something does not hold.</exception>
    public static SegmentHeader Decode(ReadOnlySpan<byte> bytes, long fileBytes, string file, out ulong checksum)
    {
        checksum = BinaryPrimitives.ReadUInt64LittleEndian(bytes[ChecksumAt..]);
        var blank = bytes.ToArray();
        blank.AsSpan(ChecksumAt, sizeof(ulong)).Clear();
        Require(XxHash3.HashToUInt64(blank) == checksum, file, "the checksum of its header is wrong");

        var kind = (VectorKind)bytes[10];
        var dimension = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        var rows = BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]);
        Require(kind is VectorKind.Bits256 or VectorKind.Int8Float16, file, $"unknown kind of vector {(byte)kind}");
        Require(dimension is > 0 and <= EmbedderIdentity.MaxDimension, file, $"{dimension} dimensions");
        Require(kind != VectorKind.Bits256 || dimension == 256, file, $"{dimension} dimensions of bits, not 256");
        Require((long)rows * Math.Max(dimension, 64) <= Array.MaxLength, file, $"{rows} rows of {dimension} are too many");
        var stated = BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]);
        Require(stated == fileBytes, file, $"it is {fileBytes} bytes long and should be {stated}");

        var header = new SegmentHeader(kind, (int)dimension, (int)rows, fileBytes, ReadParts(bytes[HeaderBytes..]));
        header.CheckParts(bytes.Length, file);
        return header;
    }

    /// <summary>The columns that a file of this kind must have.</summary>
    public static IReadOnlyList<Column> Columns(VectorKind kind, int dimension)
    {
        Column[] vectors = kind == VectorKind.Bits256
            ? [new(PartId.Bits, PartType.UInt8, VectorRows.BitRowBytes)]
            : [
                new(PartId.Float16, PartType.Float16, dimension), new(PartId.Int8, PartType.Int8, dimension),
                new(PartId.Scale, PartType.Float32, 1), new(PartId.Residual, PartType.Float32, 1),
            ];
        return [.. vectors, .. ClipTable];
    }

    /// <summary>The columns that say which clip a row is.</summary>
    public static IReadOnlyList<Column> ClipTable { get; } =
    [
        new(PartId.Video, PartType.Int64, 1), new(PartId.Start, PartType.UInt32, 1), new(PartId.End, PartType.UInt32, 1),
        new(PartId.Plan, PartType.UInt16, 1), new(PartId.Quality, PartType.UInt8, 1), new(PartId.Flags, PartType.UInt16, 1),
    ];

    /// <summary>Name and fingerprint of the embedder, as the part of that name holds them.</summary>
    public static byte[] EncodeEmbedder(EmbedderIdentity embedder) => Encoding.UTF8.GetBytes($"{embedder.Name}\0{embedder.Fingerprint}");

    /// <summary>Next multiple of the alignment.</summary>
    public static long Align(long offset) => (offset + Alignment - 1) / Alignment * Alignment;

    /// <summary>The part of that id.</summary>
    public Part Find(PartId id) => Parts.First(part => part.Id == id);

    private static ReadOnlySpan<byte> Magic => "SOSIASEG"u8;

    private static Part[] ReadParts(ReadOnlySpan<byte> directory)
    {
        var parts = new Part[directory.Length / PartBytes];
        for (var i = 0; i < parts.Length; i++)
        {
            var entry = directory.Slice(i * PartBytes, PartBytes);
            parts[i] = new Part(
                (PartId)BinaryPrimitives.ReadUInt32LittleEndian(entry),
                (PartType)BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[8..]),
                BinaryPrimitives.ReadInt64LittleEndian(entry[16..]),
                BinaryPrimitives.ReadUInt64LittleEndian(entry[24..]));
        }

        return parts;
    }

    private void CheckParts(long directoryEnd, string file)
    {
        foreach (var part in Parts)
        {
            var inside = part.Offset >= directoryEnd && part.Offset % Alignment == 0 && part.Offset <= FileBytes
                && part.Length >= 0 && part.Length <= FileBytes - part.Offset;
            Require(inside, file, $"part {(uint)part.Id} lies outside of the file");
        }

        Require(Parts.DistinctBy(part => part.Id).Count() == Parts.Count, file, "two parts have the same number");
        Require(Parts.Any(part => part is { Id: PartId.Embedder, Type: PartType.Utf8, Length: <= 4096 }), file, "it names no embedder");
        foreach (var column in Columns(Kind, Dimension))
        {
            var found = Parts.Any(part => part.Id == column.Id && part.Type == column.Type && part.Length == (long)Rows * column.RowBytes);
            Require(found, file, $"its column '{column.Id}' is missing or does not hold {Rows} rows");
        }
    }

    private static void Require(bool holds, string file, string problem)
    {
        if (!holds)
        {
            throw LibraryException.Corrupt(file, problem);
        }
    }
}
