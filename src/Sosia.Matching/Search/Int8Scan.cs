using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Matching;

/// <summary>
/// Scans int8 copies in tiles that stay in the second-level cache while every query passes over them. A row goes three steps, each only where the
/// one before could not reject it by its <see cref="ErrorBound"/>: coarse query, fine query, float16 vectors (see <see cref="ScanQuery"/>).
/// </summary>
internal sealed class Int8Scan
{
    private const int TileBytes = 128 * 1024;
    private const int Lanes = 8;

    private readonly SimdLevel level;
    private readonly int dimension;
    private readonly ScanQuery[] queries;
    private readonly Group[] groups;
    private readonly int tileRows;

    /// <param name="rows">Float16 rows: the queries.</param>
    /// <param name="level">Kernel to run.</param>
    public Int8Scan(VectorRows rows, SimdLevel level)
    {
        this.level = level;
        dimension = rows.Dimension;
        queries = new ScanQuery[rows.Count];
        for (var query = 0; query < queries.Length; query++)
        {
            queries[query] = new ScanQuery(rows.Float16.Span.Slice(query * dimension, dimension));
        }

        groups = queries.Chunk(Int8Dot.Wide).Select((group, index) => new Group(index * Int8Dot.Wide, group)).ToArray();
        tileRows = Math.Clamp(TileBytes / dimension / Lanes * Lanes, Lanes, 2048);
    }

    /// <summary>Offers every row of a range that reaches its query's threshold.</summary>
    /// <param name="rows">The block.</param>
    /// <param name="range">Rows of it.</param>
    /// <param name="collector">Where the rows go, as rows of this batch.</param>
    /// <param name="stop">Looked at once a tile.</param>
    public SearchStatistics Scan(VectorRows rows, RowRange range, ICollector collector, CancellationToken stop)
    {
        var rescored = 0L;
        var dots = ArrayPool<int>.Shared.Rent(tileRows * Int8Dot.Wide);
        var next = new Tile(rows, range.Block, range.Start, 0);
        for (var end = range.Start + range.Count; next.Start < end;)
        {
            stop.ThrowIfCancellationRequested();
            var tile = new Tile(rows, range.Block, next.Start, Math.Min(tileRows, end - next.Start));
            next = new Tile(rows, range.Block, tile.Start + tile.Count, Math.Min(tileRows, end - tile.Start - tile.Count));
            var share = next.Int8.Length / groups.Length; // of the next tile, fetched while each group is compared
            for (var group = 0; group < groups.Length; group++)
            {
                var (queries, fetched) = (groups[group], group * share);
                var products = dots.AsSpan(0, tile.Count * queries.Width);
                Int8Dot.Tile(level, tile.Int8, dimension, queries.Levels, queries.Sums, products, next.Int8.Slice(fetched, share));
                rescored += Sift(queries, tile, dots, collector);
            }
        }

        ArrayPool<int>.Shared.Return(dots);
        return new SearchStatistics((long)range.Count * queries.Length, rescored);
    }

    /// <summary>Goes on with the rows of a tile whose coarse bound reaches the threshold.</summary>
    private long Sift(Group group, in Tile tile, int[] dots, ICollector collector)
    {
        var rescored = 0L;
        var rowsAtOnce = Lanes / group.Width;
        for (var row = 0; (row = NextReaching(group, tile, dots, row, collector, out var reaching)) < tile.Count; row += rowsAtOnce)
        {
            for (; reaching != 0; reaching &= reaching - 1)
            {
                var lane = BitOperations.TrailingZeroCount(reaching);
                var query = lane % group.Width;
                if (query < group.Count)
                {
                    rescored += Decide(group.First + query, tile, row + (lane / group.Width), collector);
                }
            }
        }

        return rescored;
    }

    /// <summary>
    /// The next rows, eight with one query or two with four, of which one reaches the threshold by its coarse bound; and which of the eight pairs do.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int NextReaching(Group group, in Tile tile, int[] dots, int from, ICollector collector, out uint reaching)
    {
        var thresholds = group.Width == 1
            ? Vector256.Create(collector.Thresholds[group.First])
            : Vector256.Create(Vector128.Create(collector.Thresholds, group.First));
        var (queryScale, slope, constant) = (group.Scale, group.Slope, group.Fixed);
        ref var dot = ref MemoryMarshal.GetArrayDataReference(dots);
        ref var s = ref MemoryMarshal.GetReference(tile.Scale);
        ref var r = ref MemoryMarshal.GetReference(tile.Residual);
        var row = from;
        if (group.Width == 1)
        {
            for (; row + Lanes <= tile.Count; row += Lanes)
            {
                var at = (nuint)row;
                reaching = Reaching(Vector256.LoadUnsafe(ref dot, at), Vector256.LoadUnsafe(ref s, at), Vector256.LoadUnsafe(ref r, at));
                if (reaching != 0)
                {
                    return row;
                }
            }
        }
        else
        {
            for (; row + 2 <= tile.Count; row += 2)
            {
                reaching = Reaching(Vector256.LoadUnsafe(ref dot, (nuint)(row * Int8Dot.Wide)), Pair(ref s, row), Pair(ref r, row));
                if (reaching != 0)
                {
                    return row;
                }
            }
        }

        // Too few for a vector: all are decided one by one.
        reaching = row < tile.Count ? (1u << ((tile.Count - row) * group.Width)) - 1 : 0;
        return row;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        uint Reaching(Vector256<int> dot, Vector256<float> scale, Vector256<float> residual)
        {
            var bound = (Vector256.ConvertToSingle(dot) * scale * queryScale) + (residual * slope) + constant;
            return Vector256.GreaterThanOrEqual(bound, thresholds).ExtractMostSignificantBits();
        }

        static Vector256<float> Pair(ref float values, int row) =>
            Vector256.Create(Vector128.Create(Unsafe.Add(ref values, row)), Vector128.Create(Unsafe.Add(ref values, row + 1)));
    }

    /// <summary>One row and one query: the fine bound, then the score itself. Returns how many scores it took, 0 or 1.</summary>
    private int Decide(int index, in Tile tile, int row, ICollector collector)
    {
        var query = queries[index];
        var threshold = collector.Thresholds[index];
        var dot = Int8Dot.Fine(level, tile.Int8.Slice(row * dimension, dimension), query.Fine.Levels);
        var bound = (dot * tile.Scale[row] * query.Fine.Scale) + (tile.Residual[row] * query.Fine.Error.Slope) + query.Fine.Error.Fixed;
        if (!(bound >= threshold))
        {
            return 0;
        }

        var score = Float16Dot.Score(level, query.Exact, tile.Float16.Slice(row * dimension, dimension));
        if (score >= threshold)
        {
            collector.Offer(new Hit(index, tile.Block, tile.Start + row, score));
        }

        return 1;
    }

    /// <summary>Consecutive rows of a block that stay in the cache while all queries pass.</summary>
    private readonly ref struct Tile(VectorRows rows, int block, int start, int count)
    {
        public int Block { get; } = block;

        public int Start { get; } = start;

        public int Count { get; } = count;

        public ReadOnlySpan<sbyte> Int8 { get; } = rows.Int8.Span.Slice(start * rows.Dimension, count * rows.Dimension);

        public ReadOnlySpan<Half> Float16 { get; } = rows.Float16.Span.Slice(start * rows.Dimension, count * rows.Dimension);

        public ReadOnlySpan<float> Scale { get; } = rows.Scale.Span.Slice(start, count);

        public ReadOnlySpan<float> Residual { get; } = rows.Residual.Span.Slice(start, count);
    }

    /// <summary>Queries that pass over a tile together: one, or four (the missing ones are zero and reach nothing).</summary>
    private sealed class Group
    {
        public Group(int first, ScanQuery[] queries)
        {
            First = first;
            Count = queries.Length;
            Width = Count == 1 ? 1 : Int8Dot.Wide;
            var steps = queries[0].Coarse.Levels.Length / Int8Dot.Step;
            Levels = new sbyte[steps * Width * Int8Dot.Step];
            Sums = new int[Width];
            for (var query = 0; query < Count; query++)
            {
                foreach (var level in queries[query].Coarse.Levels)
                {
                    Sums[query] += level;
                }

                for (var step = 0; step < steps; step++)
                {
                    var levels = queries[query].Coarse.Levels.AsSpan(step * Int8Dot.Step, Int8Dot.Step);
                    levels.CopyTo(Levels.AsSpan(((step * Width) + query) * Int8Dot.Step));
                }
            }

            Scale = ByLane(queries, static query => query.Coarse.Scale);
            Slope = ByLane(queries, static query => query.Coarse.Error.Slope);
            Fixed = ByLane(queries, static query => query.Coarse.Error.Fixed);
        }

        public int First { get; }

        public int Count { get; }

        public int Width { get; }

        public sbyte[] Levels { get; }

        public int[] Sums { get; }

        public Vector256<float> Scale { get; }

        public Vector256<float> Slope { get; }

        public Vector256<float> Fixed { get; }

        private Vector256<float> ByLane(ScanQuery[] queries, Func<ScanQuery, float> value)
        {
            Span<float> values = stackalloc float[Lanes];
            for (var lane = 0; lane < Lanes; lane++)
            {
                values[lane] = lane % Width < Count ? value(queries[lane % Width]) : 0;
            }

            return Vector256.Create<float>(values);
        }
    }
}
