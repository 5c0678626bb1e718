namespace Sosia.Torch.Tests;

public sealed class GradientTests
{
    private readonly Generator generator = new(1);

    [Fact]
    public void DerivativesOfOperatorsAreThoseOfDifferences()
    {
        using var scope = TensorScope.Enter();
        var (x, y) = (Draw(2, 3), Draw(2, 3));
        Expect.Gradients(t => (t[0] * t[1]) + (t[0] / (t[1] * t[1] + 1)) - t[0].Exp(), x, y);
        Expect.Gradients(t => t[0].MatMul(t[1].Transpose(0, 1)), x, y);
        Expect.Gradients(t => t[0].Softmax(-1), x);
        Expect.Gradients(t => t[0].LogSoftmax(0), x);
        Expect.Gradients(t => t[0].Gelu() + t[0].Tanh() + t[0].Sigmoid() + t[0].Silu() + t[0].Erf(), x);
        Expect.Gradients(t => t[0][.., 1..].Sum([0]) * t[0][0, 0], x);
        Expect.Gradients(t => Tensor.Cat([t[0], t[1]], dim: 1).CumSum(1).Roll([1], [1]), x, y);
        Expect.Gradients(t => t[0].Index([null, Tensor.Of([2L, 0, 2], 3)]), x);
        Expect.Gradients(t => t[0].Mean([1]).Unsqueeze(1) + t[0].Std([1], 1, keepdim: true) + t[0].LogSumExp([1], keepdim: true), x);
        Expect.Gradients(t => Tensor.Einsum("ij,kj->ik", [t[0], t[1]]), x, y);
        Expect.Gradients(t => t[0].CosineSimilarity(t[1], 1), x, y);
    }

    [Fact]
    public void DerivativesOfLayersAreThoseOfDifferences()
    {
        using var scope = TensorScope.Enter();
        Expect.Gradients(t => t[0].Linear(t[1], t[2]), Draw(2, 3), Draw(4, 3), Draw(4));
        Expect.Gradients(t => t[0].LayerNorm([4], t[1], t[2]), Draw(2, 4), Draw(4), Draw(4));
        Expect.Gradients(t => t[0].GroupNorm(2, t[1], t[2]), Draw(2, 4, 3), Draw(4), Draw(4));
        Expect.Gradients(t => t[0].BatchNorm(t[1], t[2], null, null, true, 0.1, 1e-5, false), Draw(3, 2, 2), Draw(2), Draw(2));
        Expect.Gradients(t => t[0].Conv2d(t[1], t[2], [1], [1]), Draw(1, 2, 3, 3), Draw(2, 2, 3, 3), Draw(2));
        Expect.Gradients(t => t[0].Conv3d(t[1], t[2], [2, 1, 1]), Draw(1, 1, 3, 3, 3), Draw(2, 1, 2, 2, 2), Draw(2));
        Expect.Gradients(t => t[0].ConvTranspose3d(t[1], t[2], [2]), Draw(1, 2, 2, 2, 1), Draw(2, 1, 2, 2, 2), Draw(1));
        Expect.Gradients(t => t[0].AvgPool3d([2]) + t[0].MaxPool3d([2]) + t[0].AdaptiveAvgPool3d([1, 1, 1]), Draw(1, 1, 2, 2, 2));
        Expect.Gradients(t => t[0].ScaledDotProductAttention(t[1], t[2]), Draw(1, 2, 3, 4), Draw(1, 2, 3, 4), Draw(1, 2, 3, 4));
        Expect.Gradients(t => t[0].Embedding(Tensor.Of([1L, 0, 1], 3)), Draw(2, 3));
        Expect.Gradients(t => t[0].CrossEntropyLoss(Tensor.Of([1L, 0], 2), labelSmoothing: 0.1), Draw(2, 3));
        Expect.Gradients(t => t[0].UpsampleBilinear2d([4, 4], false), Draw(1, 1, 2, 3));
    }

    [Fact]
    public void BackwardGathersInLeavesAndAdds()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0, 3], 2).RequireGrad();
        Assert.Null(x.Grad);
        (x * x).Sum().Backward();
        Expect.Close([4, 6], x.Grad!);
        (x * 3).Backward(Tensor.Of([1.0, 10], 2));
        Expect.Close([7, 36], x.Grad!);
        x.Grad = null;
        Assert.Null(x.Grad);
        x.Grad = Tensor.Of([1.0, 1], 2);
        Expect.Close([1, 1], x.Grad!);
        Assert.Throws<TorchArgumentException>(() => x.Grad = Tensor.Of([1f, 1], 2));
        Assert.Throws<TorchArgumentException>(() => x.Grad = Tensor.Of([1.0], 1));
    }

    [Fact]
    public void SecondDerivatives()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0, -1], 2).RequireGrad();
        var first = Tensor.Gradients([x.Pow(4).Sum()], [x], createGraph: true)[0]!;
        Expect.Close([32, -4], first);
        Assert.True(first.RequiresGrad);
        Expect.Close([48, 12], Tensor.Gradients([first.Sum()], [x])[0]!);
        Assert.Null(x.Grad);
        Expect.Gradients(Slope, Draw(3), Draw(3));
    }

    [Fact]
    public void AGraphIsUsedOnceUnlessRetained()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of(3.0).RequireGrad();
        var y = x * x;
        y.Backward(retainGraph: true);
        y.Backward();
        Expect.Close([12], x.Grad!);
        Assert.Contains("second time", Assert.Throws<TorchException>(() => y.Backward()).Message);
    }

    [Fact]
    public void WhatHasNoGradientSaysSo()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([1.0, 2], 2).RequireGrad();
        var apart = Tensor.Of(1.0).RequireGrad();
        Assert.Throws<TorchException>(() => Tensor.Of(1.0).Backward());
        Assert.Throws<TorchException>(() => (x * 2).Backward());
        Assert.Throws<TorchException>(() => (x * 2).Backward(Tensor.Of([1.0], 1)));
        Assert.Throws<TorchException>(() => Tensor.Gradients([x.Sum()], [apart]));
        Assert.Null(Tensor.Gradients([x.Sum()], [apart], allowUnused: true)[0]);
        Assert.Throws<TorchArgumentException>(() => Tensor.Gradients([x.Sum()], [x], [apart, apart]));
        Assert.Throws<TorchException>(() => Tensor.Of(1L).RequireGrad());
        Assert.Throws<TorchArgumentException>(() => (x * 2).RequireGrad(false));
        Assert.Throws<TorchException>(() => x.AddInPlace(1));
        var changed = x * 1;
        var square = changed * changed;
        changed.AddInPlace(1);
        Assert.Contains("modified by an inplace operation", Assert.Throws<TorchException>(() => square.Sum().Backward()).Message);
    }

    [Fact]
    public void LeavesAreThoseThatNothingMade()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of(1.0).RequireGrad();
        Assert.True(x.IsLeaf);
        Assert.False((x * 2).IsLeaf);
        Assert.True((x * 2).RequiresGrad);
        Assert.False((x * 2).Detach().RequiresGrad);
        Assert.False(x.Gt(0).RequiresGrad);
    }

    // d/dx of sin(x) exp(y), where nothing else is recorded, too.
    private static Tensor Slope(Tensor[] t)
    {
        using var grad = EnableGrad.Enter();
        var x = t[0].RequireGrad();
        return Tensor.Gradients([(x.Sin() * t[1].Exp()).Sum()], [x], createGraph: true)[0]!;
    }

    private Tensor Draw(params long[] shape) => Tensor.Randn(shape, generator, ScalarType.Float64);
}
