using System.Buffers.Binary;
using System.Text;

namespace Sosia.Torch.Tests.Checkpoints;

/// <summary>Pickles by hand: a text whose characters are bytes.</summary>
internal static class Pickle
{
    public static byte[] Bytes(string opcodes) => Encoding.Latin1.GetBytes(opcodes + ".");

    public static string Int(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        return "J" + Encoding.Latin1.GetString(bytes);
    }

    public static string Text(string value) => "X" + Int(value.Length)[1..] + value;

    public static string Global(string module, string name) => $"c{module}\n{name}\n";

    public static string Tuple(params string[] items) => "(" + string.Concat(items) + "t";

    public static string Storage(string type, string key, int count) => Tuple(Text("storage"), Global("torch", type), Text(key), Text("cpu"), Int(count)) + "Q";

    public static string Tensor(string storage, int offset, int[] shape, int[] strides) =>
        Global("torch._utils", "_rebuild_tensor_v2") + Tuple(storage, Int(offset), Sizes(shape), Sizes(strides), "\u0089", Global("collections", "OrderedDict") + ")R") + "R";

    public static string Sizes(int[] sizes) => Tuple([.. sizes.Select(Int)]);
}
