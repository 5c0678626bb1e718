namespace Sosia.Torch.Tests;

public sealed class GeneratorTests
{
    [Fact]
    public void EqualSeedsGiveEqualNumbers()
    {
        using var scope = TensorScope.Enter();
        using var one = new Generator(7);
        using var other = new Generator(7);
        var first = Draw(one);
        Assert.Equal(first, Draw(other));
        Assert.NotEqual(first, Draw(one));
        one.Reseed(7);
        Assert.Equal(first, Draw(one));
        using var third = new Generator(8);
        Assert.NotEqual(first, Draw(third));
    }

    [Fact]
    public void NumbersAreThoseOfPyTorch()
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator(0);
        Expect.Close([0.49625659, 0.76822180, 0.08847743], Tensor.Rand([3], generator)); // torch.manual_seed(0); torch.rand(3)
    }

    [Fact]
    public void AStateGoesOnWhereItWasTaken()
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator(7);
        _ = Draw(generator);
        var state = generator.State();
        var next = Draw(generator);
        generator.Restore(state);
        Assert.Equal(next, Draw(generator));
        using var fresh = new Generator(1);
        fresh.Restore(state);
        Assert.Equal(next, Draw(fresh));
        Assert.Throws<TorchException>(() => generator.Restore(Tensor.Zeros([3], ScalarType.UInt8)));
        Assert.Throws<TorchException>(() => generator.Restore(Tensor.Zeros([3])));
    }

    [Fact]
    public void TheSeedIsThatOfTheDefaultGenerator()
    {
        using var scope = TensorScope.Enter();
        using var shared = Generator.Default(Device.Cpu);
        var before = shared.State();
        Generator.Seed(3);
        using var own = new Generator(3);
        Assert.Equal(Draw(own), Draw(null));
        shared.Restore(before);
        Assert.Throws<TorchException>(() => Generator.Default(new Device(DeviceType.Meta)));
    }

    [Fact]
    public void ThreadsAreWhatWasAsked()
    {
        var before = TorchRuntime.Threads;
        TorchRuntime.Threads = 2;
        Assert.Equal(2, TorchRuntime.Threads);
        Assert.Throws<TorchArgumentException>(() => TorchRuntime.Threads = 0);
        Assert.Throws<TorchArgumentException>(() => TorchRuntime.Threads = 5000);
        Assert.Equal(2, TorchRuntime.Threads);
        TorchRuntime.Threads = before;
    }

    [Fact]
    public void TheRuntimeTellsWhatItIs()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", TorchRuntime.Version);
        Assert.Contains("PyTorch built with", TorchRuntime.Build);
        Assert.InRange(TorchRuntime.CudaDevices, 0, 64);
        Assert.Throws<InvalidOperationException>(() => TorchRuntime.Bridge = "elsewhere");
    }

    private static float[] Draw(Generator? generator) => Tensor.Randn([20], generator).ToArray<float>();
}
