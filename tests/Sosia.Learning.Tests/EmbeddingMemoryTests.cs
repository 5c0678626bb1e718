using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class EmbeddingMemoryTests
{
    [Fact]
    public void Rows_that_hold_nothing_do_not_count_and_own_copies_are_named()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(5, 2);
        var (s, pairs, own) = memory.Compare(Rows(1, 2), Labels(4, 0));

        Assert.Equal([2L, 5L], s.Shape);
        Assert.Equal([true, false, false, false, false, false, true, false, false, false], own.ToArray<bool>());
        Assert.Equal(own.ToArray<bool>(), pairs.Positive.ToArray<bool>()); // empty rows have label 0 too
        Assert.Equal([false, true, false, false, false, true, false, false, false, false], pairs.Negative.ToArray<bool>());
    }

    [Fact]
    public void The_oldest_rows_are_written_over()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(3, 2);
        memory.Compare(Rows(1, 2), Labels(1, 2));
        var (_, pairs, own) = memory.Compare(Rows(3, 4), Labels(3, 2));

        Assert.Equal([2L, 2L, 3L], memory.Labels.ToArray<long>()); // label 2 of the second write is at place 0
        Assert.Equal(Rows(4, 2, 3).ToArray<float>(), memory.Rows.ToArray<float>());
        Assert.Equal(1, memory.Next.Item<long>());
        Assert.Equal([false, false, true, true, false, false], own.ToArray<bool>());
        Assert.Equal([false, false, true, true, true, false], pairs.Positive.ToArray<bool>());
    }

    [Fact]
    public void What_is_remembered_gets_no_gradient_and_later_writes_spoil_none()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(4, 2);
        var batch = Rows(1, 2).RequireGrad();
        var (s, _, _) = memory.Compare(batch, Labels(1, 2));
        var remembered = memory.Rows.Clone();
        memory.Compare(Rows(5, 6, 7), Labels(3, 4, 5));

        s.Sum().Backward();

        var sum = remembered.Sum([0]).ToArray<float>();
        Assert.Equal([.. sum, .. sum], batch.Grad!.ToArray<float>());
    }

    [Fact]
    public void Goes_on_after_saving_and_loading()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(5, 2);
        using var loaded = new EmbeddingMemory(5, 2);
        memory.Compare(Rows(1, 2, 3), Labels(1, 2, 3));
        loaded.Load(memory.ToStored().ToList());

        var (s, pairs, own) = memory.Compare(Rows(4, 5, 6), Labels(3, 2, 4));
        var (t, again, same) = loaded.Compare(Rows(4, 5, 6), Labels(3, 2, 4));

        Assert.Equal(s.ToArray<float>(), t.ToArray<float>());
        Assert.Equal(pairs.Positive.ToArray<bool>(), again.Positive.ToArray<bool>());
        Assert.Equal(own.ToArray<bool>(), same.ToArray<bool>());
        Assert.Equal(["rows", "labels", "next", "written"], memory.NamedState().Select(entry => entry.Name));
        Assert.Empty(memory.NamedParameters());
    }

    [Fact]
    public void A_broken_row_is_not_kept()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(2, 2);
        memory.Compare(Tensor.Full([1, 2], double.NaN), Labels(1));
        Assert.Equal([0f, 0f, 0f, 0f], memory.Rows.ToArray<float>());
    }

    [Fact]
    public void A_batch_must_fit()
    {
        using var scope = TensorScope.Enter();
        using var memory = new EmbeddingMemory(2, 2);
        Assert.Contains("3", Assert.Throws<ArgumentException>(() => memory.Compare(Rows(1, 2, 3), Labels(1, 2, 3))).Message, StringComparison.Ordinal);
    }

    private static Tensor Rows(params int[] angles) =>
        Cosine.Unit(Tensor.Of(angles.SelectMany(a => new[] { (float)Math.Cos(a), (float)Math.Sin(a) }).ToArray(), angles.Length, 2));

    private static Tensor Labels(params long[] labels) => Tensor.Of(labels, labels.Length);
}
