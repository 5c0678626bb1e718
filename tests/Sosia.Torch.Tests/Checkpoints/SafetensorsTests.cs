using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Torch.Checkpoints;

namespace Sosia.Torch.Tests.Checkpoints;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void AFileOfTheFormatIsRead()
    {
        using var file = Safetensors.Read(Archive.Golden("example.safetensors"));
        Assert.Equal(["b", "a", "z", "h", "é\"\n", "flags"], file.Tensors.Names);
        Assert.Equal(new Dictionary<string, string> { ["format"] = "pt", ["made by"] = "hand" }, file.Metadata);
        Assert.Equal([2L, 3], file.Tensors["a"].Shape.ToArray());
        Assert.Equal([0f, 1, 2, 3, 4, 5], MemoryMarshal.Cast<byte, float>(file.Tensors["a"].Contiguous()).ToArray());
        Assert.Equal([0d, 1], MemoryMarshal.Cast<byte, double>(file.Tensors["b"].Contiguous()).ToArray());
        Assert.Equal(0, file.Tensors["z"].Shape.Length);
        Assert.Equal((ScalarType.Float16, 0), (file.Tensors["h"].Type, file.Tensors["h"].Count));
        Assert.Equal((ScalarType.Bool, 1), (file.Tensors["flags"].Type, file.Tensors["flags"].Contiguous()[0]));
    }

    [Fact]
    public void WritingGivesTheSameBytesInAnyOrder()
    {
        using var file = Safetensors.Read(Archive.Golden("example.safetensors"));
        foreach (var seed in Enumerable.Range(0, 5))
        {
            var shuffled = file.Tensors.Tensors.ToArray();
            new Random(seed).Shuffle(shuffled);
            Safetensors.Write(folder.At("x"), shuffled, file.Metadata);
            Assert.Equal(Convert.ToHexString(File.ReadAllBytes(Archive.Golden("example.safetensors"))), Convert.ToHexString(File.ReadAllBytes(folder.At("x"))));
        }

        Assert.Equal(["x"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void TheHeaderIsThatOfTheReferenceImplementation()
    {
        Safetensors.Write(folder.At("x"), [new StoredTensor("test", ScalarType.Int32, [2, 2], new byte[16])]);
        var bytes = File.ReadAllBytes(folder.At("x"));
        Assert.Equal("{\"test\":{\"dtype\":\"I32\",\"shape\":[2,2],\"data_offsets\":[0,16]}}", Header(bytes).TrimEnd());
        Assert.Equal(0, (bytes.Length - 16) % 8);
        Safetensors.Write(folder.At("empty"), []);
        Assert.Equal("\b\0\0\0\0\0\0\0{}      "u8.ToArray(), File.ReadAllBytes(folder.At("empty")));
    }

    [Fact]
    public void LargeAlignmentComesFirstThenNamesByTheirBytes()
    {
        ScalarType[] order = [ScalarType.Int64, ScalarType.Float64, ScalarType.Float32, ScalarType.Int32, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Int16, ScalarType.Int8, ScalarType.UInt8, ScalarType.Bool];
        var names = new[] { "a", "b.1", "b1", "\uffee", "\U0001F600" };
        var tensors = order.SelectMany((type, place) => names.Select(name => new StoredTensor($"{name}/{place}", type, [1], new byte[type.ElementSize()]))).ToArray();
        new Random(1).Shuffle(tensors);
        Safetensors.Write(folder.At("x"), tensors);
        using var file = Safetensors.Read(folder.At("x"));
        Assert.Equal(order.SelectMany((_, place) => names.Select(name => $"{name}/{place}")), file.Tensors.Names);
    }

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        var types = Enum.GetValues<ScalarType>().Where(type => type is not (ScalarType.ComplexHalf or ScalarType.ComplexFloat or ScalarType.ComplexDouble)).ToArray();
        var one = from name in ArbMap.Default.GeneratorFor<NonNull<string>>()
                  from type in Gen.Elements(types)
                  from shape in Gen.Choose(0, 3).ListOf()
                  from seed in Gen.Choose(0, 1000)
                  select Tensor(Scalars(name.Get), type, [.. shape.Take(5).Select(n => (long)n)], seed);
        var all = from tensors in one.ListOf()
                  from metadata in Gen.Choose(0, 2)
                  select (tensors: tensors.DistinctBy(tensor => tensor.Name).ToList(), metadata);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(all.ToArbitrary(), given =>
        {
            var metadata = Enumerable.Range(0, given.metadata).ToDictionary(n => $"key\u2028 {n}", n => $"<é \"{n}\">");
            Safetensors.Write(folder.At("x"), given.tensors, metadata);
            using var file = Safetensors.Read(folder.At("x"));
            Assert.Equal(metadata, file.Metadata);
            Assert.Equal(given.tensors.Count, file.Tensors.Count);
            Assert.All(given.tensors, tensor =>
            {
                var read = file.Tensors[tensor.Name];
                Assert.Equal((tensor.Type, string.Join(',', tensor.Shape.ToArray())), (read.Type, string.Join(',', read.Shape.ToArray())));
                Assert.Equal(tensor.Contiguous().ToArray(), read.Contiguous().ToArray());
            });
        }));
    }

    [Fact]
    public void ALargeFileIsMapped()
    {
        Safetensors.Write(folder.At("x"), [new StoredTensor("x", ScalarType.UInt8, [64 << 20], new byte[64 << 20])]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = Safetensors.Read(folder.At("x"));
        Assert.Equal(64 << 20, file.Tensors["x"].Contiguous().Length);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.Tensors["x"].Contiguous().Length);
    }

    [Fact]
    public void ASpanOfAFileThatNobodyClosedStaysReadable()
    {
        Safetensors.Write(folder.At("x"), [new StoredTensor("x", ScalarType.UInt8, [1 << 20], Enumerable.Repeat((byte)7, 1 << 20).ToArray())]);
        var bytes = Forgotten(folder.At("x"));
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)7)); // Unmapped memory would end the process.
    }

    [Theory]
    [InlineData("", "it is empty", true)]
    [InlineData("1234567", "it ends within its first number", true)]
    [InlineData("12345678", "its header would have 4050765991979987505 bytes", true)]
    [InlineData("[]", "its header is no JSON object")]
    [InlineData(" {}", "its header is no JSON object")]
    [InlineData("{\"a\"", "its header is damaged")]
    [InlineData("{}x", "its header is damaged")]
    [InlineData("{}{}", "its header is damaged")]
    [InlineData("{\"a\":1}", "tensor a: StartObject expected, Number found")]
    [InlineData("{\"a\\nb\":1}", "tensor a\\u000ab: StartObject expected")]
    [InlineData("{\"\\ud800\":1}", "its header is damaged")]
    [InlineData("{\"__metadata__\":{\"a\":1}}", "String expected, Number found")]
    [InlineData("{\"__metadata__\":{\"a\":\"\",\"a\":\"\"}}", "its metadata has a twice")]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", "tensor __metadata__: it is there twice")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", "tensor a: it is there twice")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", "tensor a: two fields dtype")]
    [InlineData("{\"a\":{\"shape\":[0],\"data_offsets\":[0,0]}}", "it lacks its dtype")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0]}}", "it lacks its dtype, its shape or its data_offsets")]
    [InlineData("{\"a\":{\"dtype\":\"F8_E4M3\",\"shape\":[0],\"data_offsets\":[0,0]}}", "elements of type F8_E4M3 are not read here")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[-1],\"data_offsets\":[0,0]}}", "no list of so many whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1.5],\"data_offsets\":[0,0]}}", "no list of so many whole numbers")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}", "more elements than can be counted")]
    [InlineData("{\"a\":{\"dtype\":\"F64\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", "takes 36893488147419103232 bytes")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", "it begins at byte 1, the one before it ends at 0")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[1,3]}}", "tensor b: it begins at byte 1, the one before it ends at 2")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,1]}}", "UInt8 [2] takes 2 bytes, it has bytes 0 to 1")]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]}}", "it is cut off: its tensors take 2 bytes, 0 are there")]
    public void EveryBrokenRuleIsNamed(string header, string reason, bool bare = false)
    {
        var text = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        File.WriteAllBytes(folder.At("x\n.safetensors"), bare ? text : [.. length, .. text]);
        var problem = Assert.Throws<CheckpointException>(() => Safetensors.Read(folder.At("x\n.safetensors")));
        Assert.StartsWith("cannot read x\\u000a.safetensors: ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(reason, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void BytesBehindTheLastTensorAreRefused()
    {
        File.WriteAllBytes(folder.At("x"), [.. File.ReadAllBytes(Archive.Golden("example.safetensors")), 0]);
        Assert.Contains("bytes are left over", Assert.Throws<CheckpointException>(() => Safetensors.Read(folder.At("x"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatCannotBeWrittenIsNamedAndLeavesTheOldFile()
    {
        File.WriteAllText(folder.At("x"), "old");
        string Refused(params StoredTensor[] tensors) => Assert.Throws<CheckpointException>(() => Safetensors.Write(folder.At("x"), tensors)).Message;
        var plain = new StoredTensor("a", ScalarType.UInt8, [1], new byte[1]);
        Assert.Equal("cannot write x: tensor a: two tensors have this name", Refused(plain, plain));
        Assert.Equal("cannot write x: tensor c: the format has no ComplexFloat", Refused(new StoredTensor("c", ScalarType.ComplexFloat, [1], new byte[8])));
        Assert.Equal("cannot write x: tensor __metadata__: a tensor has the name of the metadata", Refused(plain.Named("__metadata__")));
        Assert.Equal("old", File.ReadAllText(folder.At("x")));
        Assert.Equal("cannot write y: its folder is not there", Assert.Throws<CheckpointException>(() => Safetensors.Write(folder.At("no/y"), [plain])).Message);
        Assert.EndsWith(": it is a folder", Assert.Throws<CheckpointException>(() => Safetensors.Write(folder.Path, [plain])).Message, StringComparison.Ordinal);
        Assert.Equal(["x"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void AFailureWhileWritingLeavesNothing()
    {
        File.WriteAllText(folder.At("x"), "old");
        using var source = Safetensors.Read(Archive.Golden("example.safetensors"));
        source.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Safetensors.Write(folder.At("x"), source.Tensors.Tensors));
        Assert.Equal("old", File.ReadAllText(folder.At("x")));
        Assert.Equal(["x"], Directory.GetFiles(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void AMissingFileAndAFolderAreNamed()
    {
        Assert.Equal("cannot read no: there is no such file", Assert.Throws<CheckpointException>(() => Safetensors.Read(folder.At("no"))).Message);
        Assert.EndsWith(": it is a folder", Assert.Throws<CheckpointException>(() => Safetensors.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.EndsWith("null: it is empty", Assert.Throws<CheckpointException>(() => Safetensors.Read("/dev/null")).Message, StringComparison.Ordinal);
    }

    private static StoredTensor Tensor(string name, ScalarType type, long[] shape, int seed)
    {
        var bytes = new byte[shape.Aggregate(1L, (product, size) => product * size) * type.ElementSize()];
        new Random(seed).NextBytes(bytes);
        return new StoredTensor(name, type, shape, bytes);
    }

    // No lone surrogates (JSON has none), and never the metadata's name.
    private static string Scalars(string text) => "t" + new string([.. text.EnumerateRunes().SelectMany(rune => rune.ToString())]);

    private static string Header(byte[] file) => Encoding.UTF8.GetString(file, 8, (int)BinaryPrimitives.ReadInt64LittleEndian(file));

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<byte> Forgotten(string path) => Safetensors.Read(path).Tensors["x"].Contiguous();
}
