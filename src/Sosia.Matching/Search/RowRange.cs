namespace Sosia.Matching;

/// <summary>Consecutive rows of one block.</summary>
/// <param name="Block">Index of the block.</param>
/// <param name="Start">First row.</param>
/// <param name="Count">Number of rows.</param>
internal readonly record struct RowRange(int Block, int Start, int Count)
{
    /// <summary>The rows <c>from..to</c> of all blocks, counted through, block by block.</summary>
    public static IEnumerable<RowRange> Between(IReadOnlyList<VectorRows> blocks, long from, long to)
    {
        var first = 0L;
        for (var block = 0; block < blocks.Count && first < to; block++)
        {
            var start = Math.Max(from - first, 0);
            var end = Math.Min(to - first, blocks[block].Count);
            if (start < end)
            {
                yield return new RowRange(block, (int)start, (int)(end - start));
            }

            first += blocks[block].Count;
        }
    }
}
