using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Tests;

namespace Sosia.Learning.Tests;

public sealed class ShuffledBatchTests
{
    private const int Rows = 12; // of the joint batch

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ProcessesThatShuffleHaveTheKeysOfOneThatShufflesInAsManyGroups(int size) => Together.Succeed(size, "shuffled-batch");

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public void KeysComeBackInTheOrderOfTheClips(int groups)
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Randn([Rows, 3], new Generator(1)).RequireGrad();
        var keys = ShuffledBatch.Forward(clips, groups, World.Single, new SampleRandom(1, 2, 3), rows => rows * 2);
        Assert.Equal((clips * 2).ToArray<float>(), keys.ToArray<float>());
        Assert.False(keys.RequiresGrad);
    }

    [Fact]
    public void EachGroupHasStatisticsOfItsOwnAndWhoIsInItIsDrawn()
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Randn([Rows, 3], new Generator(1));
        float[] Keys(int groups, int step) => ShuffledBatch.Forward(clips, groups, World.Single, new SampleRandom(1, 0, step), Centred).ToArray<float>();
        Assert.Equal(Centred(clips).ToArray<float>(), Keys(1, 0));
        Assert.Equal(Keys(3, 0), Keys(3, 0));
        Assert.NotEqual(Keys(3, 0), Keys(3, 1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    public void GroupsMustBeEqual(int groups)
    {
        using var scope = TensorScope.Enter();
        var clips = Tensor.Zeros([Rows, 3]);
        Assert.Throws<ArgumentException>(() => ShuffledBatch.Forward(clips, groups, World.Single, new SampleRandom(1, 0, 0), rows => rows));
    }

    [Fact]
    public void AnOrderHasEveryNumberOnceAndItsInverseUndoesIt()
    {
        foreach (var count in Enumerable.Range(0, 40))
        {
            var order = new SampleRandom(3, 0, count).Order(count);
            Assert.Equal(Enumerable.Range(0, count).Select(i => (long)i), order.Order());
            var inverse = ShuffledBatch.Inverse(order);
            Assert.All(order.Index(), one => Assert.Equal(one.Index, inverse[one.Item]));
        }
    }

    [Fact]
    public void EveryOrderIsEquallyLikely()
    {
        var counts = Enumerable.Range(0, 6000).GroupBy(i => string.Join(' ', new SampleRandom(4, 0, i).Order(3))).Select(group => group.Count()).ToList();
        Assert.Equal(6, counts.Count);
        Assert.All(counts, count => Assert.InRange(count, 850, 1150)); // of 1000, deviation 29
    }

    /// <summary>What one process of a test does.</summary>
    internal static void Act()
    {
        using var scope = TensorScope.Enter();
        using var world = World.FromEnvironment(timeout: TimeSpan.FromSeconds(30));
        var clips = Tensor.Randn([Rows, 3], new Generator(5));
        var expected = ShuffledBatch.Forward(clips, world.Size * 2, World.Single, new SampleRandom(6, 0, 0), Centred);

        // The order is that of the first process, whatever the others would draw.
        var count = Rows / world.Size;
        var own = clips.Narrow(0, world.Rank * count, count);
        var keys = ShuffledBatch.Forward(own, 2, world, new SampleRandom(6, 0, world.Rank), Centred);
        Assert.Equal(expected.Narrow(0, world.Rank * count, count).ToArray<float>(), keys.ToArray<float>());
    }

    // As a batch norm: what it gives of a row depends on the others.
    private static Tensor Centred(Tensor rows) => rows - rows.Mean([0], keepdim: true);
}
