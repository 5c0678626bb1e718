namespace Sosia.Torch.Tests;

public sealed class ModuleTests
{
    [Fact]
    public void NamesAreThoseOfPyTorch()
    {
        using var network = Network();
        Assert.Equal(
            ["0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "3.0.qkv.weight", "3.0.qkv.bias", "3.0.proj.weight", "3.0.proj.bias"],
            network.NamedState().Select(p => p.Name));
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "3.0.qkv.weight", "3.0.qkv.bias", "3.0.proj.weight", "3.0.proj.bias"], network.NamedParameters().Select(p => p.Name));
        Assert.Equal(["", "0", "1", "2", "3", "3.0", "3.0.qkv", "3.0.proj"], network.NamedModules().Select(m => m.Name));
        Assert.Equal((6 * 4) + 4 + 10 + (12 * 4) + 12 + 16 + 4, network.CountParameters());
        Assert.All(network.Parameters(), p => Assert.True(p.RequiresGrad && p.IsLeaf));
    }

    [Fact]
    public void EntriesOfAPartWithoutANameAreNamedAsIfTheyWereTheModulesOwn()
    {
        using var network = new Wrapping();
        Assert.Equal(["0.weight", "0.bias", "last.weight", "last.bias"], network.NamedState().Select(p => p.Name));
        Assert.Equal(network.NamedState().Select(p => p.Name), network.NamedParameters().Select(p => p.Name));
        Assert.Equal(["", "", "0", "last"], network.NamedModules().Select(m => m.Name));
    }

    [Fact]
    public void AStateIsCopied()
    {
        using var scope = TensorScope.Enter();
        using var from = Network();
        using var into = Network();
        into.Load(from.NamedState());
        Assert.All(from.NamedState().Zip(into.NamedState()), pair => Expect.Close(pair.First.Tensor, pair.Second.Tensor, 0));
        Assert.All(into.Parameters(), p => Assert.True(p.IsLeaf));
        into.Load(from.NamedState().Select(s => (s.Name, s.Tensor.Detach().To(ScalarType.Float64))));
        Assert.All(into.Parameters(), p => Assert.Equal(ScalarType.Float32, p.Type));
        Init.Constant(from.Parameters().First(), 3);
        Assert.NotEqual(3, into.Parameters().First()[0, 0].Item());
    }

    [Fact]
    public void EverythingThatDoesNotFitIsListed()
    {
        using var scope = TensorScope.Enter();
        using var network = new Sequential(new Linear(2, 3), new Linear(3, 1));
        var before = network.Parameters().Select(Expect.Values).ToList();
        (string, Tensor)[] state = [("0.weight", Tensor.Ones([3, 2])), ("0.bias", Tensor.Ones([4])), ("1.weight", Tensor.Ones([3])), ("head", Tensor.Ones([1])), ("tail", Tensor.Ones([1]))];
        var error = Assert.Throws<StateMismatchException>(() => network.Load(state));
        Assert.Equal(["1.bias"], error.Missing);
        Assert.Equal(["head", "tail"], error.Unexpected);
        Assert.Equal(["0.bias is float32[4] instead of float32[3]", "1.weight is float32[3] instead of float32[1, 3]"], error.Shapes);
        Assert.Contains("\n  missing: 1.bias\n  unexpected: head, tail\n  of another shape: 0.bias is", error.Message);
        Assert.Equal(before, network.Parameters().Select(Expect.Values)); // nothing was changed
        Assert.Throws<StateMismatchException>(() => network.Load(state, strict: false));
        network.Load([state[0], state[3]], strict: false);
        Expect.Close([1, 1, 1, 1, 1, 1], network.Parameters().First());
    }

    [Fact]
    public void MovingKeepsTheHandlesAndTheirGradients()
    {
        using var scope = TensorScope.Enter();
        using var network = new Sequential(new Linear(2, 3), new BatchNorm(3));
        var handles = network.Parameters().ToList();
        var before = handles.Select(Expect.Values).ToList();
        network.Forward(Tensor.Ones([2, 2])).Sum().Backward();
        network.To(Device.Cpu, ScalarType.Float64);
        Assert.All(network.Parameters().Zip(handles), pair => Assert.Same(pair.First, pair.Second));
        Assert.Equal(before, handles.Select(p => p.ToArray<double>()));
        Assert.All(handles, p => Assert.True(p.RequiresGrad && p.IsLeaf && p.Grad!.Type == ScalarType.Float64));
        Assert.Equal(ScalarType.Int64, network.NamedState().Last().Tensor.Type); // the count of batches is no floating number
        network.Forward(Tensor.Ones([2, 2], ScalarType.Float64)).Sum().Backward();
        network.To(Device.Cpu, ScalarType.BFloat16);
        network.To(Device.Cpu, ScalarType.Float32);
        network.Forward(Tensor.Ones([2, 2])).Sum().Backward();
    }

    [Fact]
    public void TrainingAndUseReachEveryPart()
    {
        using var network = Network();
        bool[] Training() => [.. network.NamedModules().Select(m => m.Module.IsTraining).Distinct()];
        Assert.Equal([true], Training());
        network.Eval();
        Assert.Equal([false], Training());
        network.Train();
        Assert.Equal([true], Training());
        network.RequireGrad(false);
        Assert.All(network.Parameters(), p => Assert.False(p.RequiresGrad));
    }

    [Fact]
    public void AModuleIsFreedWithItsParts() => Expect.NoLeak(() =>
    {
        Sequential network;
        using (TensorScope.Enter())
        {
            network = Network(); // outlives the scope
        }

        Assert.All(network.Parameters(), p => Assert.False(p.IsClosed));
        using (TensorScope.Enter())
        {
            network.Forward(Tensor.Randn([2, 5, 6])).Sum().Backward();
        }

        network.Dispose();
        network.Dispose();
        Assert.All(network.Parameters(), p => Assert.True(p.IsClosed));
    });

    [Fact]
    public void ALayerOfASequenceMustBeAModule() => Assert.Throws<ArgumentException>(() => new Sequential(new NoModule()));

    private static Sequential Network() => new(
        new Linear(6, 4),
        new BatchNorm(5),
        new Dropout(0.1),
        new Sequential(new MultiHeadAttention(4, 2)));

    private sealed class NoModule : ILayer
    {
        public Tensor Forward(Tensor input) => input;
    }

    private sealed class Wrapping : Module
    {
        public Wrapping()
        {
            Part("", new Sequential(new Linear(2, 3)));
            Part("last", new Linear(3, 1));
        }
    }
}
