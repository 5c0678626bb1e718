using System.Numerics;
using System.Runtime.InteropServices;
using Sosia.Torch.Checkpoints;

namespace Sosia.Torch.Tests.Checkpoints;

/// <summary>Files that PyTorch wrote: files/make.py.</summary>
public sealed class PthFileTests
{
    [Theory]
    [InlineData("state.pth")]
    [InlineData("protocol3.pth")]
    [InlineData("protocol4.pth")]
    [InlineData("protocol5.pth")]
    public void AStateDictIsRead(string name)
    {
        using var file = PthFile.Read(Archive.Golden(name));
        var state = file.Flatten();
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked"], state.Names);
        Assert.Equal("0.weight Float32 [2, 3]", state["0.weight"].ToString());
        Assert.Equal([0f, 1, 2, 3, 4, 5], Floats(state["0.weight"]));
        Assert.Equal((ScalarType.Int64, 0), (state["1.num_batches_tracked"].Type, state["1.num_batches_tracked"].Shape.Length));
        Assert.Same(file.Root, file.Unwrap());
    }

    [Fact]
    public void ACheckpointOfTrainingIsReadWhole()
    {
        using var file = PthFile.Read(Archive.Golden("training.pth"));
        var root = Assert.IsType<PickleMap>(file.Root);
        Assert.Equal(new PickleInteger(3), root["epoch"]);
        Assert.Equal(new PickleReal(0.75), root["best"]);
        Assert.Equal(new PickleInteger(-5), root["seen"]);
        Assert.Equal(new PickleInteger(-BigInteger.Pow(2, 70)), root["large"]);
        Assert.Equal([0, 255], Assert.IsType<PickleBytes>(root["bytes"]).Value.ToArray());
        Assert.Equal(new PickleName("torch.bfloat16"), root["dtype"]);
        Assert.Equal(new PickleText("cuda:1"), root["device"]);
        Assert.Equal([new PickleInteger(2), new PickleInteger(3)], Assert.IsType<PickleList>(root["shape"]).Items);
        Assert.Equal((PickleSequence.Set, new PickleInteger(1)), (((PickleList)root["kept"]!).Kind, ((PickleList)root["kept"]!).Items.Single()));
        Assert.Equal((PickleSequence.Set, new PickleInteger(2)), (((PickleList)root["frozen"]!).Kind, ((PickleList)root["frozen"]!).Items.Single()));
        Assert.Null(root["nothing"]);

        var arguments = Assert.IsType<PickleMap>(root["args"]);
        Assert.Equal(["lr", "name", "output", "resume", "amp"], arguments.Entries.Select(entry => ((PickleText)entry.Key).Value));
        Assert.Equal([new PickleReal(0.125), new PickleText("été"), new PickleText("/data/out"), PickleNone.Value, new PickleBoolean(true)], arguments.Entries.Select(entry => entry.Value));
        Assert.Equal(2, ((PickleMap)((PickleMap)root["scheduler"]!)["milestones"]!).Entries.Count);

        Assert.Contains("optimizer.state.0.exp_avg", file.Flatten().Names);
        Assert.Contains("model.module.0.weight", file.Flatten().Names);
        var model = file.Flatten(file.Unwrap());
        Assert.Equal([0f, 1, 2, 3, 4, 5], Floats(model["0.weight"]));
        Assert.Equal(7, model.Count);
        Assert.Equal(["weight", "bias"], model.Under("0.").Names);
    }

    [Fact]
    public void EveryTypeOfElementIsRead()
    {
        using var file = PthFile.Read(Archive.Golden("types.pth"));
        var tensors = file.Flatten();
        Assert.Equal([0d, 1, 2, 3, 4, 5], Values<double>(tensors["float64"]));
        Assert.Equal([0f, 1, 2, 3, 4, 5], Values<float>(tensors["float32"]));
        Assert.Equal([(Half)0, (Half)1, (Half)2, (Half)3, (Half)4, (Half)5], Values<Half>(tensors["float16"]));
        Assert.Equal([0f, 1, 2, 3, 4, 5], Values<ushort>(tensors["bfloat16"]).Select(bits => BitConverter.UInt32BitsToSingle((uint)bits << 16)));
        Assert.Equal([0L, 1, 2, 3, 4, 5], Values<long>(tensors["int64"]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values<int>(tensors["int32"]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values<short>(tensors["int16"]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values<sbyte>(tensors["int8"]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values<byte>(tensors["uint8"]));
        Assert.Equal([0f, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0], Values<float>(tensors["complex64"]));
        Assert.Equal([0, 1, 2, 3, 4, 5], Values<Complex>(tensors["complex128"]));
        Assert.Equal([1, 0, 1], Values<byte>(tensors["bool"]));
        Assert.Equal("Float64 Float32 Float16 BFloat16 Int64 Int32 Int16 Int8 UInt8 ComplexFloat ComplexDouble Bool", string.Join(' ', tensors.Tensors.Select(tensor => tensor.Type)));
    }

    [Fact]
    public void ViewsKeepTheirSharedStorage()
    {
        using var file = PthFile.Read(Archive.Golden("views.pth"));
        var tensors = file.Flatten();
        Assert.Equal([0f, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], Floats(tensors["turned"]));
        Assert.Equal([1f, 2, 5, 6, 9, 10], Floats(tensors["columns"]));
        Assert.Equal([4f, 5, 6, 7], Floats(tensors["row"]));
        Assert.Equal([0f, 2, 8, 10], Floats(tensors["every second"]));
        Assert.Equal([0f, 0, 0, 0, 0, 4, 4, 4, 4, 4, 8, 8, 8, 8, 8], Floats(tensors["repeated"]));
        Assert.Equal(Enumerable.Range(0, 24).Select(at => (float)((at / 6) + (12 * (at / 3 % 2)) + (4 * (at % 3)))), Floats(tensors["cube"]));
        Assert.Equal(Enumerable.Range(0, 12).Select(at => (float)at), Floats(tensors["channels last"]));
        Assert.Equal([7L], Values<long>(tensors["scalar"]));
        Assert.Equal("empty Float32 [0, 3]", tensors["empty"].ToString());
        Assert.Empty(Floats(tensors["empty"]));
        Assert.All(["again", "turned", "columns", "row", "every second", "repeated"], name => Assert.Same(tensors["whole"].Storage, tensors[name].Storage));
        Assert.NotSame(tensors["whole"].Storage, tensors["cube"].Storage);
        Assert.True(tensors["whole"].Contiguous().Overlaps(tensors["row"].Contiguous()));
        Assert.False(tensors["channels last"].IsContiguous);
    }

    [Fact]
    public void ParametersAreTensors()
    {
        using var file = PthFile.Read(Archive.Golden("parameters.pth"));
        Assert.Equal(["0", "1"], file.Flatten().Names);
        Assert.Equal([0f, 1, 2], Floats(file.Flatten()["1"]));
    }

    [Theory]
    [InlineData("legacy.pth", "cannot read legacy.pth: PyTorch's legacy format (before 1.6); save it again with torch.save(torch.load(FILE), FILE)")]
    [InlineData("command.pth", "cannot read command.pth: it holds a Python object that is not data (posix.system); only tensors, containers and numbers are read")]
    [InlineData("module.pth", "cannot read module.pth: it holds a Python object that is not data (torch.nn.modules.linear.Linear); only tensors, containers and numbers are read")]
    [InlineData("script.pth", "cannot read script.pth: it is a TorchScript program (torch.jit.save); save the module's state_dict() with torch.save")]
    [InlineData("example.safetensors", "cannot read example.safetensors: it is no file of torch.save (no zip archive)")]
    public void OtherThingsAreRefusedByName(string name, string message) => Assert.Equal(message, Assert.Throws<CheckpointException>(() => PthFile.Read(Archive.Golden(name))).Message);

    private static float[] Floats(StoredTensor tensor) => Values<float>(tensor);

    private static T[] Values<T>(StoredTensor tensor)
        where T : struct => MemoryMarshal.Cast<byte, T>(tensor.Contiguous()).ToArray();
}
