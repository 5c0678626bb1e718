using System.Buffers.Binary;
using System.IO.Hashing;

namespace Sosia.Video.Packs;

/// <summary>
/// The beginning of a block: 16 bytes a frame, little-endian: where the frame ends, counted from the end of the table (uint64), and XXH3 of its
/// bytes (uint64). So a frame is found, and proved, by reading nothing but its own row, the one before, and itself.
/// </summary>
internal static class FrameTable
{
    private const int RowBytes = 16;
    private const int Chunk = 1 << 20;

    public static long Bytes(int frames) => (long)RowBytes * frames;

    /// <summary>Appends a frame's row.</summary>
    /// <param name="table">Rows of the frames before.</param>
    /// <param name="end">Where the frame ends.</param>
    /// <param name="frame">Its bytes as they are stored.</param>
    public static void Append(Stream table, long end, ReadOnlySpan<byte> frame)
    {
        Span<byte> row = stackalloc byte[RowBytes];
        BinaryPrimitives.WriteInt64LittleEndian(row, end);
        BinaryPrimitives.WriteUInt64LittleEndian(row[8..], XxHash3.HashToUInt64(frame));
        table.Write(row);
    }

    /// <summary>One row.</summary>
    /// <param name="view">The file of frames.</param>
    /// <param name="offset">Where the block begins.</param>
    /// <param name="frame">From 0.</param>
    public static (long End, ulong Check) Row(FrameMemory.View view, long offset, int frame)
    {
        var row = view.Slice(offset + Bytes(frame), RowBytes);
        return (BinaryPrimitives.ReadInt64LittleEndian(row), BinaryPrimitives.ReadUInt64LittleEndian(row[8..]));
    }

    /// <summary>XXH3 of a whole table.</summary>
    public static ulong Check(FrameMemory.View view, long offset, int frames)
    {
        var hash = new XxHash3();
        var end = offset + Bytes(frames);
        for (var at = offset; at < end; at += Chunk)
        {
            hash.Append(view.Slice(at, (int)Math.Min(Chunk, end - at)));
        }

        return hash.GetCurrentHashAsUInt64();
    }
}
