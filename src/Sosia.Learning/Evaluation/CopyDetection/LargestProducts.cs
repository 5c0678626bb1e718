namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>The k largest of a stream of inner products, in the memory of k; among equal ones the earliest in a given order.</summary>
/// <param name="k">How many are kept.</param>
public sealed class LargestProducts(int k)
{
    private readonly PriorityQueue<(string Query, string Reference), (float Product, long Order)> kept = new();

    /// <summary>A product below this one is not among the largest any more; minus infinity until k are there.</summary>
    public float Least => kept.Count < k || !kept.TryPeek(out _, out var least) ? float.NegativeInfinity : least.Product;

    /// <summary>Offers a product.</summary>
    /// <param name="query">The query's video.</param>
    /// <param name="reference">The reference's video.</param>
    /// <param name="product">Finite.</param>
    /// <param name="order">Another one for each product: the smaller goes before, where products are equal.</param>
    /// <exception cref="ArgumentException">The product is not finite.</exception>
    public void Add(string query, string reference, float product, long order)
    {
        if (!float.IsFinite(product))
        {
            throw new ArgumentException($"{query} and {reference}: a product that is not finite", nameof(product));
        }

        if (kept.Count < k)
        {
            kept.Enqueue((query, reference), (product, -order));
        }
        else if (k > 0)
        {
            kept.EnqueueDequeue((query, reference), (product, -order));
        }
    }

    /// <summary>The pairs of videos behind what was kept, each with its largest product, best first. Leaves nothing kept.</summary>
    /// <param name="count">How many pairs count.</param>
    public IReadOnlyList<VscCandidate> TakePairs(int count)
    {
        var rising = new List<VscCandidate>(kept.Count);
        while (kept.TryDequeue(out var pair, out var priority))
        {
            rising.Add(new VscCandidate(pair.Query, pair.Reference, priority.Product));
        }

        rising.Reverse();
        return [.. rising.DistinctBy(pair => (pair.Query, pair.Reference)).Take(count)];
    }
}
