using System.Buffers.Binary;

namespace Sosia.Video;

/// <summary>The stream is not the NUT that we asked ffmpeg for.</summary>
/// <param name="message">What was found.</param>
internal sealed class NutException(string message) : IOException(message);

/// <summary>
/// A strict reader of the NUT container (ffmpeg's nut.txt), of the subset that ffmpeg writes for one stream of raw RGB frames: anything else is an
/// error. Headers are small and checked by their checksums; frames have exactly the size asked for, so memory is bounded by the request.
/// </summary>
internal sealed class NutReader
{
    private const ulong MainCode = 0x4E4D7A561F5F04AD;
    private const ulong StreamCode = 0x4E5311405BF2F9DB;
    private const ulong SyncCode = 0x4E4BE4ADEECA4569;
    private const ulong IndexCode = 0x4E58DD672F23E64E;
    private const ulong InfoCode = 0x4E49AB68B596BA78;
    private const int MostHeaderBytes = 64 << 10;

    private static readonly byte[] Magic = "nut/multimedia container\0"u8.ToArray();

    private readonly NutInput input;
    private readonly int frameBytes;
    private readonly int width;
    private readonly int height;
    private NutFrameCode[]? codes;
    private (ulong Numerator, ulong Denominator) timeBase;
    private int ptsShift = -1; // bits of a shortened time stamp; -1: no stream header yet
    private long pts;
    private bool started;

    /// <summary>Reads from the beginning of a stream.</summary>
    /// <param name="stream">NUT.</param>
    /// <param name="width">Of every frame.</param>
    /// <param name="height">Of every frame.</param>
    public NutReader(Stream stream, int width, int height)
    {
        input = new NutInput(stream);
        (this.width, this.height, frameBytes) = (width, height, checked(width * height * 3));
    }

    /// <summary>The next frame.</summary>
    /// <param name="rgb">Height x Width x 3 bytes; undefined when there is none.</param>
    /// <param name="time">Seconds by the frame's time stamp.</param>
    /// <returns>False at the end of the stream between two frames.</returns>
    /// <exception cref="NutException">Not the NUT asked for.</exception>
    /// <exception cref="EndOfStreamException">The stream ends within a header or a frame.</exception>
    public bool Read(Span<byte> rgb, out double time)
    {
        time = 0;
        if (!started)
        {
            if (!input.TryReadMagic(Magic))
            {
                return false;
            }

            started = true;
        }

        while (input.TryReadByte(out var first))
        {
            if (first != 'N')
            {
                ReadFrame(first, rgb);
                time = pts * (double)timeBase.Numerator / timeBase.Denominator;
                return true;
            }

            ReadPacket();
        }

        return false;
    }

    private void ReadPacket()
    {
        Span<byte> code = stackalloc byte[8];
        code[0] = (byte)'N';
        input.Read(code[1..]);
        var packet = NutPacket.Read(input, code, MostHeaderBytes);
        switch (BinaryPrimitives.ReadUInt64BigEndian(code))
        {
            case MainCode:
                ReadMainHeader(packet);
                break;
            case StreamCode:
                ReadStreamHeader(packet);
                break;
            case SyncCode:
                ReadSyncPoint(packet);
                break;
            case IndexCode or InfoCode:
                break;
            default:
                throw new NutException("an unknown packet");
        }
    }

    private void ReadMainHeader(NutPacket packet)
    {
        if (codes is not null)
        {
            return; // repeated now and then
        }

        var version = packet.Unsigned();
        if (version != 3)
        {
            throw new NutException($"version {version}, not 3");
        }

        if (packet.Unsigned() is not 1 and var streams)
        {
            throw new NutException($"{streams} streams, not 1");
        }

        packet.Unsigned(); // the longest distance between synchronisation points
        if (packet.Unsigned() is not 1 and var bases)
        {
            throw new NutException($"{bases} time bases, not 1");
        }

        timeBase = (packet.Unsigned(), packet.Unsigned());
        if (timeBase is not ( > 0 and <= int.MaxValue, > 0 and <= int.MaxValue))
        {
            throw new NutException("an impossible time base");
        }

        codes = NutFrameCode.ReadTable(packet);
    }

    private void ReadStreamHeader(NutPacket packet)
    {
        if (ptsShift >= 0)
        {
            return;
        }

        if (packet.Unsigned() != 0)
        {
            throw new NutException("a stream other than 0");
        }

        if (packet.Unsigned() != 0)
        {
            throw new NutException("a stream that is no video");
        }

        if (!packet.Bytes().SequenceEqual("RGB\x18"u8))
        {
            throw new NutException("frames that are not 24-bit RGB");
        }

        if (packet.Unsigned() != 0)
        {
            throw new NutException("a time base other than 0");
        }

        var shift = packet.Unsigned();
        if (shift is 0 or > 16)
        {
            throw new NutException("an impossible length of short time stamps");
        }

        packet.Unsigned(); // the longest distance of time stamps without a checksum
        packet.Unsigned(); // decode delay
        packet.Unsigned(); // flags
        packet.Bytes(); // codec data
        var (statedWidth, statedHeight) = (packet.Unsigned(), packet.Unsigned());
        if (statedWidth != (ulong)width || statedHeight != (ulong)height)
        {
            throw new NutException($"frames of {statedWidth} x {statedHeight}, not {width} x {height}");
        }

        ptsShift = (int)shift;
    }

    private void ReadSyncPoint(NutPacket packet)
    {
        var stamp = packet.Unsigned();
        if (stamp > long.MaxValue)
        {
            throw new NutException("an impossible time stamp");
        }

        pts = (long)stamp; // one time base: no scaling
    }

    private void ReadFrame(byte first, Span<byte> rgb)
    {
        if (codes is null || ptsShift < 0)
        {
            throw new NutException("a frame before the headers");
        }

        input.BeginChecksum(first);
        var code = codes[first];
        var flags = code.Flags;
        if (flags.HasFlag(NutFlags.Invalid))
        {
            throw new NutException("an invalid frame code");
        }

        if (flags.HasFlag(NutFlags.Coded))
        {
            flags ^= (NutFlags)input.Unsigned();
        }

        if ((flags & NutFlags.Refused) != NutFlags.None)
        {
            throw new NutException($"a frame with {flags & NutFlags.Refused}");
        }

        var stream = flags.HasFlag(NutFlags.StreamId) ? input.Unsigned() : code.Stream;
        if (stream != 0)
        {
            throw new NutException("a frame of another stream");
        }

        pts = flags.HasFlag(NutFlags.CodedPts) ? Pts(input.Unsigned()) : unchecked(pts + code.PtsDelta);
        var size = code.SizeLow;
        if (flags.HasFlag(NutFlags.SizeHigh))
        {
            size = unchecked(size + code.SizeFactor * input.Unsigned());
        }

        var header = flags.HasFlag(NutFlags.HeaderIndex) ? input.Unsigned() : code.Header;
        if (header != 0 && size <= 4096)
        {
            throw new NutException("a frame with an elided header");
        }

        var reserved = flags.HasFlag(NutFlags.Reserved) ? input.Unsigned() : code.Reserved;
        if (reserved > 16)
        {
            throw new NutException("too many reserved fields");
        }

        for (var i = 0UL; i < reserved; i++)
        {
            input.Unsigned();
        }

        var checksum = input.Checksum;
        if (flags.HasFlag(NutFlags.Checksum) && input.ReadWord() != checksum)
        {
            throw new NutException("a frame header with a wrong checksum");
        }

        if (size != (ulong)frameBytes)
        {
            throw new NutException($"a frame of {size} bytes, not {frameBytes}");
        }

        input.Read(rgb[..frameBytes]);
    }

    // A small value holds the low bits of the stamp nearest to the last one.
    private long Pts(ulong coded)
    {
        var span = 1UL << ptsShift;
        if (coded >= span)
        {
            return unchecked((long)(coded - span));
        }

        var from = unchecked(pts - (long)((span - 1) / 2));
        return unchecked((long)(((ulong)coded - (ulong)from) & (span - 1)) + from);
    }
}
