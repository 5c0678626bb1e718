using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Sosia.Torch.Checkpoints;

namespace Sosia.Torch.Tests.Checkpoints;

public sealed class StoredTensorTests
{
    [Fact]
    public void ContiguousElementsAreNotCopied()
    {
        byte[] bytes = [1, 2, 3, 4, 5, 6];
        var tensor = new StoredTensor("x", ScalarType.UInt8, [2, 3], bytes);
        Assert.True(tensor.IsContiguous);
        Assert.True(tensor.Contiguous().Overlaps(bytes));
        var row = new StoredTensor("row", ScalarType.UInt8, [1, 3], [77, 1], tensor.Storage, 3);
        Assert.True(row.IsContiguous); // The stride of a size of one says nothing.
        Assert.Equal([4, 5, 6], row.Contiguous().ToArray());
        Assert.True(row.Contiguous().Overlaps(bytes));
    }

    [Fact]
    public void AnyViewGivesTheElementsOfItsIndices()
    {
        var views = from rank in Gen.Choose(1, 4)
                    from shape in Gen.Choose(0, 4).ListOf(rank)
                    from strides in Gen.Choose(0, 9).ListOf(rank)
                    from offset in Gen.Choose(0, 5)
                    from type in Gen.Elements(ScalarType.Int8, ScalarType.Float16, ScalarType.Float32, ScalarType.Int64, ScalarType.ComplexDouble)
                    select (shape: shape.Select(n => (long)n).ToArray(), strides: strides.Select(n => (long)n).ToArray(), offset, type);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(views.ToArbitrary(), view =>
        {
            var size = view.type.ElementSize();
            var bytes = new byte[128 * size];
            new Random(3).NextBytes(bytes);
            var tensor = new StoredTensor("x", view.type, view.shape, view.strides, new TensorStorage(bytes), view.offset);
            var expected = Indices(view.shape, view.strides).SelectMany(index => bytes[(int)((view.offset + index) * size)..][..size]).ToArray();
            Assert.Equal(expected, tensor.Contiguous().ToArray());
            Assert.Equal(expected.Length, tensor.Bytes);
        }));
    }

    [Theory]
    [InlineData(new long[] { 7 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 6 }, new long[] { 1 }, 1)]
    [InlineData(new long[] { 6 }, new long[] { 1 }, -1)]
    [InlineData(new long[] { 0 }, new long[] { 1 }, 7)]
    [InlineData(new long[] { -1 }, new long[] { 1 }, 0)]
    [InlineData(new long[] { 2 }, new long[] { -1 }, 5)]
    [InlineData(new long[] { 2, 3 }, new long[] { 3 }, 0)]
    [InlineData(new long[] { 2, 2 }, new long[] { long.MaxValue, long.MaxValue }, 5)]
    [InlineData(new long[] { long.MaxValue, long.MaxValue }, new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { 1L << 31, 1L << 31 }, new long[] { 0, 0 }, 0)]
    [InlineData(new long[] { (1L << 26) + 1 }, new long[] { 0 }, 0)] // 64 MB of one element is the most
    [InlineData(new long[] { 3 }, new long[] { 1L << 62 }, long.MaxValue)]
    public void AViewOutsideOfItsStorageIsRefused(long[] shape, long[] strides, long offset) =>
        Assert.Throws<ArgumentException>(() => new StoredTensor("x", ScalarType.Int8, shape, strides, new TensorStorage(new byte[6]), offset));

    [Fact]
    public void TheNumberOfBytesMustFit() => Assert.Throws<ArgumentException>(() => new StoredTensor("x", ScalarType.Float32, [2], new byte[9]));

    [Fact]
    public void AScalarHasOneElement()
    {
        var tensor = new StoredTensor("x", ScalarType.Float32, [], MemoryMarshal.AsBytes<float>([1.5f]).ToArray());
        Assert.Equal(1.5f, MemoryMarshal.Read<float>(tensor.Contiguous()));
    }

    private static IEnumerable<long> Indices(long[] shape, long[] strides) =>
        shape.Length == 0 ? [0] : Enumerable.Range(0, (int)shape[0]).SelectMany(i => Indices(shape[1..], strides[1..]).Select(rest => (i * strides[0]) + rest));
}
