using Xunit;

namespace Sosia.Matching.Tests;

public sealed class TemporalNetworkTests
{
    private static readonly TemporalNetworkParameters Loose =
        new() { MaxStep = 4, TopK = 2, MinSimilarity = 0.05f, MinLength = -1, Floor = PathTrim.Off };

    private static readonly TemporalNetworkParameters[] Several =
    [
        Loose,
        Loose with { MinLength = 1, MaxIou = 0.4, TopK = 3 },
        Loose with { Floor = 0.4f, MinSimilarity = 0.4f, MinLength = 0 },
    ];

    [Fact]
    public void GraphIsTheDefinition() => Matrices.ForAll(
        matrix =>
        {
            var graph = TemporalGraph.Build(matrix, 3, 2, 0.3f);
            Assert.Equal(NaiveNetwork.Nodes(matrix, 2), graph.Nodes);
            Assert.Equal(NaiveNetwork.Edges(matrix, graph.Nodes, 3, 0.3f).Order(), Edges(graph));
        },
        least: 1,
        most: 7);

    [Fact]
    public void FirstPathIsTheLongestOfAll() => Matrices.ForAll(
        matrix =>
        {
            var graph = TemporalGraph.Build(matrix, Loose.MaxStep, Loose.TopK, Loose.MinSimilarity);
            var longest = NaiveNetwork.LongestByTryingAll(Edges(graph).ToLookup(static e => e.From), graph.Nodes.Length);
            var found = TemporalNetwork.Segments(matrix, Loose with { MaxPaths = 0 });
            if (longest == 0)
            {
                Assert.Empty(found);
                return;
            }

            var weight = Assert.Single(found).Points.Skip(1).Sum(p => (double)matrix[p.Q, p.R]);
            Assert.Equal(longest, weight, tolerance: 1e-4);
        },
        least: 1,
        most: 6,
        low: 1);

    [Fact]
    public void SegmentsAreThoseOfANaiveNetwork() => Matrices.ForAll(
        matrix =>
        {
            foreach (var parameters in Several)
            {
                Assert.Equal(NaiveNetwork.Segments(matrix, parameters), TemporalNetwork.Segments(matrix, parameters).Select(static p => p.Box));
            }
        },
        least: 1,
        most: 8);

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.5)]
    [InlineData(2.0)]
    [InlineData(0.5)]
    public void FindsACopyAtItsSpeed(double speed)
    {
        var matrix = Matrices.Noise(new Random(5), 60, 80, -0.15f, 0.2f);
        Matrices.Plant(matrix, 10, 20, length: 20, speed: speed);
        var path = Assert.Single(TemporalNetwork.Segments(matrix, TemporalNetworkParameters.Benchmark2023));
        Assert.InRange(path.Box.Q0, 10, 11);
        Assert.InRange(path.Box.R0, 20, 21);
        Assert.InRange(path.Box.Q1, 28, 29);
        Assert.InRange(path.Box.R1, 20 + (int)(18 * speed), 20 + (int)Math.Ceiling(19 * speed));
    }

    [Fact]
    public void FindsReorderedParts()
    {
        var matrix = Matrices.Noise(new Random(6), 40, 40, -0.15f, 0.2f);
        Matrices.Plant(matrix, 2, 22, length: 12);
        Matrices.Plant(matrix, 20, 4, length: 14);
        var boxes = TemporalNetwork.Segments(matrix, TemporalNetworkParameters.Benchmark2023).Select(static p => p.Box);
        Assert.Equal([new Box(20, 4, 33, 17), new Box(2, 22, 13, 33)], boxes);
    }

    [Fact]
    public void ExchangedVideosGiveTheExchangedBoxOfACleanCopy()
    {
        var matrix = Matrices.Filled(30, 34, 0.1f);
        Matrices.Plant(matrix, 5, 9, length: 15);
        var there = Assert.Single(TemporalNetwork.Segments(matrix, TemporalNetworkParameters.Benchmark2023)).Box;
        var back = Assert.Single(TemporalNetwork.Segments(matrix.Transposed(), TemporalNetworkParameters.Benchmark2023)).Box;
        Assert.Equal(new Box(5, 9, 19, 23), there);
        Assert.Equal(there, new Box(back.R0, back.Q0, back.R1, back.Q1));
    }

    [Fact]
    public void MemoryGrowsWithTheEdgesNotWithTheCells()
    {
        var matrix = Matrices.Noise(new Random(8), 1024, 1024, -0.2f, 0.2f);
        var before = GC.GetAllocatedBytesForCurrentThread();
        TemporalNetwork.Segments(matrix, TemporalNetworkParameters.Defaults);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, matrix.Cells.Length * sizeof(float) / 2);
    }

    [Fact]
    public void RefusesToLinkNothing() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => TemporalGraph.Build(Matrices.Filled(2, 2, 1), 3, 0, 0.1f));

    private static IEnumerable<(int From, int To, float Weight)> Edges(TemporalGraph graph)
    {
        for (var node = 0; node < graph.Nodes.Length; node++)
        {
            for (var edge = graph.FirstEdge[node]; edge < graph.FirstEdge[node + 1]; edge++)
            {
                yield return (node, graph.Targets[edge], graph.Weights[edge]);
            }
        }
    }
}
