namespace Sosia.Matching;

/// <summary>
/// Finds the rows most similar to each query: exactly what comparing it with every row gives, ties by block and row, whatever the number of threads
/// and however the rows are split into blocks. Scores of vectors are sums in the order of <see cref="Float16Dot"/>. Rows are as
/// <see cref="Quantiser"/> makes them; with others (longer than 1, or a residual too small) rows may be missed.
/// </summary>
public static class ExactSearch
{
    private const int Batch = 128; // queries that share one pass over the rows
    private const int HeldHits = 1 << 20; // hits of a batch that wait for their order

    /// <summary>The best k rows of each query.</summary>
    /// <param name="blocks">Rows of the queries' kind and dimension.</param>
    /// <param name="queries">N rows.</param>
    /// <param name="k">At least 1; more than there are rows gives all of them.</param>
    /// <param name="threads">Ranges of rows that are scanned at once.</param>
    /// <param name="stop">Ends the search with <see cref="OperationCanceledException"/>.</param>
    /// <returns>Per query, best first.</returns>
    /// <exception cref="ArgumentException">A block is of another kind or dimension than the queries.</exception>
    public static Hit[][] TopK(
        IReadOnlyList<VectorRows> blocks, VectorRows queries, int k, int threads = 1, CancellationToken stop = default) =>
        TopK(blocks, queries, k, threads, out _, stop);

    /// <inheritdoc cref="TopK(IReadOnlyList{VectorRows}, VectorRows, int, int, CancellationToken)"/>
    public static Hit[][] TopK(
        IReadOnlyList<VectorRows> blocks,
        VectorRows queries,
        int k,
        int threads,
        out SearchStatistics statistics,
        CancellationToken stop = default) =>
        TopK(blocks, queries, k, threads, Simd.Best, out statistics, stop);

    /// <summary>Every row that reaches a similarity.</summary>
    /// <param name="blocks">Rows of the queries' kind and dimension.</param>
    /// <param name="queries">N rows.</param>
    /// <param name="minSimilarity">Rows of exactly this similarity are found too.</param>
    /// <param name="threads">Ranges of rows that are scanned at once.</param>
    /// <param name="found">Called on this thread, by rising query, block and row.</param>
    /// <param name="stop">Ends the search with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">A block is of another kind or dimension than the queries, or the similarity is not a number.</exception>
    public static SearchStatistics Within(
        IReadOnlyList<VectorRows> blocks,
        VectorRows queries,
        float minSimilarity,
        int threads,
        Action<Hit> found,
        CancellationToken stop = default) =>
        Within(blocks, queries, minSimilarity, threads, found, Simd.Best, HeldHits, stop);

    internal static Hit[][] TopK(
        IReadOnlyList<VectorRows> blocks,
        VectorRows queries,
        int k,
        int threads,
        SimdLevel level,
        out SearchStatistics statistics,
        CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(k);
        var total = Check(blocks, queries, threads);
        var results = new Hit[queries.Count][];
        statistics = default;
        for (var first = 0; first < queries.Count; first += Batch)
        {
            var batch = queries.Slice(first, Math.Min(Batch, queries.Count - first));
            var ranges = new BestHits[threads];
            for (var range = 0; range < threads; range++)
            {
                ranges[range] = new BestHits(batch.Count, k);
            }

            statistics += Scan(blocks, batch, 0, total, ranges, level, stop);
            for (var query = 0; query < batch.Count; query++)
            {
                var hits = BestHits.Merge(ranges, query, k);
                for (var at = 0; at < hits.Length; at++)
                {
                    hits[at] = hits[at] with { Query = first + query };
                }

                results[first + query] = hits;
            }
        }

        return results;
    }

    /// <param name="heldHits">Hits that may wait for their order; beyond it, queries are searched one by one over as many rows at a time.</param>
    internal static SearchStatistics Within(
        IReadOnlyList<VectorRows> blocks,
        VectorRows queries,
        float minSimilarity,
        int threads,
        Action<Hit> found,
        SimdLevel level,
        int heldHits,
        CancellationToken stop = default)
    {
        if (float.IsNaN(minSimilarity))
        {
            throw new ArgumentException("the least similarity is not a number", nameof(minSimilarity));
        }

        var total = Check(blocks, queries, threads);
        var statistics = default(SearchStatistics);
        for (var first = 0; first < queries.Count; first += Batch)
        {
            var batch = queries.Slice(first, Math.Min(Batch, queries.Count - first));
            if (Collect(batch, first, 0, total))
            {
                continue;
            }

            for (var query = 0; query < batch.Count; query++)
            {
                for (var from = 0L; from < total; from += heldHits)
                {
                    Collect(batch.Slice(query, 1), first + query, from, Math.Min(from + heldHits, total));
                }
            }
        }

        return statistics;

        bool Collect(VectorRows batch, int firstQuery, long from, long to)
        {
            var ranges = new ReachingHits[threads];
            for (var range = 0; range < threads; range++)
            {
                ranges[range] = new ReachingHits(batch.Count, minSimilarity, heldHits);
            }

            statistics += Scan(blocks, batch, from, to, ranges, level, stop);
            if (ranges.Any(static range => range.Overflowed))
            {
                return false;
            }

            for (var query = 0; query < batch.Count; query++)
            {
                foreach (var range in ranges)
                {
                    foreach (var hit in range.Of(query))
                    {
                        found(hit with { Query = firstQuery + query });
                    }
                }
            }

            return true;
        }
    }

    /// <summary>Number of rows of all blocks.</summary>
    private static long Check(IReadOnlyList<VectorRows> blocks, VectorRows queries, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(threads);
        var total = 0L;
        for (var block = 0; block < blocks.Count; block++)
        {
            var rows = blocks[block];
            if (rows.Kind != queries.Kind || rows.Dimension != queries.Dimension)
            {
                throw new ArgumentException(
                    $"block {block} has {rows.Kind} rows of {rows.Dimension}, the queries are {queries.Kind} rows of {queries.Dimension}",
                    nameof(blocks));
            }

            total += rows.Count;
        }

        return total;
    }

    /// <summary>Scans the rows <c>from..to</c>, one collector a range of them.</summary>
    private static SearchStatistics Scan(
        IReadOnlyList<VectorRows> blocks, VectorRows batch, long from, long to, ICollector[] ranges, SimdLevel level, CancellationToken stop)
    {
        Func<VectorRows, RowRange, ICollector, CancellationToken, SearchStatistics> scan =
            batch.Kind == VectorKind.Bits256 ? new BitScan(batch, level).Scan : new Int8Scan(batch, level).Scan;
        var statistics = new SearchStatistics[ranges.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = ranges.Length, CancellationToken = stop };
        Parallel.For(0, ranges.Length, options, range =>
        {
            var start = from + ((to - from) * range / ranges.Length);
            var end = from + ((to - from) * (range + 1) / ranges.Length);
            foreach (var rows in RowRange.Between(blocks, start, end))
            {
                statistics[range] += scan(blocks[rows.Block], rows, ranges[range], stop);
            }
        });
        return statistics.Aggregate(static (a, b) => a + b);
    }
}
