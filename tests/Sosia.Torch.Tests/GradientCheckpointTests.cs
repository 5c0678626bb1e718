namespace Sosia.Torch.Tests;

public sealed class GradientCheckpointTests : IDisposable
{
    private readonly Sequential network = new(new Linear(6, 8), new Activation(x => x.Gelu()), new Dropout(0.5), new Linear(8, 6));

    [Fact]
    public void ItIsThePlainRunInLessMemory() => Same(network.Forward, x => GradientCheckpoint.Run(t => network.Forward(t[0]), Device.Cpu, x));

    [Fact]
    public void Nested() => Same(
        x => network.Forward(network.Forward(x)),
        x => GradientCheckpoint.Run(t => network.Forward(GradientCheckpoint.Run(u => network.Forward(u[0]), Device.Cpu, t[0])), Device.Cpu, x));

    [Fact]
    public void OneAfterTheOther() => Same(
        x => network.Forward(network.Forward(x)),
        x => GradientCheckpoint.Run(t => network.Forward(t[0]), Device.Cpu, GradientCheckpoint.Run(t => network.Forward(t[0]), Device.Cpu, x)));

    [Fact]
    public void UnderAutocast()
    {
        Tensor Half(Func<Tensor, Tensor> part, Tensor x)
        {
            using var autocast = Autocast.Enter(DeviceType.Cpu);
            return part(x);
        }

        Same(x => Half(network.Forward, x), x => Half(y => GradientCheckpoint.Run(t => network.Forward(t[0]), Device.Cpu, y), x));
    }

    [Fact]
    public void WhatNeedsNoGradientMayBeAnInput()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Ones([2, 3]).RequireGrad();
        var chosen = Tensor.Of([1L, 1, 0], 3);
        GradientCheckpoint.Run(t => t[0].IndexSelect(0, t[1]) * 2, Device.Cpu, x, chosen).Sum().Backward();
        Expect.Close([2, 2, 2, 4, 4, 4], x.Grad!);
    }

    [Fact]
    public void NothingIsKeptWhereNothingIsRecorded()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        Assert.False(GradientCheckpoint.Run(t => t[0] * 2, Device.Cpu, Tensor.Ones([1]).RequireGrad()).RequiresGrad);
    }

    [Fact]
    public void AnErrorInTheSecondRunArrivesAndLeavesTheRandomNumbers() => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        using var shared = Generator.Default(Device.Cpu);
        var x = Tensor.Ones([4]).RequireGrad();
        var runs = 0;
        var output = GradientCheckpoint.Run(t => runs++ == 0 ? t[0].Dropout(0.5, true) : throw new NotSupportedException("out of luck"), Device.Cpu, x);
        var before = shared.State();
        Assert.Contains("out of luck", Assert.Throws<TorchException>(() => output.Sum().Backward()).Message);
        Assert.Equal(before.ToArray<byte>(), shared.State().ToArray<byte>());
    });

    public void Dispose() => network.Dispose();

    // Output, gradients of input and parameters, and the random numbers that follow.
    private void Same(Func<Tensor, Tensor> plain, Func<Tensor, Tensor> checkpointed) => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var expected = Run(plain);
        var actual = Run(checkpointed);
        Assert.Equal(expected.Count, actual.Count);
        foreach (var (e, a) in expected.Zip(actual))
        {
            Assert.Equal(e.To(ScalarType.Float64).ToArray<double>(), a.To(ScalarType.Float64).ToArray<double>());
        }

        network.ZeroGrad();
    });

    private List<Tensor> Run(Func<Tensor, Tensor> part)
    {
        Generator.Seed(5);
        network.ZeroGrad();
        var x = Tensor.Randn([3, 6]).RequireGrad();
        var output = part(x);
        (output * output).Sum().Backward();
        return [output.Detach(), x.Grad!, .. network.Parameters().Select(p => p.Grad!), Tensor.Rand([4])];
    }
}
