using System.Runtime.InteropServices;

namespace Sosia.Matching;

/// <summary>Scans rows of 256 bits, in tiles that stay in the first-level cache while every query passes over them.</summary>
internal sealed class BitScan
{
    private const int TileRows = 512;
    private const int Words = VectorRows.BitRowBytes / sizeof(ulong);

    private readonly ulong[] queries; // N x 4
    private readonly SimdLevel level;

    /// <param name="rows">Rows of bits: the queries.</param>
    /// <param name="level">Kernel to run.</param>
    public BitScan(VectorRows rows, SimdLevel level)
    {
        queries = MemoryMarshal.Cast<byte, ulong>(rows.Bits.Span).ToArray();
        this.level = level;
    }

    /// <summary>As <see cref="Int8Scan.Scan"/>; a distance is exact, so nothing is ever scored again.</summary>
    public SearchStatistics Scan(VectorRows rows, RowRange range, ICollector collector, CancellationToken stop)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(rows.Bits.Span);
        for (var done = 0; done < range.Count; done += TileRows)
        {
            stop.ThrowIfCancellationRequested();
            var start = range.Start + done;
            var tile = words.Slice(start * Words, Math.Min(TileRows, range.Count - done) * Words);
            for (var query = 0; query < queries.Length / Words; query++)
            {
                Sift(query, tile, range.Block, start, collector);
            }
        }

        return new SearchStatistics((long)range.Count * (queries.Length / Words), 0);
    }

    private void Sift(int query, ReadOnlySpan<ulong> tile, int block, int start, ICollector collector)
    {
        var q = queries.AsSpan(query * Words, Words);
        var farthest = Farthest(collector.Thresholds[query]);
        for (var row = -1; (row = Hamming.Next(level, q, tile, row + 1, farthest, out var distance)) >= 0;)
        {
            collector.Offer(new Hit(query, block, start + row, Hamming.Similarity(distance)));
            farthest = Farthest(collector.Thresholds[query]);
        }
    }

    /// <summary>The largest distance whose similarity reaches a threshold; -1 where none does. Similarities of bits are exact in float32.</summary>
    private static int Farthest(float threshold) => (int)Math.Floor(Math.Clamp((1 - (double)threshold) * 128, -1, 256));
}
