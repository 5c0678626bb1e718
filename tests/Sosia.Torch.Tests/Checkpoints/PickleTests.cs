using System.IO.Compression;
using Sosia.Torch.Checkpoints;
using static Sosia.Torch.Tests.Checkpoints.Pickle;

namespace Sosia.Torch.Tests.Checkpoints;

/// <summary>Pickles and archives that PyTorch does not write: all of pickle's plain data is read, everything else is refused by name, and no file fills the memory.</summary>
public sealed class PickleTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    private string Path => folder.At("x.pth");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("N", "None")]
    [InlineData("\u0088", "True")]
    [InlineData("\u0089", "False")]
    [InlineData("I01\n", "True")]
    [InlineData("I-12\n", "-12")]
    [InlineData("L123456789012345678901L\n", "123456789012345678901")]
    [InlineData("J\u00fe\u00ff\u00ff\u00ff", "-2")]
    [InlineData("K\u00ff", "255")]
    [InlineData("M\u0001\u0001", "257")]
    [InlineData("\u008a\0", "0")]
    [InlineData("\u008a\u0001\u00ff", "-1")]
    [InlineData("\u008b\u0002\0\0\0\0\u0001", "256")]
    [InlineData("F1.5e3\n", "1500r")]
    [InlineData("G\u00bf\u00e0\0\0\0\0\0\0", "-0.5r")]
    [InlineData("X\u0002\0\0\0\u00c3\u00a9", "'é'")]
    [InlineData("\u008c\u0001a", "'a'")]
    [InlineData("\u008d\u0001\0\0\0\0\0\0\0a", "'a'")]
    [InlineData("U\u0001a", "'a'")]
    [InlineData("T\u0001\0\0\0a", "'a'")]
    [InlineData("C\u0001a", "b61")]
    [InlineData("B\u0001\0\0\0a", "b61")]
    [InlineData("\u008e\u0001\0\0\0\0\0\0\0a", "b61")]
    [InlineData("\u0096\u0001\0\0\0\0\0\0\0a", "b61")]
    [InlineData("\u0080\u0005\u0095\0\0\0\0\0\0\0\0]K\u0001aK\u0002a", "[1 2]")]
    [InlineData("](K\u0001K\u0002e", "[1 2]")]
    [InlineData("(K\u0001K\u0002l", "[1 2]")]
    [InlineData("(K\u0001K\u0002t", "(1 2)")]
    [InlineData(")", "()")]
    [InlineData("K\u0001\u0085", "(1)")]
    [InlineData("K\u0001K\u0002K\u0003\u0087", "(1 2 3)")]
    [InlineData("\u008f(K\u0001\u0090", "<1>")]
    [InlineData("(K\u0001\u0091", "<1>")]
    [InlineData("(U\u0001aK\u0001U\u0001bK\u0002U\u0001aK\u0003d", "{'a':3 'b':2}")] // A later value takes the place of an earlier one.
    [InlineData("}K\u0001K\u0002s", "{1:2}")]
    [InlineData("}(K\u0001K\u0002K\u0003Nu", "{1:2 3:None}")]
    [InlineData("K\u0007q\u0003K\u00080h\u0003\u0086", "(7 7)")]
    [InlineData("K\u0007p3\n0g3\n", "7")]
    [InlineData("K\u0007r\u0003\0\0\u00010j\u0003\0\0\u0001", "7")]
    [InlineData("K\u0007\u00940h\0", "7")]
    [InlineData("K\u00072\u0086", "(7 7)")]
    [InlineData("K\u0007(K\u00081", "7")]
    [InlineData("ccollections\nOrderedDict\n](K\u0001K\u0002\u0086e\u0085R", "{1:2}")]
    [InlineData("ccollections\ndefaultdict\nc__builtin__\nlist\n\u0085RK\u0001]s", "{1:[]}")]
    [InlineData("c__builtin__\nbytearray\nX\u0002\0\0\0\u00c3\u00bfX\u0007\0\0\0latin-1\u0086R", "bFF")]
    [InlineData("c__builtin__\nbytes\n)R", "b")]
    [InlineData("ctorch\ndevice\nX\u0004\0\0\0cudaK\u0001\u0086R", "'cuda:1'")]
    [InlineData("\u008c\u0005torch\u008c\u0005int64\u0093", "torch.int64")]
    public void PlainDataIsRead(string opcodes, string expected)
    {
        using var file = Read(opcodes);
        Assert.Equal(expected, Shown(file.Root));
    }

    [Theory]
    [InlineData("cos\nsystem\n(S'ls'\ntR", "os.system")]
    [InlineData("\u008c\u0002os\u008c\u0006system\u0093", "os.system")]
    [InlineData("(U\u0002lsios\nsystem\n", "os.system")]
    [InlineData("(ios\nsystem\n", "os.system")]
    [InlineData("(ctorch\nSize\no", "an instance of a class")]
    [InlineData("ctorch\nSize\n)}\u0092", "an instance of a class")]
    [InlineData("c__builtin__\neval\n", "builtins.eval")]
    [InlineData("cbuiltins\ngetattr\n", "builtins.getattr")]
    [InlineData("ctorch\nload\n", "torch.load")]
    [InlineData("ctorch.storage\n_load_from_bytes\n", "torch.storage._load_from_bytes")]
    [InlineData("ctorch._utils\n_rebuild_tensor_v2.__globals__\n", "torch._utils._rebuild_tensor_v2.__globals__")]
    [InlineData("ctorch\nQInt8Storage\n", "torch.QInt8Storage")]
    [InlineData("cnumpy.core.multiarray\n_reconstruct\n", "numpy.core.multiarray._reconstruct")]
    [InlineData("c\u001b[31m\nx\n", "\\u001b[31m.x")]
    [InlineData("}q\0}b", null)] // A dictionary's attributes: nothing is lost.
    [InlineData("]}b", "an instance of a class")]
    [InlineData("Px\n", "opcode 0x50")]
    [InlineData("\u0082\u0001", "opcode 0x82")]
    [InlineData("\u0097", "opcode 0x97")]
    public void WhatIsNoDataIsRefusedByName(string opcodes, string? name)
    {
        if (name is null)
        {
            Read(opcodes).Dispose();
            return;
        }

        Assert.Equal($"cannot read x.pth: it holds a Python object that is not data ({name}); only tensors, containers and numbers are read", Refusal(opcodes));
    }

    [Theory]
    [InlineData("", "its pickle is damaged")]
    [InlineData("0", "its pickle is damaged")]
    [InlineData("K", "its pickle is cut off")]
    [InlineData("K\u0001(0", "its pickle is damaged")] // Nothing is taken from below a mark.
    [InlineData("K\u0001(\u0085", "its pickle is damaged")]
    [InlineData("t", "its pickle is damaged")]
    [InlineData("K\u0001a", "its pickle is damaged")]
    [InlineData(")K\u0001a", "its pickle is damaged")] // Tuples do not grow.
    [InlineData("}(K\u0001u", "its pickle is damaged")]
    [InlineData("h\u0001", "its pickle is damaged")]
    [InlineData("p-1\n", "its pickle is damaged")]
    [InlineData("\u0080\u0006N", "of a protocol that torch.save does not write (opcode 0x80)")]
    [InlineData("\u00ff", "opcode 0xff")]
    [InlineData("Iabc\n", "its pickle is damaged")]
    [InlineData("I1", "its pickle is cut off")]
    [InlineData("X\u00ff\u00ff\u00ff\u00ffabc", "its pickle is cut off")]
    [InlineData("\u008d\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff", "its pickle is cut off")]
    [InlineData("N)R", "its pickle is damaged")]
    [InlineData("ctorch\nSize\nNR", "its pickle is damaged")]
    [InlineData("ctorch\nSize\n)R", "torch.Size is called with other arguments than PyTorch's")]
    [InlineData("NQ", "a storage is not named as PyTorch names it")]
    public void ADamagedPickleIsNamed(string opcodes, string reason) => Assert.Contains(reason, Refusal(opcodes), StringComparison.Ordinal);

    [Fact]
    public void TensorsAreCheckedAgainstTheirStorages()
    {
        var four = ("a/data/0", new byte[16]);
        string Refused(string opcodes) => Refusal(opcodes, four);
        Assert.Contains("its storage 1 is not there", Refused(Storage("FloatStorage", "1", 4)), StringComparison.Ordinal);
        Assert.Contains("its storage 0 has 16 bytes, 20 are needed", Refused(Storage("FloatStorage", "0", 5)), StringComparison.Ordinal);
        Assert.Contains("its storage 0 has 16 bytes, -4 are needed", Refused(Storage("FloatStorage", "0", -1)), StringComparison.Ordinal);
        Assert.Contains("reaches outside of its storage of 4 elements", Refused(Tensor(Storage("FloatStorage", "0", 4), 1, [4], [1])), StringComparison.Ordinal);
        Assert.Contains("1 dimensions and 2 strides", Refused(Tensor(Storage("FloatStorage", "0", 4), 1, [4], [1, 1])), StringComparison.Ordinal);
        Assert.Contains("65 dimensions", Refused(Tensor(Storage("FloatStorage", "0", 4), 0, new int[65], new int[65])), StringComparison.Ordinal);
        Assert.Contains("a tensor without a type", Refused(Tensor(Storage("UntypedStorage", "0", 16), 0, [4], [1])), StringComparison.Ordinal);
        Assert.Contains("that repeat the 16 of its storage", Refused(Tensor(Storage("FloatStorage", "0", 4), 0, [1 << 30], [0])), StringComparison.Ordinal);

        var third = Global("torch._utils", "_rebuild_tensor_v3") + Tuple(Storage("UntypedStorage", "0", 16), Int(1), Sizes([3]), Sizes([1]), "\u0089", "N", Global("torch", "int32")) + "R";
        using var file = Read(third, four);
        Assert.Equal(" Int32 [3]", Assert.IsType<PickleTensor>(file.Root).Tensor.ToString());

        var attributes = "}" + Text("tag") + "Ns";
        var parameter = Global("torch._utils", "_rebuild_parameter_with_state") + Tuple(third, "\u0088", "N", attributes) + "R";
        using var tagged = Read(parameter, four);
        Assert.Equal(" Int32 [3]", Assert.IsType<PickleTensor>(tagged.Root).Tensor.ToString());

        var (rebuild, arguments) = (Global("torch._utils", "_rebuild_parameter"), Tuple(third, "\u0088", "N"));
        using var typed = Read(Global("torch._tensor", "_rebuild_from_type_v2") + Tuple(rebuild, Global("torch.nn.parameter", "Parameter"), arguments, attributes) + "R", four);
        Assert.Equal(" Int32 [3]", Assert.IsType<PickleTensor>(typed.Root).Tensor.ToString());
        Assert.Contains("called with other arguments", Refused(Global("torch._tensor", "_rebuild_from_type_v2") + Tuple(rebuild, Global("torch", "Size"), arguments, attributes) + "R"), StringComparison.Ordinal);
    }

    [Fact]
    public void AnEndlessTreeIsReadAndNotFlattened()
    {
        using var file = Read("]q\0h\0a");
        var list = Assert.IsType<PickleList>(file.Root);
        Assert.Same(list, list.Items[0]);
        Assert.Contains("its tree is endless", Assert.Throws<CheckpointException>(file.Flatten).Message, StringComparison.Ordinal);
        _ = list.ToString() + list.GetHashCode();

        using var wrapped = Read("}q\0U\u0005modelh\0s");
        Assert.Contains("it is wrapped endlessly", Assert.Throws<CheckpointException>(wrapped.Unwrap).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APartThatIsSharedATrillionTimesIsNotFlattened()
    {
        using var file = Read("]q\0" + string.Concat(Enumerable.Range(0, 40).Select(at => $"]q{(char)(at + 1)}h{(char)at}ah{(char)at}a")));
        Assert.Contains("its tree is endless", Assert.Throws<CheckpointException>(file.Flatten).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DeepNestingTakesNoStack()
    {
        using var file = Read(")" + new string('\u0085', 1_000_000));
        Assert.Contains("its tree is endless", Assert.Throws<CheckpointException>(file.Flatten).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABombIsRefusedBeforeItFillsTheMemory()
    {
        var longList = "]q\0(" + new string('N', 100_000) + "e0";
        var tensor = Global("torch._utils", "_rebuild_tensor_v2") + "q\u0001" + Tuple(Storage("FloatStorage", "0", 4), Int(0), Sizes(new int[64]), Sizes(new int[64])) + "q\u000200";
        string[] bombs =
        [
            new(']', 4_000_001),
            longList + Global("builtins", "set") + "q\u0001h\0\u0085q\u00020" + string.Concat(Enumerable.Repeat("h\u0001h\u0002R", 1_000_000)),
            "N" + tensor + string.Concat(Enumerable.Repeat("h\u0001h\u0002R", 1_000_000)),
            Text(new string('x', 1_000_000)) + "q\0" + string.Concat(Enumerable.Repeat(Global("_codecs", "encode") + "h\0" + Text("latin1") + "\u0086R", 100_000)),
        ];
        Assert.All(bombs, bomb =>
        {
            var bytes = Bytes(bomb);
            Archive.Save(Path, bytes, ("a/data/0", new byte[16]));
            var before = GC.GetAllocatedBytesForCurrentThread();
            var problem = Assert.Throws<CheckpointException>(() => PthFile.Read(Path));
            Assert.Contains("it holds more than 4000000 objects", problem.Message, StringComparison.Ordinal);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
        });
    }

    [Fact]
    public void TheFormOfTheArchiveIsChecked()
    {
        var none = Bytes("N");
        Assert.Contains("its byte order is big; only little-endian files are read", Refusal("N", ("a/byteorder", "big"u8.ToArray())), StringComparison.Ordinal);
        Assert.Contains("its version is 11, versions to 10 are known", Refusal("N", ("a/version", "11\n"u8.ToArray())), StringComparison.Ordinal);
        Read("N", ("a/version", "3\n"u8.ToArray()), ("a/byteorder", "little"u8.ToArray())).Dispose();
        Assert.Contains("its entry a/version is damaged", Refusal("N", ("a/version", new byte[101])), StringComparison.Ordinal);
        Assert.Contains("it has the entry a/data.pkl twice", Refusal("N", ("a/data.pkl", none)), StringComparison.Ordinal);
        Assert.Contains("none of torch.save", Refusal("N", ("b/data.pkl", none)), StringComparison.Ordinal);
        Archive.Write(Path, [("a/b/data.pkl", none)]);
        Assert.Contains("none of torch.save", Refusal(), StringComparison.Ordinal);
        Archive.Write(Path, []);
        Assert.Contains("none of torch.save", Refusal(), StringComparison.Ordinal);
        Archive.Write(Path, [("a/data.pkl", new byte[1000])], CompressionLevel.Optimal);
        Assert.Contains("its entry a/data.pkl is compressed or encrypted", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public void OtherFilesAreNamed()
    {
        string Of(byte[] bytes)
        {
            File.WriteAllBytes(Path, bytes);
            return Refusal();
        }

        Assert.EndsWith(": it is empty", Of([]), StringComparison.Ordinal);
        Assert.EndsWith(": it is a bare pickle, no file of torch.save", Of(Bytes("\u0080\u0004N")), StringComparison.Ordinal);
        Assert.Contains(": it is a pointer of Git LFS", Of("version https://git-lfs.github.com/spec/v1\n"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("it is cut off: a zip archive without its directory", Of(File.ReadAllBytes(Archive.Golden("state.pth"))[..^1]), StringComparison.Ordinal);
        Assert.Contains("PyTorch's legacy format", Of([.. new byte[257], .. "ustar"u8, .. new byte[250]]), StringComparison.Ordinal);
    }

    [Fact]
    public void UnwrappingAsksWhichModelIsMeant()
    {
        using var two = Read("}(U\u0005model}U\u0006module}u");
        Assert.Contains("it holds several models (model, module)", Assert.Throws<CheckpointException>(two.Unwrap).Message, StringComparison.Ordinal);
        using var one = Read("}(U\u0005modelU\u0003resU\u000astate_dict}q\0U\u0001aNsu");
        Assert.Equal("{'a':None}", Shown(one.Unwrap()));
    }

    [Fact]
    public void TwoTensorsOfOneNameAreRefused()
    {
        var tensor = Tensor(Storage("FloatStorage", "0", 4), 0, [4], [1]);
        using var file = Read("}(U\u0003a.b" + tensor + "U\u0001a}U\u0001b" + tensor + "su", ("a/data/0", new byte[16]));
        Assert.Contains("two of its tensors would be named a.b", Assert.Throws<CheckpointException>(file.Flatten).Message, StringComparison.Ordinal);
    }

    private static string Shown(PickleValue value) => value switch
    {
        PickleNone => "None",
        PickleBoolean truth => truth.Value ? "True" : "False",
        PickleInteger number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture),
        PickleReal number => number.Value.ToString(System.Globalization.CultureInfo.InvariantCulture) + "r",
        PickleText text => $"'{text.Value}'",
        PickleBytes bytes => "b" + Convert.ToHexString(bytes.Value.Span),
        PickleName name => name.Name,
        PickleList list => "[(<"[(int)list.Kind] + string.Join(' ', list.Items.Select(Shown)) + "])>"[(int)list.Kind],
        PickleMap map => "{" + string.Join(' ', map.Entries.Select(entry => $"{Shown(entry.Key)}:{Shown(entry.Value)}")) + "}",
        _ => throw new NotSupportedException(),
    };

    private PthFile Read(string opcodes, params (string Name, byte[] Bytes)[] more)
    {
        Archive.Save(Path, Bytes(opcodes), more);
        return PthFile.Read(Path);
    }

    private string Refusal(string opcodes, params (string Name, byte[] Bytes)[] more) => Assert.Throws<CheckpointException>(() => Read(opcodes, more)).Message;

    private string Refusal() => Assert.Throws<CheckpointException>(() => PthFile.Read(Path)).Message;
}
