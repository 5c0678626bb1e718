using System.Runtime.InteropServices;

namespace Sosia.Matching;

/// <summary>What a scan asks and tells: rows are offered by rising (block, row) for each query.</summary>
internal interface ICollector
{
    /// <summary>The least similarity that is still wanted, by query; infinity beyond the last, up to a whole number of vectors.</summary>
    float[] Thresholds { get; }

    /// <summary>Takes a row that reaches the threshold.</summary>
    void Offer(Hit hit);

    /// <summary>Thresholds of so many queries.</summary>
    static float[] Fill(int queries, float threshold)
    {
        var thresholds = new float[(queries + Int8Dot.Wide - 1) / Int8Dot.Wide * Int8Dot.Wide];
        Array.Fill(thresholds, float.PositiveInfinity);
        Array.Fill(thresholds, threshold, 0, queries);
        return thresholds;
    }
}

/// <summary>The best k rows of each query.</summary>
internal sealed class BestHits : ICollector
{
    private readonly int k;
    private readonly PriorityQueue<Hit, Hit>[] heaps;

    public BestHits(int queries, int k)
    {
        this.k = k;
        heaps = new PriorityQueue<Hit, Hit>[queries];
        for (var query = 0; query < queries; query++)
        {
            heaps[query] = new PriorityQueue<Hit, Hit>(WorstFirst.Order);
        }

        Thresholds = ICollector.Fill(queries, float.NegativeInfinity);
    }

    /// <summary>From k rows on just above the k-th best: rows come in order, so an equal one would lose.</summary>
    public float[] Thresholds { get; }

    public void Offer(Hit hit)
    {
        var heap = heaps[hit.Query];
        if (heap.Count < k)
        {
            heap.Enqueue(hit, hit);
        }
        else
        {
            heap.EnqueueDequeue(hit, hit);
        }

        if (heap.Count == k)
        {
            Thresholds[hit.Query] = MathF.BitIncrement(heap.Peek().Similarity);
        }
    }

    /// <summary>The best k of a query from all ranges, best first.</summary>
    public static Hit[] Merge(BestHits[] ranges, int query, int k)
    {
        var hits = ranges.SelectMany(range => range.heaps[query].UnorderedItems.Select(static item => item.Element)).ToArray();
        Array.Sort(hits, BestFirst.Order);
        return hits.Length > k ? hits[..k] : hits;
    }
}

/// <summary>All rows of each query that reach a similarity, as long as they are not too many to be held.</summary>
internal sealed class ReachingHits : ICollector
{
    private readonly int limit;
    private readonly List<Hit>[] hits;
    private int count;

    public ReachingHits(int queries, float least, int limit)
    {
        this.limit = limit;
        hits = new List<Hit>[queries];
        for (var query = 0; query < queries; query++)
        {
            hits[query] = [];
        }

        Thresholds = ICollector.Fill(queries, least);
    }

    /// <summary>More rows than the limit were found; some are missing.</summary>
    public bool Overflowed => count > limit;

    public float[] Thresholds { get; }

    public void Offer(Hit hit)
    {
        if (++count <= limit)
        {
            hits[hit.Query].Add(hit);
        }
        else
        {
            Array.Fill(Thresholds, float.PositiveInfinity);
        }
    }

    /// <summary>The rows of a query, by block and row.</summary>
    public ReadOnlySpan<Hit> Of(int query) => CollectionsMarshal.AsSpan(hits[query]);
}
