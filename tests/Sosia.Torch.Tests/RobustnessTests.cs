namespace Sosia.Torch.Tests;

public sealed class RobustnessTests
{
    private static readonly Operator Add = new("aten::add", "Tensor");

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RandomCallsEndInTypedErrors(int seed)
    {
        var said = Child.Run("fuzz", $"{seed}", "10000");
        Assert.EndsWith(" succeeded, 0 tensors are left\n", said);
        var succeeded = int.Parse(said.Split('\n')[^2].Split(' ')[0]);
        Assert.InRange(succeeded, 1500, 9999); // enough of them reach a kernel
    }

    [Fact]
    public void OperatorsThatAreLeftOutAreOperators() =>
        Assert.Empty(Fuzz.LeftOut.Keys.Except(Fuzz.Generated.Select(op => op.Name)));

    [Fact]
    public void CountsAndKindsAreChecked()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Ones([2]);
        Refused("argument 'self' (Tensor) is missing", () => Add.Tensor());
        Refused("argument 'other' (Tensor) is missing", () => Add.Tensor(x));
        Refused("takes 3 arguments, not 4", () => Add.Tensor(x, x, 1, 2));
        Refused("more than any operator takes", () => Add.Tensor(new Value[65]));
        Refused("argument 'other' (Tensor) cannot be an int", () => Add.Tensor(x, 1));
        Refused("argument 'other' (Tensor) cannot be none", () => Add.Tensor(x, Value.None));
        Refused("argument 'other' (Tensor) cannot be none", () => Add.Tensor(x, (Tensor?)null));
        Refused("argument 'alpha' (Scalar) cannot be a string", () => Add.Tensor(x, x, "1"));
        Refused("cannot be a list of tensors", () => Add.Tensor(new[] { x }, x));
        Refused("is an undefined tensor", () => new Operator("aten::cat").Tensor(new[] { x, null }));
        Refused("cannot be none", () => new Operator("aten::cat").Tensor((Tensor?[]?)null));
        Refused("has 3 elements instead of 2", () => Tensor.Ones([1, 1, 4, 4]).AvgPool2d([1, 2, 3]));
        Refused("has 1 elements, and the first list has 2", () => Tensor.ForeachMulInPlace([x, x], [1.0]));
        Refused("has no value 99", () => x.To((ScalarType)99));
        Refused("is no device that is known here", () => x.To(new Device((DeviceType)77)));
    }

    [Fact]
    public void AnErrorNamesTheOperatorItsArgumentsAndTheReason()
    {
        using var scope = TensorScope.Enter();
        var message = Assert.Throws<TorchException>(() => Tensor.Ones([2, 3]).MatMul(Tensor.Ones([2, 3]))).Message;
        Assert.Equal("aten::matmul(float32[2, 3], float32[2, 3]): mat1 and mat2 shapes cannot be multiplied (2x3 and 2x3)", message);
        Assert.DoesNotContain("frame #", message);
    }

    [Fact]
    public void LibtorchLeavesDotnetItsSignals()
    {
        TorchRuntime.Load();
        string? nothing = null;
        Assert.Throws<NullReferenceException>(() => nothing!.Length);
    }

    [Fact]
    public void UnknownOperatorsAreToldByName()
    {
        var unknown = new Operator("aten::no_such_thing", "Tensor");
        Assert.False(unknown.Exists);
        Assert.Contains("aten::no_such_thing.Tensor", Assert.Throws<UnknownOperatorException>(() => unknown.Tensor()).Message);
        Assert.Throws<UnknownOperatorException>(() => new Operator("").Schema);
        Assert.Throws<UnknownOperatorException>(() => new Operator("::").Schema);
        Assert.True(Add.Exists);
    }

    [Fact]
    public void OneElementStandsForAListOfFixedLength()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal([1L, 1, 2, 1], Tensor.Ones([1, 1, 4, 2]).AvgPool2d([2]).Shape);
    }

    [Fact]
    public void DevicesThatAreNotThereAreRefused()
    {
        using var scope = TensorScope.Enter();
        Assert.ThrowsAny<TorchException>(() => Tensor.Ones([1], device: Device.Cuda(100)));
        Assert.ThrowsAny<TorchException>(() => Tensor.Ones([1], device: new Device((DeviceType)9)));
        Assert.ThrowsAny<TorchException>(() => Tensor.Ones([1], device: new Device(DeviceType.Meta)).ToArray<float>());
    }

    [Fact]
    public void SparseAndLazyTensorsAreNamedAndNotRead()
    {
        using var scope = TensorScope.Enter();
        var sparse = new Operator("aten::to_sparse").Tensor(Tensor.Eye(2));
        Assert.Equal([2L, 2], sparse.Shape);
        Assert.False(sparse.IsContiguous);
        Assert.Contains("float32[2, 2], [4]", Assert.ThrowsAny<TorchException>(() => sparse.View([4])).Message);
        Assert.ThrowsAny<TorchException>(() => sparse.ToArray<float>());
        Assert.ThrowsAny<TorchException>(() => new Operator("aten::_neg_view").Tensor(Tensor.Ones([2])).ToArray<float>()); // its memory holds 1
    }

    private static void Refused(string why, Action call) => Assert.Contains(why, Assert.Throws<TorchArgumentException>(call).Message);
}
