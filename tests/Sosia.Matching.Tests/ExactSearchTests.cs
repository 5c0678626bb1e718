using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Matching.Tests;

public class ExactSearchTests
{
    private static readonly int[] Dimensions = [1, 2, 7, 15, 16, 31, 32, 33, 63, 100, 128, 160, 256, 300];

    /// <summary>A case is drawn from its seed alone, so that a failure is repeated by its number.</summary>
    private static void ForSeeds(int cases, Action<Random> check) =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(cases),
            Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed => check(new Random(seed))));

    private static (List<VectorRows> Blocks, VectorRows Queries) Draw(Random random, bool bits)
    {
        var shape = SearchCases.Shapes[random.Next(SearchCases.Shapes.Length)];
        var dimension = Dimensions[random.Next(Dimensions.Length)];
        var (rows, queries) = (random.Next(4) == 0 ? random.Next(3) : random.Next(300), random.Next(12));
        var all = bits
            ? SearchCases.Bits(random, shape, rows + queries)
            : Quantiser.Rows(dimension, SearchCases.Values(random, shape, rows + queries, dimension));
        return (SearchCases.Split(random, all.Slice(0, rows)), all.Slice(rows, queries));
    }

    [Theory]
    [InlineData(false, 80)]
    [InlineData(true, 60)]
    public void TopK_is_the_ranking_of_every_row_bit_for_bit(bool bits, int cases) => ForSeeds(cases, random =>
    {
        var (blocks, queries) = Draw(random, bits);
        var k = 1 + random.Next(random.Next(2) == 0 ? 12 : 600);
        var expected = Enumerable.Range(0, queries.Count).Select(query => SearchCases.Ranked(blocks, queries, query).Take(k).ToArray()).ToArray();

        Assert.Equal(expected, ExactSearch.TopK(blocks, queries, k, 1 + random.Next(4), SimdLevel.Scalar, out _));
        Assert.Equal(expected, ExactSearch.TopK(blocks, queries, k, 1 + random.Next(4)));
    });

    [Theory]
    [InlineData(false, 80)]
    [InlineData(true, 60)]
    public void Within_finds_each_row_that_reaches_the_similarity_in_order(bool bits, int cases) => ForSeeds(cases, random =>
    {
        var (blocks, queries) = Draw(random, bits);
        var ranked = Enumerable.Range(0, queries.Count).SelectMany(query => SearchCases.Ranked(blocks, queries, query)).ToArray();
        var least = ranked.Length > 0 && random.Next(4) > 0 ? ranked[random.Next(ranked.Length)].Similarity : (float)((random.NextDouble() * 2) - 1);
        var expected = ranked.Where(hit => hit.Similarity >= least).OrderBy(hit => (hit.Query, hit.Block, hit.Row)).ToArray();

        foreach (var heldHits in new[] { 1 << 20, 1 + random.Next(50) })
        {
            foreach (var level in new[] { SimdLevel.Scalar, Simd.Best })
            {
                var found = new List<Hit>();
                ExactSearch.Within(blocks, queries, least, 1 + random.Next(4), found.Add, level, heldHits);
                Assert.Equal(expected, found);
            }
        }
    });

    [Theory]
    [InlineData(512)]
    [InlineData(768)]
    public void A_cluster_of_1000_nearly_equal_rows_is_ranked_right(int dimension)
    {
        var random = new Random(dimension);
        float[] values = [.. SearchCases.Values(random, "cluster", 1000, dimension), .. SearchCases.Values(random, "random", 2000, dimension)];
        var blocks = SearchCases.Split(random, Quantiser.Rows(dimension, values));
        var queries = Quantiser.Rows(dimension, values.AsSpan(0, 5 * dimension));

        var hits = ExactSearch.TopK(blocks, queries, 20, 2);

        for (var query = 0; query < queries.Count; query++)
        {
            Assert.Equal(SearchCases.Ranked(blocks, queries, query).Take(20), hits[query]);
        }
    }

    [Fact]
    public void More_queries_than_a_batch_keep_their_numbers()
    {
        var rows = Quantiser.Rows(8, SearchCases.Values(new Random(1), "random", 300, 8));

        var hits = ExactSearch.TopK([rows], rows, 1);
        var within = new List<Hit>();
        ExactSearch.Within([rows], rows, 0.999f, 2, within.Add);

        Assert.Equal(Enumerable.Range(0, 300), hits.Select(best => best[0].Row));
        Assert.Equal(Enumerable.Range(0, 300), hits.Select(best => best[0].Query));
        Assert.Equal(Enumerable.Range(0, 300), within.Where(hit => hit.Row == hit.Query).Select(hit => hit.Query));
    }

    [Fact]
    public void Few_random_rows_are_scored_again()
    {
        const int dimension = 256;
        var rows = Quantiser.Rows(dimension, SearchCases.Values(new Random(2), "random", 10_000, dimension));
        var queries = Quantiser.Rows(dimension, SearchCases.Values(new Random(3), "random", 8, dimension));

        ExactSearch.TopK([rows], queries, 10, 1, out var statistics);

        Assert.Equal(10_000 * 8, statistics.Scanned);
        Assert.InRange(statistics.Rescored, 8 * 10, statistics.Scanned / 50);
    }

    [Fact]
    public void A_query_of_zeros_scores_no_more_than_k_rows()
    {
        var rows = Quantiser.Rows(64, SearchCases.Values(new Random(4), "random", 5_000, 64));

        var hits = ExactSearch.TopK([rows], Quantiser.Rows(64, new float[64]), 3, 1, out var statistics);

        Assert.Equal([new Hit(0, 0, 0, 0), new Hit(0, 0, 1, 0), new Hit(0, 0, 2, 0)], hits[0]);
        Assert.Equal(3, statistics.Rescored);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Memory_does_not_grow_with_the_rows(bool bits)
    {
        var all = bits
            ? SearchCases.Bits(new Random(5), "random", 40_010)
            : Quantiser.Rows(64, SearchCases.Values(new Random(5), "random", 40_010, 64));
        var queries = all.Slice(40_000, 10);
        long Allocated(int rows)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            ExactSearch.TopK([all.Slice(0, rows)], queries, 5);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Allocated(10_000);
        Assert.InRange(Allocated(40_000), 1, Allocated(10_000) + 4096);
    }

    [Fact]
    public void Blocks_must_be_of_the_queries_kind_and_dimension()
    {
        var rows = Quantiser.Rows(4, new float[4]);

        var error = Assert.Throws<ArgumentException>(() => ExactSearch.TopK([rows, Quantiser.Rows(3, new float[3])], rows, 1));

        Assert.StartsWith("block 1 has Int8Float16 rows of 3, the queries are Int8Float16 rows of 4", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => ExactSearch.TopK([VectorRows.OfBits(new byte[32])], rows, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactSearch.TopK([rows], rows, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ExactSearch.TopK([rows], rows, 1, 0));
        Assert.Throws<ArgumentException>(() => ExactSearch.Within([rows], rows, float.NaN, 1, _ => { }));
    }

    [Fact]
    public void A_stopped_search_ends()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        var rows = Quantiser.Rows(4, new float[400]);

        Assert.ThrowsAny<OperationCanceledException>(() => ExactSearch.TopK([rows], rows, 1, 2, stop.Token));
        Assert.ThrowsAny<OperationCanceledException>(() => ExactSearch.Within([rows], rows, 0, 2, _ => { }, stop.Token));
    }
}
