using System.Buffers.Binary;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>Reads the arguments of pickle's opcodes.</summary>
internal ref struct PickleCursor(ReadOnlySpan<byte> pickle, CheckpointBytes file)
{
    private readonly ReadOnlySpan<byte> pickle = pickle;
    private readonly CheckpointBytes file = file;
    private int at;

    public byte Byte() => Take(1)[0];

    public int UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Take(ulong length)
    {
        if (length > (ulong)(pickle.Length - at))
        {
            throw file.Fault("its pickle is cut off");
        }

        var taken = pickle.Slice(at, (int)length);
        at += (int)length;
        return taken;
    }

    public ReadOnlySpan<byte> Line()
    {
        var length = pickle[at..].IndexOf((byte)'\n');
        var line = Take(length < 0 ? ulong.MaxValue : (ulong)length);
        at++;
        return line;
    }

    /// <summary>The text of UTF-8; a lone surrogate, which Python may pickle, becomes a replacement character.</summary>
    public static string Text(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
