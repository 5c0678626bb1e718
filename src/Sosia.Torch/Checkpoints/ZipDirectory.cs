using System.Buffers.Binary;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>
/// The directory of a zip archive whose entries are stored as they are, which PyTorch writes. .NET's own reader does not say where an entry's bytes
/// lie, and they are to be mapped, not copied.
/// </summary>
internal sealed class ZipDirectory
{
    private const int EndBytes = 22, End64Bytes = 56, LocatorBytes = 20, CentralBytes = 46, LocalBytes = 30;

    private readonly CheckpointBytes file;
    private readonly OrderedDictionary<string, Entry> entries = new(StringComparer.Ordinal);

    private ZipDirectory(CheckpointBytes file) => this.file = file;

    public IReadOnlyList<string> Names => entries.Keys;

    /// <summary>Reads and checks the whole directory.</summary>
    /// <exception cref="CheckpointException">It is damaged, or no zip archive.</exception>
    public static ZipDirectory Read(CheckpointBytes file)
    {
        var directory = new ZipDirectory(file);
        var (offset, length) = directory.FindCentral();
        directory.ReadCentral(offset, length);
        return directory;
    }

    /// <summary>The bytes of an entry, or null where there is none.</summary>
    /// <exception cref="CheckpointException">It is compressed, or reaches outside of the file.</exception>
    public TensorStorage? Find(string name)
    {
        if (!entries.TryGetValue(name, out var entry))
        {
            return null;
        }

        if (entry.Method != 0 || entry.Encrypted || entry.Packed != entry.Length)
        {
            throw file.Fault($"its entry {CheckpointException.Quote(name)} is compressed or encrypted; PyTorch stores entries as they are: "
                + "save it again with torch.save(torch.load(FILE), FILE)");
        }

        var local = Take(entry.Offset, LocalBytes);
        var nameBytes = BinaryPrimitives.ReadUInt16LittleEndian(local[26..]);
        var start = entry.Offset + LocalBytes + nameBytes + BinaryPrimitives.ReadUInt16LittleEndian(local[28..]);
        var matches = BinaryPrimitives.ReadUInt32LittleEndian(local) == 0x04034b50
            && Encoding.UTF8.GetString(Take(entry.Offset + LocalBytes, nameBytes)) == name;
        return matches && entry.Length <= file.Length - start ? new TensorStorage(file, start, entry.Length) : throw Damaged();
    }

    private (long Offset, long Length) FindCentral()
    {
        var tail = (int)Math.Min(file.Length, EndBytes + ushort.MaxValue);
        var bytes = file.Slice(file.Length - tail, tail);
        for (var at = tail - EndBytes; at >= 0; at--)
        {
            var end = bytes[at..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(end) == 0x06054b50 && BinaryPrimitives.ReadUInt16LittleEndian(end[20..]) == end.Length - EndBytes)
            {
                return FindCentral64(file.Length - tail + at)
                    ?? (BinaryPrimitives.ReadUInt32LittleEndian(end[16..]), BinaryPrimitives.ReadUInt32LittleEndian(end[12..]));
            }
        }

        throw file.Fault("it is cut off: a zip archive without its directory; fetch it again");
    }

    // Large archives, and all that PyTorch writes, have a second end record of 64-bit numbers before the first one.
    private (long Offset, long Length)? FindCentral64(long end)
    {
        if (end < LocatorBytes || BinaryPrimitives.ReadUInt32LittleEndian(Take(end - LocatorBytes, LocatorBytes)) != 0x07064b50)
        {
            return null;
        }

        var record = Take(BinaryPrimitives.ReadInt64LittleEndian(Take(end - LocatorBytes + 8, 8)), End64Bytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(record) == 0x06064b50
            ? (BinaryPrimitives.ReadInt64LittleEndian(record[48..]), BinaryPrimitives.ReadInt64LittleEndian(record[40..]))
            : throw Damaged();
    }

    private void ReadCentral(long offset, long length)
    {
        if (length > int.MaxValue)
        {
            throw Damaged();
        }

        var rest = Take(offset, length);
        while (rest.Length > 0)
        {
            if (rest.Length < CentralBytes || BinaryPrimitives.ReadUInt32LittleEndian(rest) != 0x02014b50)
            {
                throw Damaged();
            }

            var name = BinaryPrimitives.ReadUInt16LittleEndian(rest[28..]);
            var extra = BinaryPrimitives.ReadUInt16LittleEndian(rest[30..]);
            var comment = BinaryPrimitives.ReadUInt16LittleEndian(rest[32..]);
            if (rest.Length - CentralBytes < name + extra + comment)
            {
                throw Damaged();
            }

            var text = Encoding.UTF8.GetString(rest.Slice(CentralBytes, name));
            if (!entries.TryAdd(text, ReadEntry(rest, rest.Slice(CentralBytes + name, extra))))
            {
                throw file.Fault($"it has the entry {CheckpointException.Quote(text)} twice");
            }

            rest = rest[(CentralBytes + name + extra + comment)..];
        }
    }

    private Entry ReadEntry(ReadOnlySpan<byte> central, ReadOnlySpan<byte> extra)
    {
        var sizes = Extra64(extra);
        var length = Wide(BinaryPrimitives.ReadUInt32LittleEndian(central[24..]), ref sizes);
        var packed = Wide(BinaryPrimitives.ReadUInt32LittleEndian(central[20..]), ref sizes);
        var offset = Wide(BinaryPrimitives.ReadUInt32LittleEndian(central[42..]), ref sizes);
        var encrypted = (BinaryPrimitives.ReadUInt16LittleEndian(central[8..]) & 1) != 0;
        return new Entry(offset, length, packed, BinaryPrimitives.ReadUInt16LittleEndian(central[10..]), encrypted);
    }

    // The field of 64-bit numbers among an entry's extra fields; empty where there is none.
    private ReadOnlySpan<byte> Extra64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            var (id, length) = (BinaryPrimitives.ReadUInt16LittleEndian(extra), BinaryPrimitives.ReadUInt16LittleEndian(extra[2..]));
            if (length > extra.Length - 4)
            {
                throw Damaged();
            }

            if (id == 1)
            {
                return extra.Slice(4, length);
            }

            extra = extra[(4 + length)..];
        }

        return default;
    }

    private long Wide(uint number, ref ReadOnlySpan<byte> sizes)
    {
        if (number != uint.MaxValue)
        {
            return number;
        }

        var wide = sizes.Length >= 8 ? BinaryPrimitives.ReadInt64LittleEndian(sizes) : -1;
        sizes = wide < 0 ? throw Damaged() : sizes[8..];
        return wide;
    }

    private ReadOnlySpan<byte> Take(long offset, long length) =>
        offset >= 0 && length >= 0 && length <= file.Length && offset <= file.Length - length ? file.Slice(offset, (int)length) : throw Damaged();

    private CheckpointException Damaged() => file.Fault("its zip directory is damaged; fetch it again");

    private sealed record Entry(long Offset, long Length, long Packed, int Method, bool Encrypted);
}
