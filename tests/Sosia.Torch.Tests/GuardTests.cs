namespace Sosia.Torch.Tests;

public sealed class GuardTests
{
    [Fact]
    public void GradModesNestAndEnd()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of(1f).RequireGrad();
        bool Recorded() => (x * 2).RequiresGrad;
        Assert.True(Recorded());
        using (NoGrad.Enter())
        {
            Assert.False(Recorded());
            using (EnableGrad.Enter())
            {
                Assert.True(Recorded());
                using (NoGrad.Enter())
                {
                    Assert.False(Recorded());
                }

                Assert.True(Recorded());
            }

            Assert.False(Recorded());
        }

        Assert.True(Recorded());
        Assert.Throws<TorchException>(() =>
        {
            using var noGrad = NoGrad.Enter();
            _ = x.MatMul(x);
        });
        Assert.True(Recorded());
    }

    [Fact]
    public void AModeBelongsToItsThread()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of(1f).RequireGrad();
        using var noGrad = NoGrad.Enter();
        var recorded = false;
        var other = new Thread(() =>
        {
            using var product = x * 2;
            recorded = product.RequiresGrad;
        });
        other.Start();
        other.Join();
        Assert.True(recorded);
    }

    [Fact]
    public void WhatIsBornInInferenceModeTakesPartInNoGraph()
    {
        using var scope = TensorScope.Enter();
        var weight = Tensor.Of(2f).RequireGrad();
        Tensor born;
        using (InferenceMode.Enter())
        {
            born = weight * 3;
            using (InferenceMode.Enter())
            {
                Assert.False((weight * 3).RequiresGrad);
            }

            Assert.False((weight * 3).RequiresGrad);
        }

        Assert.False(born.RequiresGrad);
        Assert.True((weight * 3).RequiresGrad);
        Assert.Throws<TorchException>(() => weight * born); // it would have to be saved for backward
    }

    [Fact]
    public void AutocastComputesInHalfPrecisionAndEnds()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Ones([2, 2]);
        ScalarType Type() => x.MatMul(x).Type;
        using (Autocast.Enter(DeviceType.Cpu))
        {
            Assert.Equal(ScalarType.BFloat16, Type());
            Assert.Equal(ScalarType.Float32, (x + x).Type);
            using (Autocast.Enter(DeviceType.Cpu, enabled: false))
            {
                Assert.Equal(ScalarType.Float32, Type());
            }

            Assert.Equal(ScalarType.BFloat16, Type());
        }

        Assert.Equal(ScalarType.Float32, Type());
        Assert.Throws<TorchArgumentException>(() => Autocast.Enter(DeviceType.Meta).Dispose());
    }

    [Fact]
    public void GradientsPassThroughAutocast()
    {
        using var scope = TensorScope.Enter();
        var weight = Tensor.Ones([2, 2]).RequireGrad();
        using (Autocast.Enter(DeviceType.Cpu))
        {
            (weight.MatMul(weight) * 2).Sum().Backward();
        }

        Assert.Equal(ScalarType.Float32, weight.Grad!.Type);
        Expect.Close([8, 8, 8, 8], weight.Grad!);
    }
}
