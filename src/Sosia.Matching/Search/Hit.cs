namespace Sosia.Matching;

/// <summary>A row that a query found.</summary>
/// <param name="Query">Row of the queries.</param>
/// <param name="Block">Index of the block.</param>
/// <param name="Row">Row of that block.</param>
/// <param name="Similarity">
/// Cosine of the float16 vectors, which rounding may carry past 1 by up to 0.002; or <c>1 - 2 * distance / 256</c> of bits.
/// </param>
public readonly record struct Hit(int Query, int Block, int Row, float Similarity);

/// <summary>What a search did.</summary>
/// <param name="Scanned">Pairs of query and row that were compared by their copies (or bits).</param>
/// <param name="Rescored">Pairs among them that only the float16 vectors could decide; always 0 for bits.</param>
public readonly record struct SearchStatistics(long Scanned, long Rescored)
{
    /// <summary>The sum of two searches.</summary>
    public static SearchStatistics operator +(SearchStatistics a, SearchStatistics b) => new(a.Scanned + b.Scanned, a.Rescored + b.Rescored);
}

/// <summary>Best first: higher similarity, then earlier block, then earlier row.</summary>
internal sealed class BestFirst : IComparer<Hit>
{
    public static readonly BestFirst Order = new();

    public int Compare(Hit a, Hit b)
    {
        if (a.Similarity != b.Similarity)
        {
            return a.Similarity > b.Similarity ? -1 : 1;
        }

        return a.Block != b.Block ? a.Block.CompareTo(b.Block) : a.Row.CompareTo(b.Row);
    }
}

/// <summary><see cref="BestFirst"/> turned round.</summary>
internal sealed class WorstFirst : IComparer<Hit>
{
    public static readonly WorstFirst Order = new();

    public int Compare(Hit a, Hit b) => BestFirst.Order.Compare(b, a);
}
