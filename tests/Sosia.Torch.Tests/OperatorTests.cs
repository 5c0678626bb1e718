namespace Sosia.Torch.Tests;

public sealed class OperatorTests
{
    [Fact]
    public void ArithmeticReadsAsWritten()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([1f, 2, 3, 4], 2, 2);
        var y = Tensor.Of([10f, 20], 2);
        Expect.Close([11, 22, 13, 24], x + y);
        Expect.Close([-9, -18, -7, -16], x - y);
        Expect.Close([10, 40, 30, 80], x * y);
        Expect.Close([0.1, 0.1, 0.3, 0.2], x / y);
        Expect.Close([3, 4, 5, 6], x + 2);
        Expect.Close([3, 4, 5, 6], 2 + x);
        Expect.Close([1, 0, -1, -2], 2 - x);
        Expect.Close([0.5, 1, 1.5, 2], x * 0.5);
        Expect.Close([0.5, 1, 1.5, 2], 0.5 * x);
        Expect.Close([0.5, 1, 1.5, 2], x / 2);
        Expect.Close([-1, -2, -3, -4], -x);
        Expect.Close([7, 10, 15, 22], x.MatMul(x));
        Expect.Close([21, 42, 23, 44], x.Add(y, alpha: 2));
    }

    [Fact]
    public void WholeNumbersDivideToFractions()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([3L, 4], 2);
        Assert.Equal(ScalarType.Float32, (x / 2).Type);
        Expect.Close([1.5, 2], x / 2);
        Assert.Equal(ScalarType.Int64, (x + 1).Type);
        Assert.Equal(ScalarType.Float32, (x + 1.5).Type);
        Assert.Equal([1, 2], x.Div(Tensor.Of([2L, 2], 2), "floor").ToArray<long>());
    }

    [Fact]
    public void IndicesAreThoseOfCSharp()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Arange(0, 24, dtype: ScalarType.Int64).Reshape([2, 3, 4]);
        Assert.Equal([2L, 3, 4], x[..].Shape);
        Assert.Equal(23, x[1, 2, 3].Item<long>());
        Assert.Equal(23, x[-1, ^1, -1].Item<long>());
        Assert.Equal([12, 13, 14, 15], x[1, 0].ToArray<long>());
        Assert.Equal([0, 4, 8], x[0, .., 0].ToArray<long>());
        Assert.Equal([5, 6, 9, 10], x[0, 1.., 1..3].ToArray<long>());
        Assert.Equal([1, 2], x[0, 0, 1..^1].ToArray<long>());
        Assert.Equal([2, 3], x[0, 0, ^2..].ToArray<long>());
        Assert.Empty(x[0, 0, ^0..].ToArray<long>());
        Assert.Equal([3, 0], x[0, 0, Tensor.Of([3L, 0], 2)].ToArray<long>());
        Assert.Equal([20, 21, 22, 23], x[1, x[1, .., 0].Gt(16)].ToArray<long>());
        Assert.Throws<TorchException>(() => x[2]);
        Assert.Throws<TorchException>(() => x[^0]);
        Assert.Throws<TorchException>(() => x[0, 0, 0, 0]);
    }

    [Fact]
    public void AnIndexLeavesNothingBehind() => Expect.NoLeak(() =>
    {
        using var x = Tensor.Zeros([2, 3, 4]);
        x[0, 1.., ^1].Dispose();
        x[..].Dispose();
    });

    [Fact]
    public void APartIsAViewOfTheWhole()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Zeros([2, 2]);
        x[0].FillInPlace(7);
        Expect.Close([7, 7, 0, 0], x);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    [InlineData(ScalarType.Float16)]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Int8)]
    [InlineData(ScalarType.Int16)]
    [InlineData(ScalarType.Int32)]
    [InlineData(ScalarType.Int64)]
    [InlineData(ScalarType.UInt8)]
    public void ConversionsKeepSmallNumbers(ScalarType type)
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([0f, 1, 2, 100], 4).To(type);
        Assert.Equal(type, x.Type);
        Assert.Equal(type, Tensor.Zeros([1], type).Type);
        Expect.Close([0, 1, 2, 100], x);
        Assert.Equal([false, true, true, true], x.To(ScalarType.Bool).ToArray<bool>());
    }

    [Fact]
    public void ElementsComeBackAsTheyWent()
    {
        using var scope = TensorScope.Enter();
        RoundTrip([1f, -2.5f, float.NaN]);
        RoundTrip([1.0, double.NegativeInfinity, double.Epsilon]);
        RoundTrip([(Half)1.5, Half.MaxValue]);
        RoundTrip([long.MinValue, long.MaxValue]);
        RoundTrip([int.MinValue, int.MaxValue]);
        RoundTrip([short.MinValue, short.MaxValue]);
        RoundTrip([sbyte.MinValue, sbyte.MaxValue]);
        RoundTrip([byte.MinValue, byte.MaxValue]);
        RoundTrip([true, false]);
        RoundTrip(Array.Empty<float>());
        Assert.Equal([1L, 3, 2, 4], Tensor.Of([1L, 2, 3, 4], 2, 2).Transpose(0, 1).ToArray<long>());
    }

    [Fact]
    public void WhatDoesNotFitIsRefused()
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => Tensor.Of([1f, 2], 3));
        Assert.Throws<ArgumentException>(() => Tensor.Of([1f, 2], long.MaxValue, 4));
        Assert.Throws<ArgumentException>(() => Tensor.Of(['a'], 1));
        Assert.Throws<ArgumentException>(() => Tensor.Of([1f], 1).ToArray<double>());
        Assert.Throws<ArgumentException>(() => Tensor.Of([1f, 2], 2).Item<float>());
        Assert.Throws<TorchArgumentException>(() => Tensor.Zeros([2, 3]).Transpose(0, 1).Bytes().Length);
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros([2]).Size(1));
    }

    [Fact]
    public void FactoriesMakeWhatTheySay()
    {
        using var scope = TensorScope.Enter();
        Expect.Close([1, 1, 1], Tensor.Ones([3]));
        Expect.Close([7, 7], Tensor.Full([2], 7));
        Assert.Equal(ScalarType.Int64, Tensor.Full([2], 7).Type);
        Expect.Close([1, 3], Tensor.Arange(1, 5, 2));
        Expect.Close([0, 0.5, 1], Tensor.Linspace(0, 1, 3));
        Expect.Close([1, 0, 0, 1], Tensor.Eye(2));
        Assert.Equal([2L, 0], Tensor.Empty([2, 0]).Shape);
        Assert.Equal(1, Tensor.Of(5).Count);
        Assert.Empty(Tensor.Of(5).Shape);
        Assert.Equal(Enumerable.Range(0, 9).Select(i => (long)i), Tensor.RandPerm(9).ToArray<long>().Order());
        Assert.All(Tensor.RandInt(3, 5, [50]).ToArray<long>(), i => Assert.InRange(i, 3, 4));
        Assert.Equal(DeviceType.Meta, Tensor.Empty([1 << 20, 1 << 20], device: new Device(DeviceType.Meta)).Device.Type);
    }

    [Fact]
    public void RepresentativeOperatorsGiveKnownValues()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Of([1f, -2, 3, -4, 5, -6], 2, 3);
        Expect.Close([5, 120], Tensor.Stack([x.Max(), x[1].Prod()]));
        Expect.Close([2, -5], x.Sum([1]));
        Expect.Close([2, 1], x.ArgMax(1));
        Expect.Close([3, 1], x[0].TopK(2).Values);
        Expect.Close([1, 0, 3, 0, 5, 0], x.Relu());
        Expect.Close([1, 4, 9, 16, 25, 36], x.Pow(2));
        Expect.Close([1, 0, 3, 0, 5, 0], x.Gt(0).Where(x, Tensor.Zeros([1])));
        Expect.Close([1, 1, 3, 1, 3, 1], x.Clamp(min: 1, max: 3));
        Expect.Close([1, -2, 3, -4, 3, -6], x.Clamp(max: 3));
        Expect.Close([Math.Sqrt(14)], x[0].LinalgVectorNorm());
        Expect.Close([1, 3, 5], Tensor.Einsum("ii->i", [Tensor.Of([1f, 0, 0, 0, 3, 0, 0, 0, 5], 3, 3)]));
        Expect.Close([1.5], Tensor.Of([1f, 2], 2).Mean());
        Expect.Close([Math.Sqrt(0.5)], Tensor.Of([1f, 2], 2).Std(null, 1));
        Expect.Close([0.5], Tensor.Of([1f, 2], 2).Std(null, 0));
    }

    private static void RoundTrip<T>(T[] values)
        where T : unmanaged => Assert.Equal(values, Tensor.Of(values, values.Length).ToArray<T>());
}
