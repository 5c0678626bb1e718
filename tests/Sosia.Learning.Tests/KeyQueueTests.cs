using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class KeyQueueTests
{
    [Fact]
    public void Begins_with_random_unit_keys_that_the_generator_decides()
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(5, 12, new Generator(1));
        using var again = new KeyQueue(5, 12, new Generator(1));
        Assert.Equal([5L, 12], queue.Keys().Shape);
        Assert.All(queue.Keys().LinalgVectorNorm(2, [0]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));
        Assert.Equal(queue.Keys().ToArray<float>(), again.Keys().ToArray<float>());
        Assert.Equal(["queue", "queue_ptr"], queue.NamedState().Select(entry => entry.Name));
        Assert.Empty(queue.NamedParameters());
    }

    [Fact]
    public void The_oldest_keys_are_written_over_when_the_ring_is_full()
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(2, 6);
        List<float> written = [];
        foreach (var i in Enumerable.Range(0, 5))
        {
            queue.Write(Keys(2 * i, (2 * i) + 1));
            Assert.Equal((2 * (i + 1)) % 6, queue.Pointer.Item<long>());
            written.AddRange([2 * i, (2 * i) + 1]);
        }

        // After five writes of two: places 0 to 3 hold the keys 6 to 9, the two after them those of the third write.
        Assert.Equal([6f, 7, 8, 9, 4, 5], queue.Keys()[0].ToArray<float>());
        Assert.Equal(written[^6..].Order(), queue.Keys()[0].ToArray<float>().Order());
    }

    [Fact]
    public void Keys_are_a_copy_so_that_backward_sees_what_forward_saw()
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(3, 4, new Generator(2));
        var query = Cosine.Unit(Tensor.Randn([2, 3], new Generator(3))).RequireGrad();
        var negatives = queue.Keys();
        var before = negatives.Sum([1]).ToArray<float>();
        var similarities = query.MatMul(negatives);
        queue.Write(Cosine.Unit(Tensor.Randn([4, 3], new Generator(4))));

        similarities.Sum().Backward();

        Assert.Equal([.. before, .. before], query.Grad!.ToArray<float>());
        Assert.NotEqual(before, queue.Keys().Sum([1]).ToArray<float>());
    }

    [Fact]
    public void Written_keys_hold_no_graph_and_no_broken_number()
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(2, 2);
        queue.Write(Tensor.Of([float.NaN, 1, float.PositiveInfinity, 2], 2, 2).RequireGrad());
        Assert.False(queue.Keys().RequiresGrad);
        Assert.Equal([0f, 0, 1, 2], queue.Keys().ToArray<float>());
    }

    [Fact]
    public void Goes_on_after_saving_and_loading()
    {
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(2, 4, new Generator(5));
        using var loaded = new KeyQueue(2, 4);
        queue.Write(Keys(1, 2));
        loaded.Load(queue.ToStored().ToList());
        queue.Write(Keys(3, 4));
        loaded.Write(Keys(3, 4));
        Assert.Equal(queue.Keys().ToArray<float>(), loaded.Keys().ToArray<float>());
        Assert.Equal(0, loaded.Pointer.Item<long>());
    }

    [Theory]
    [InlineData(6, 4)]
    [InlineData(6, 12)]
    [InlineData(0, 1)]
    [InlineData(6, 0)]
    public void A_queue_that_is_no_multiple_of_the_keys_is_refused(int capacity, int keys)
    {
        Assert.Contains($"{keys}", KeyQueue.Fault(capacity, keys), StringComparison.Ordinal);
        using var scope = TensorScope.Enter();
        using var queue = new KeyQueue(2, Math.Max(1, capacity));
        if (capacity > 0)
        {
            Assert.Throws<ArgumentException>(() => queue.Write(Tensor.Zeros([keys, 2])));
        }
    }

    [Fact]
    public void A_multiple_is_not_refused() => Assert.Null(KeyQueue.Fault(65_536, 64));

    private static Tensor Keys(params int[] numbers) => Tensor.Of(numbers.SelectMany(number => new float[] { number, -number }).ToArray(), numbers.Length, 2);
}
