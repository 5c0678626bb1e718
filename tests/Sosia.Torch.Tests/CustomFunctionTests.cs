namespace Sosia.Torch.Tests;

public sealed class CustomFunctionTests
{
    [Fact]
    public void TheDerivativeIsTheOneThatWasWritten() => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0, 3], 2).RequireGrad();
        var y = Tensor.Of([5.0, 7], 2).RequireGrad();
        (Product(x, y) * 10).Sum().Backward();
        Expect.Close([50, 70], x.Grad!);
        Expect.Close([20, 30], y.Grad!);
        Expect.Close([5, 7], Tensor.Gradients([Product(x, y).Sum()], [x])[0]!);
    });

    [Fact]
    public void InputsWithoutAGradientGetNone()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0], 1).RequireGrad();
        var y = Tensor.Of([5.0], 1);
        Product(x, y).Backward();
        Expect.Close([5], x.Grad!);
        Assert.Null(y.Grad);
        Assert.False(Product(y, y).RequiresGrad);
        using var noGrad = NoGrad.Enter();
        Assert.False(Product(x, x).RequiresGrad);
    }

    [Fact]
    public void SeveralOutputsSomeUnused()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0], 1).RequireGrad();
        var arrived = new List<bool>();
        Tensor[] outputs;
        using (NoGrad.Enter())
        {
            outputs = [x * 2, x * 3];
        }

        CustomFunction.Attach([x], outputs, [], (gradients, _) =>
        {
            arrived.AddRange(gradients[0] is null, gradients[1] is null);
            return [gradients[1]! * 3];
        });
        outputs[1].Backward();
        Assert.Equal([true, false], arrived);
        Expect.Close([3], x.Grad!);
    }

    [Fact]
    public void AnExceptionInsideArrivesWithItsMessage() => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        Assert.Contains("no such slope: é", Assert.Throws<TorchException>(() => Attached((_, _) => throw new NotSupportedException("no such slope: é")).Backward()).Message);
        Assert.Contains("cannot be multiplied", Assert.Throws<TorchException>(() => Attached((g, _) => [Tensor.Ones([2, 3]).MatMul(Tensor.Ones([2, 3]))]).Backward()).Message);
        Assert.Contains("2 gradients for 1 inputs", Assert.Throws<TorchException>(() => Attached((g, _) => [g[0], g[0]]).Backward()).Message);
        Assert.Contains("invalid gradient", Assert.Throws<TorchException>(() => Attached((g, _) => [Tensor.Ones([7], ScalarType.Float64)]).Backward()).Message);
        Assert.Throws<TorchException>(() => Attached((_, _) => throw new NotSupportedException(new string('x', 5000))).Backward());
        Assert.Contains("disposed", Assert.Throws<TorchException>(() => Attached(Freed).Backward()).Message);
        Assert.Throws<TorchException>(() => Attached((_, _) => null!).Backward());
    });

    [Fact]
    public void SavedTensorsAreFreedByTheFirstUse()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0], 1).RequireGrad();
        var product = Product(x, x.Detach());
        product.Backward(retainGraph: true);
        product.Backward();
        Expect.Close([4], x.Grad!);
        Assert.Contains("twice", Assert.Throws<TorchException>(() => product.Backward()).Message);
    }

    [Fact]
    public void AGraphThatIsNeverUsedIsFreed() => Expect.NoLeak(() =>
    {
        var released = Released();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.False(released.IsAlive);
    });

    [Fact]
    public void OutputsMustBeNew()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([2.0], 1).RequireGrad();
        void Refused(Tensor output) => Assert.Throws<TorchArgumentException>(() => CustomFunction.Attach([x], [output], [], (g, _) => [g[0]]));
        Refused(x);
        Refused(x * 2);
        Refused(Tensor.Of([1L], 1));
        Assert.Null(x.Grad);
    }

    private static Tensor Product(Tensor x, Tensor y)
    {
        Tensor product;
        using (NoGrad.Enter())
        {
            product = x * y;
        }

        CustomFunction.Attach([x, y], [product], [x, y], (gradients, saved) => [gradients[0]! * saved[1], gradients[0]! * saved[0]]);
        return product;
    }

    private static Tensor Attached(BackwardFunction backward)
    {
        var x = Tensor.Of([2.0, 3], 2).RequireGrad();
        var output = Tensor.Of(3.0);
        CustomFunction.Attach([x], [output], [], backward);
        return output;
    }

    private static Tensor?[] Freed(ReadOnlySpan<Tensor?> gradients, ReadOnlySpan<Tensor> saved)
    {
        using var gradient = gradients[0]! * 2;
        return [gradient];
    }

    private static WeakReference Released()
    {
        using var scope = TensorScope.Enter();
        var held = new object();
        Attached((g, _) => held is null ? [] : [g[0]]);
        return new WeakReference(held);
    }
}
