using Sosia.Learning.Objectives;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class TripletsTests
{
    private const double Margin = 0.2;

    [Fact]
    public void Every_pair_of_a_label_gets_a_negative_that_can_still_cost_something()
    {
        using var scope = TensorScope.Enter();
        foreach (var seed in Enumerable.Range(0, 40))
        {
            var random = new SampleRandom(1, 0, seed);
            var count = 2 + random.Below(12);
            long[] labels = [.. Enumerable.Range(0, count).Select(_ => (long)random.Below(4))];
            var rows = Tensor.Randn([count, 3], new Generator((ulong)seed));
            var d = Triplets.Distances(rows).ToArray<float>().Chunk(count).ToArray();
            var triplets = Triplets.Choose(rows, labels, Margin, random.Next);

            var pairs = Enumerable.Range(0, count).SelectMany(a => Enumerable.Range(a + 1, count - a - 1).Select(p => (A: a, P: p))).Where(pair => labels[pair.A] == labels[pair.P]);
            var expected = pairs.Where(_ => labels.Distinct().Count() > 1).OrderBy(pair => labels[pair.A]); // a stable order
            Assert.Equal(expected, triplets.Select(triplet => (triplet.Anchor, triplet.Positive)));
            Assert.All(triplets, triplet =>
            {
                var (to, others) = (d[triplet.Anchor], Enumerable.Range(0, count).Where(n => labels[n] != labels[triplet.Anchor]).ToList());
                Assert.Contains(triplet.Negative, others);
                Assert.Equal(others.Count(n => to[triplet.Positive] + Margin > to[n]), triplet.Admissible);
                Assert.True(triplet.Admissible > 0 ? to[triplet.Positive] + Margin > to[triplet.Negative] : to[triplet.Negative] == others.Min(n => to[n]));
            });
        }
    }

    [Fact]
    public void Every_admissible_negative_is_equally_likely()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Of([1f, 0, 0, 1, 0.5f, 1, 0.6f, 1, 0.4f, 1], 5, 2);
        var random = new SampleRandom(2, 0, 0);
        var counts = Enumerable.Range(0, 3000).Select(_ => Assert.Single(Triplets.Choose(rows, [0, 0, 1, 2, 3], Margin, random.Next)))
            .GroupBy(triplet => triplet.Negative).ToDictionary(group => group.Key, group => group.Count());
        Assert.Equal([2, 3, 4], counts.Keys.Order());
        Assert.All(counts.Values, count => Assert.InRange(count, 850, 1150)); // of 1000, deviation 26
    }

    [Theory]
    [InlineData(0, 1, 2)]
    [InlineData(7, 7, 7)]
    public void Labels_that_are_all_different_or_all_the_same_give_none(long a, long b, long c)
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Randn([3, 4], new Generator(3)).RequireGrad();
        var triplets = Triplets.Choose(rows, [a, b, c], Margin, () => throw new InvalidOperationException("nothing is drawn"));
        Assert.Empty(triplets);
        var loss = Triplets.Loss(rows, triplets, Margin);
        loss.Backward();
        Assert.Equal(0, loss.Item());
        Assert.All(rows.Grad!.ToArray<float>(), gradient => Assert.Equal(0, gradient));
    }

    [Fact]
    public void Gradients_are_those_of_differences_and_lengths_do_not_matter()
    {
        using var scope = TensorScope.Enter();
        Triplet[] triplets = [new(0, 1, 2), new(3, 1, 0), new(2, 3, 1)];
        var rows = Tensor.Randn([4, 5], new Generator(4));
        FiniteDifferences.Check(x => Triplets.Loss(x, triplets, 0.5), rows);
        Assert.Equal(Triplets.Loss(rows, triplets, 0.5).Item(), Triplets.Loss(rows * Tensor.Of([1f, 3, 0.2f, 9], 4, 1), triplets, 0.5).Item(), 1e-6);
    }

    [Fact]
    public void Temporal_discrimination_wants_another_view_of_the_same_frames_nearer()
    {
        using var scope = TensorScope.Enter();
        var (a, far) = (Tensor.Of([1f, 0], 1, 2), Tensor.Of([0f, 2], 1, 2));
        Assert.Equal(0, TemporalDiscrimination.Loss(a, a * 3, far, 0.04).Item(), 1e-6);
        Assert.Equal(1.04, TemporalDiscrimination.Loss(a, far, a, 0.04).Item(), 1e-6);
        Assert.Equal(0.04, TemporalDiscrimination.Loss(a, a, a, 0.04).Item(), 1e-6);
        var rows = Tensor.Randn([3, 4, 5], new Generator(5));
        FiniteDifferences.Check(x => TemporalDiscrimination.Loss(x[0], x[1], x[2], 0.4), rows);
    }
}
