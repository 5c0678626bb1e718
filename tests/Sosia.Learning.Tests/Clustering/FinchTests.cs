using Sosia.Learning.Evaluation.Clustering;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests.Clustering;

public sealed class FinchTests
{
    [Fact]
    public void Agrees_with_the_tables_of_the_paper_on_random_points()
    {
        using var scope = TensorScope.Enter();
        foreach (var seed in Enumerable.Range(0, 60))
        {
            var random = new SampleRandom(1, 0, seed);
            var (count, width, copies) = (2 + random.Below(40), 2 + random.Below(4), random.Below(3));
            double[][] points = [.. Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, width).Select(_ => random.Normal()).ToArray())];
            for (var i = 0; i < copies; i++)
            {
                points[random.Below(count)] = points[random.Below(count)]; // the same again
            }

            var (neighbours, partitions, limit) = Tables(points);
            foreach (var block in (long[])[1, 100, NeighbourLinks.Block])
            {
                var finch = Finch.Of(Tensor.Of(points.SelectMany(point => point).ToArray(), count, width), block);
                Assert.Equal(neighbours, finch.FirstNeighbours);
                Assert.Equal(partitions, finch.Partitions.Select(partition => partition.Labels));
                Assert.Equal(partitions.Select(labels => labels.Max() + 1), finch.Partitions.Select(partition => partition.Count));
                Assert.Equal(limit, finch.Limit, 1e-9);
            }
        }
    }

    [Fact]
    public void Identical_points_hang_together()
    {
        using var scope = TensorScope.Enter();
        var finch = Finch.Of(Tensor.Ones([50, 3]));
        Assert.Equal([1, .. Enumerable.Repeat(0, 49)], finch.FirstNeighbours);
        Assert.Equal(1, Assert.Single(finch.Partitions).Count);
        Assert.Equal(0, finch.Limit, 1e-12);
    }

    [Fact]
    public void Copies_of_different_length_are_as_near_as_copies_of_the_same()
    {
        using var scope = TensorScope.Enter();
        var points = Tensor.Rand([6, 7], new Generator(3)) + 0.1;
        var finch = Finch.Of(Tensor.Cat([points, points * 3, points * 0.7, points * 1e-3]));
        Assert.Equal(6, finch.Partitions[0].Count);
        Assert.All(Enumerable.Range(0, 24), i => Assert.Equal(i < 6 ? i + 6 : i % 6, finch.FirstNeighbours[i]));
    }

    [Fact]
    public void A_zero_vector_is_at_distance_1_from_all()
    {
        using var scope = TensorScope.Enter();
        var finch = Finch.Of(Tensor.Of([1f, 0, 0.9f, 0.1f, 0, 0], 3, 2));
        Assert.Equal([1, 0, 0], finch.FirstNeighbours);
        Assert.Equal(1, finch.Limit, 1e-9);
    }

    [Fact]
    public void Well_separated_clusters_are_found_and_merged_no_further()
    {
        using var scope = TensorScope.Enter();
        var centres = Tensor.Eye(5, ScalarType.Float32).RepeatInterleave(30, 0);
        var finch = Finch.Of(centres + (Tensor.Randn([150, 5], new Generator(4)) * 0.03));
        var coarsest = finch.Partitions[^1];
        Assert.Equal(5, coarsest.Count);
        Assert.Equal(Enumerable.Range(0, 150).Select(i => i / 30), coarsest.Labels);
        Assert.True(finch.Partitions[0].Count > 5);
    }

    [Fact]
    public void A_point_alone_is_a_cluster()
    {
        using var scope = TensorScope.Enter();
        var finch = Finch.Of(Tensor.Ones([1, 3]));
        Assert.Equal([-1], finch.FirstNeighbours);
        Assert.Equal([0], Assert.Single(finch.Partitions).Labels);
        Assert.Equal(0, finch.Limit);
    }

    [Fact]
    public void No_points_and_numbers_that_are_not_finite_are_refused()
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => Finch.Of(Tensor.Zeros([0, 3])));
        Assert.Throws<ArgumentException>(() => Finch.Of(Tensor.Of([1f, float.NaN], 1, 2)));
        Assert.Throws<ArgumentException>(() => Finch.Of(Tensor.Of([1f, float.PositiveInfinity, 0, 1], 2, 2)));
    }

    // As the paper and its code say it, with N x N tables.
    private static (int[] Neighbours, List<int[]> Partitions, double Limit) Tables(double[][] points)
    {
        var (distances, neighbours) = Nearest(points);
        var w = Links(neighbours);
        var limit = Pairs(points.Length).Max(pair => distances[pair.I][pair.J] * w[pair.I][pair.J]);
        List<int[]> partitions = [Components(w)];
        while (true)
        {
            var (finer, count) = (partitions[^1], partitions[^1].Max() + 1);
            double[][] means = [.. Enumerable.Range(0, count).Select(cluster => Mean([.. points.Where((_, i) => finer[i] == cluster)]))];
            if (count == 1)
            {
                break;
            }

            var (apart, first) = Nearest(means);
            var links = Links(first);
            foreach (var (i, j) in Pairs(count).Where(pair => apart[pair.I][pair.J] * links[pair.I][pair.J] > limit))
            {
                links[i][j] = 0;
            }

            var merged = Components(links);
            int[] coarser = [.. finer.Select(label => merged[label])];
            var fell = count - (coarser.Max() + 1);
            if (fell < 1 || coarser.Max() == 0)
            {
                break;
            }

            partitions.Add(coarser);
            if (fell == 1)
            {
                break;
            }
        }

        return (neighbours, partitions, limit);
    }

    private static IEnumerable<(int I, int J)> Pairs(int count) =>
        Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(0, count).Where(j => j != i).Select(j => (i, j)));

    private static double[] Mean(double[][] points) => [.. Enumerable.Range(0, points[0].Length).Select(d => points.Average(point => point[d]))];

    private static (double[][] Distances, int[] Neighbours) Nearest(double[][] points)
    {
        double Dot(double[] a, double[] b) => a.Zip(b).Sum(pair => pair.First * pair.Second);
        double[][] distances = [.. points.Select(a => points.Select(b => Math.Max(0, 1 - (Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b))))).ToArray())];
        int[] neighbours = [.. distances.Select((row, i) => Enumerable.Range(0, row.Length).Where(j => j != i).MinBy(j => Math.Round(row[j], 9)))];
        return (distances, neighbours);
    }

    // (I + F)(I + F)T without its diagonal.
    private static int[][] Links(int[] neighbours)
    {
        int One(int i, int k) => (i == k ? 1 : 0) + (neighbours[i] == k ? 1 : 0);
        var all = Enumerable.Range(0, neighbours.Length);
        return [.. all.Select(i => all.Select(j => i == j ? 0 : all.Sum(k => One(i, k) * One(j, k))).ToArray())];
    }

    private static int[] Components(int[][] links)
    {
        int[] labels = [.. Enumerable.Repeat(-1, links.Length)];
        for (var (i, next) = (0, 0); i < links.Length; i++)
        {
            if (labels[i] < 0)
            {
                Spread(i, next++);
            }
        }

        return labels;

        void Spread(int from, int label)
        {
            labels[from] = label;
            foreach (var to in Enumerable.Range(0, links.Length).Where(to => labels[to] < 0 && (links[from][to] > 0 || links[to][from] > 0)))
            {
                Spread(to, label);
            }
        }
    }
}
