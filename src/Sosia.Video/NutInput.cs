using System.Buffers.Binary;

namespace Sosia.Video;

/// <summary>A buffered stream with NUT's numbers: seven bits a byte, highest first. Large reads go past the buffer.</summary>
/// <param name="stream">The source.</param>
internal sealed class NutInput(Stream stream)
{
    private readonly byte[] buffer = new byte[64 << 10];
    private int at;
    private int end;

    /// <summary>The checksum of the bytes read one by one since <see cref="BeginChecksum"/>: a frame's header.</summary>
    public uint Checksum { get; private set; }

    /// <summary>Begins a checksum at a byte that was read already.</summary>
    public void BeginChecksum(byte first) => Checksum = NutPacket.Crc(0, [first]);

    /// <summary>False at the end of the stream.</summary>
    public bool TryReadByte(out byte value)
    {
        value = 0;
        if (at == end)
        {
            (at, end) = (0, stream.Read(buffer));
            if (end == 0)
            {
                return false;
            }
        }

        value = buffer[at++];
        Checksum = NutPacket.Crc(Checksum, [value]);
        return true;
    }

    /// <summary>Fills a span.</summary>
    /// <exception cref="EndOfStreamException">The stream is shorter.</exception>
    public void Read(Span<byte> target)
    {
        var held = Math.Min(target.Length, end - at);
        buffer.AsSpan(at, held).CopyTo(target);
        at += held;
        if (held < target.Length)
        {
            stream.ReadExactly(target[held..]);
        }
    }

    /// <summary>Four bytes, highest first.</summary>
    public uint ReadWord()
    {
        Span<byte> word = stackalloc byte[4];
        Read(word);
        return BinaryPrimitives.ReadUInt32BigEndian(word);
    }

    /// <summary>False where the stream is empty.</summary>
    /// <exception cref="NutException">It begins with something else.</exception>
    public bool TryReadMagic(ReadOnlySpan<byte> magic)
    {
        if (!TryReadByte(out var first))
        {
            return false;
        }

        var rest = new byte[magic.Length - 1];
        Read(rest);
        if (first != magic[0] || !rest.AsSpan().SequenceEqual(magic[1..]))
        {
            throw new NutException("not NUT");
        }

        return true;
    }

    public ulong Unsigned() => ReadCoded(stackalloc byte[10], out var value) > 0 ? value : 0;

    /// <summary>Reads a number and keeps its bytes.</summary>
    /// <returns>How many bytes.</returns>
    public int ReadCoded(Span<byte> bytes, out ulong value)
    {
        value = 0;
        for (var n = 0; n < bytes.Length; n++)
        {
            if (!TryReadByte(out bytes[n]))
            {
                throw new EndOfStreamException("the stream ends within a number");
            }

            value = (value << 7) | (bytes[n] & 0x7Fu);
            if (bytes[n] < 0x80)
            {
                return n + 1;
            }
        }

        throw new NutException("a number that is too long");
    }
}
