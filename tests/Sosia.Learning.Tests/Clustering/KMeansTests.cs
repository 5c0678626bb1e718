using Sosia.Learning.Evaluation.Clustering;
using Sosia.Learning.Objectives;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests.Clustering;

public sealed class KMeansTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Each_step_brings_the_rows_nearer_to_their_centres(bool spherical)
    {
        using var scope = TensorScope.Enter();
        foreach (var seed in Enumerable.Range(0, 10))
        {
            var rows = Cosine.Unit(Tensor.Randn([60, 4], new Generator((ulong)seed)));
            var inertia = KMeans.From(rows, rows[..7], 12, spherical).Inertia;
            Assert.Equal(13, inertia.Count);
            Assert.All(inertia.Zip(inertia.Skip(1)), pair => Assert.True(pair.Second <= pair.First * 1.00001));
            Assert.True(inertia[^1] < inertia[0]);
        }
    }

    [Fact]
    public void Finds_well_separated_clusters()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Eye(4, ScalarType.Float32).RepeatInterleave(20, 0) + (Tensor.Randn([80, 4], new Generator(1)) * 0.05);
        var means = KMeans.Of(rows, 4, new SampleRandom(1, 0, 0), restarts: 20);
        var groups = means.Clusters.Labels.Chunk(20).ToList();
        Assert.All(groups, group => Assert.Single(group.Distinct()));
        Assert.Equal(4, groups.Select(group => group[0]).Distinct().Count());
    }

    [Fact]
    public void Spherical_centres_have_length_1_and_ends_are_reproducible()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Randn([40, 3], new Generator(2));
        var (one, again) = (KMeans.Of(rows, 5, new SampleRandom(2, 0, 0), spherical: true), KMeans.Of(rows, 5, new SampleRandom(2, 0, 0), spherical: true));
        Assert.All(one.Centres.LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));
        Assert.Equal(one.Centres.ToArray<float>(), again.Centres.ToArray<float>());
        Assert.Equal(one.Clusters.Labels, again.Clusters.Labels);
    }

    [Fact]
    public void More_restarts_never_end_worse()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Randn([50, 2], new Generator(3));
        double[] ends = [.. Enumerable.Range(1, 8).Select(restarts => KMeans.Of(rows, 6, new SampleRandom(3, 0, 0), restarts).Inertia[^1])];
        Assert.All(ends.Zip(ends.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
        Assert.True(ends[^1] < ends[0]);
    }

    [Fact]
    public void A_centre_without_rows_stays_and_of_equal_centres_the_first_has_the_rows()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Of([0f, 0, 1, 0, 2, 0], 3, 2);
        var means = KMeans.From(rows, Tensor.Of([1f, 0, 1, 0, 9, 9], 3, 2), 1);
        Assert.Equal([0, 0, 0], means.Clusters.Labels);
        Assert.Equal([1f, 0, 1, 0, 9, 9], means.Centres.ToArray<float>());
    }

    [Fact]
    public void As_many_clusters_as_rows_cost_nothing()
    {
        using var scope = TensorScope.Enter();
        var means = KMeans.Of(Tensor.Randn([6, 3], new Generator(4)), 6, new SampleRandom(4, 0, 0));
        Assert.Equal(0, means.Inertia[^1], 1e-9);
        Assert.Equal(6, means.Clusters.Labels.Distinct().Count());
    }

    [Fact]
    public void Too_few_rows_and_numbers_that_are_not_finite_are_refused()
    {
        using var scope = TensorScope.Enter();
        var random = new SampleRandom(5, 0, 0);
        Assert.Throws<ArgumentException>(() => KMeans.Of(Tensor.Ones([2, 3]), 3, random));
        Assert.Throws<ArgumentException>(() => KMeans.Of(Tensor.Ones([2, 3]), 0, random));
        Assert.Throws<ArgumentException>(() => KMeans.Of(Tensor.Full([3, 2], double.NaN), 2, random));
        Assert.Throws<ArgumentException>(() => KMeans.From(Tensor.Ones([3, 2]), Tensor.Full([1, 2], double.NaN), 1));
    }
}
