namespace Sosia.Video;

[Flags]
internal enum NutFlags : ulong
{
    None = 0,
    CodedPts = 8,
    StreamId = 16,
    SizeHigh = 32,
    Checksum = 64,
    Reserved = 128,
    SideData = 256,
    HeaderIndex = 1024,
    MatchTime = 2048,
    Coded = 4096,
    Invalid = 8192,
    /// <summary>What is never written for us.</summary>
    Refused = SideData | MatchTime | Invalid,
}

/// <summary>What the first byte of a frame stands for.</summary>
internal readonly record struct NutFrameCode(
    NutFlags Flags, long PtsDelta, ulong Stream, ulong SizeFactor, ulong SizeLow, ulong Reserved, ulong Header)
{
    /// <summary>The 256 codes of the main header, stored as runs.</summary>
    public static NutFrameCode[] ReadTable(NutPacket packet)
    {
        var codes = new NutFrameCode[256];
        var (ptsDelta, factor, stream, header) = (0L, 1UL, 0UL, 0UL);
        for (var i = 0; i < codes.Length;)
        {
            var flags = (NutFlags)packet.Unsigned();
            var fields = packet.Unsigned();
            if (fields > 8)
            {
                throw new NutException("too many fields of a frame code");
            }

            if (fields > 0)
            {
                ptsDelta = packet.Signed();
            }

            if (fields > 1)
            {
                factor = packet.Unsigned();
            }

            if (fields > 2)
            {
                stream = packet.Unsigned();
            }

            var size = fields > 3 ? packet.Unsigned() : 0;
            var reserved = fields > 4 ? packet.Unsigned() : 0;
            var count = fields > 5 ? packet.Unsigned() : unchecked(factor - size);
            if (fields > 6)
            {
                packet.Signed(); // match time delta
            }

            if (fields > 7)
            {
                header = packet.Unsigned();
            }

            if (count is 0 or > 256)
            {
                throw new NutException("an impossible run of frame codes");
            }

            for (var j = 0UL; j < count && i < codes.Length; i++)
            {
                codes[i] = i == 'N'
                    ? new NutFrameCode(NutFlags.Invalid, 0, 0, 0, 0, 0, 0)
                    : new NutFrameCode(flags, ptsDelta, stream, factor, unchecked(size + j++), reserved, header);
            }
        }

        return codes;
    }
}

/// <summary>A header packet in memory, its checksum proved.</summary>
internal sealed class NutPacket
{
    private readonly byte[] data;
    private int at;

    private NutPacket(byte[] data) => this.data = data;

    /// <summary>Reads the packet after its start code.</summary>
    public static NutPacket Read(NutInput input, ReadOnlySpan<byte> code, int mostBytes)
    {
        Span<byte> length = stackalloc byte[10];
        var lengthBytes = input.ReadCoded(length, out var size);
        if (size < 4 || size > (ulong)mostBytes)
        {
            throw new NutException($"a header of {size} bytes");
        }

        if (size > 4096)
        {
            CheckLength(input, code, length[..lengthBytes]);
        }

        var body = new byte[(int)size];
        input.Read(body);
        if (Crc(0, body) != 0)
        {
            throw new NutException("a header with a wrong checksum");
        }

        return new NutPacket(body[..^4]);
    }

    public ulong Unsigned()
    {
        var value = 0UL;
        for (var bytes = 0; bytes < 10; bytes++)
        {
            if (at == data.Length)
            {
                throw new NutException("a header that is too short");
            }

            var next = data[at++];
            value = (value << 7) | (next & 0x7Fu);
            if (next < 0x80)
            {
                return value;
            }
        }

        throw new NutException("a number that is too long");
    }

    public long Signed()
    {
        var value = unchecked(Unsigned() + 1);
        return (value & 1) != 0 ? -(long)(value >> 1) : (long)(value >> 1);
    }

    public ReadOnlySpan<byte> Bytes()
    {
        var count = Unsigned();
        if (count > (ulong)(data.Length - at))
        {
            throw new NutException("a field longer than its header");
        }

        at += (int)count;
        return data.AsSpan(at - (int)count, (int)count);
    }

    /// <summary>CRC-32 with the polynomial 0x04C11DB7, highest bit first, beginning at 0. Headers are few and short: no table.</summary>
    public static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var value in data)
        {
            crc ^= (uint)value << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 0x80000000) != 0 ? (crc << 1) ^ 0x04C11DB7 : crc << 1;
            }
        }

        return crc;
    }

    // Long headers carry a checksum of their beginning, so that a wrong length is noticed before it is believed.
    private static void CheckLength(NutInput input, ReadOnlySpan<byte> code, ReadOnlySpan<byte> length)
    {
        if (Crc(Crc(0, code), length) != input.ReadWord())
        {
            throw new NutException("a header with a wrong length");
        }
    }
}
