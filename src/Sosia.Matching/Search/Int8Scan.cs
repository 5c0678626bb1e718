using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Matching;

/// <summary>
/// Scans int8 copies in tiles that stay in the second-level cache while every query passes over them. A row goes three steps, each only where the
/// one before could not reject it by its <see cref="ErrorBound"/>: 8-bit query, 16-bit query, float16 vectors.
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

    /// <param name="queries">Float16 rows.</param>
    /// <param name="level">Kernel to run.</param>
    public Int8Scan(VectorRows queries, SimdLevel level)
    {
        this.level = level;
        dimension = queries.Dimension;
        this.queries = new ScanQuery[queries.Count];
        for (var query = 0; query < this.queries.Length; query++)
        {
            this.queries[query] = new ScanQuery(queries.Float16.Span.Slice(query * dimension, dimension));
        }

        groups = this.queries.Chunk(Int8Dot.Wide).Select((group, index) => new Group(index * Int8Dot.Wide, group)).ToArray();
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
        var int8 = rows.Int8.Span.Slice(range.Start * dimension, range.Count * dimension);
        for (var done = 0; done < range.Count; done += tileRows)
        {
            stop.ThrowIfCancellationRequested();
            var tile = new RowRange(range.Block, range.Start + done, Math.Min(tileRows, range.Count - done));
            var levels = int8[..(tile.Count * dimension)];
            var rest = int8[levels.Length..];
            var share = Math.Min(rest.Length, levels.Length) / groups.Length; // of the next tile, fetched while each group is compared
            foreach (var group in groups)
            {
                var next = rest.Slice(group.First / Int8Dot.Wide * share, share);
                Int8Dot.Tile(level, levels, dimension, group.Levels, group.Sums, dots.AsSpan(0, tile.Count * group.Width), next);
                rescored += Sift(group, rows, tile, dots, collector);
            }

            int8 = rest;
        }

        ArrayPool<int>.Shared.Return(dots);
        return new SearchStatistics((long)range.Count * queries.Length, rescored);
    }

    /// <summary>Goes on with the rows of a tile whose coarse bound reaches the threshold.</summary>
    private long Sift(Group group, VectorRows rows, RowRange tile, int[] dots, ICollector collector)
    {
        var rescored = 0L;
        var scale = rows.Scale.Span.Slice(tile.Start, tile.Count);
        var residual = rows.Residual.Span.Slice(tile.Start, tile.Count);
        for (var row = NextReaching(group, dots, scale, residual, 0, collector, out var reaching);
            row < tile.Count;
            row = NextReaching(group, dots, scale, residual, row + (Lanes / group.Width), collector, out reaching))
        {
            for (; reaching != 0; reaching &= reaching - 1)
            {
                var lane = BitOperations.TrailingZeroCount(reaching);
                var query = lane % group.Width;
                if (query < group.Count)
                {
                    rescored += Decide(group.First + query, rows, tile.Block, tile.Start + row + (lane / group.Width), collector);
                }
            }
        }

        return rescored;
    }

    /// <summary>
    /// The next rows, eight with one query or two with four, of which one reaches the threshold by its coarse bound; and which of the eight pairs do.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int NextReaching(
        Group group, int[] dots, ReadOnlySpan<float> scale, ReadOnlySpan<float> residual, int from, ICollector collector, out uint reaching)
    {
        var thresholds = group.Width == 1
            ? Vector256.Create(collector.Thresholds[group.First])
            : Vector256.Create(Vector128.Create(collector.Thresholds, group.First));
        var (queryScale, slope, constant) = (group.Scale, group.Slope, group.Fixed);
        ref var dot = ref MemoryMarshal.GetArrayDataReference(dots);
        ref var s = ref MemoryMarshal.GetReference(scale);
        ref var r = ref MemoryMarshal.GetReference(residual);
        var row = from;
        if (group.Width == 1)
        {
            for (; row + Lanes <= scale.Length; row += Lanes)
            {
                reaching = Reaching(Vector256.LoadUnsafe(ref dot, (nuint)row), Vector256.LoadUnsafe(ref s, (nuint)row), Vector256.LoadUnsafe(ref r, (nuint)row));
                if (reaching != 0)
                {
                    return row;
                }
            }
        }
        else
        {
            for (; row + 2 <= scale.Length; row += 2)
            {
                reaching = Reaching(Vector256.LoadUnsafe(ref dot, (nuint)(row * Int8Dot.Wide)), Pair(ref s, row), Pair(ref r, row));
                if (reaching != 0)
                {
                    return row;
                }
            }
        }

        reaching = row < scale.Length ? (1u << ((scale.Length - row) * group.Width)) - 1 : 0; // too few for a vector: all are decided one by one
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
    private int Decide(int index, VectorRows rows, int block, int row, ICollector collector)
    {
        var query = queries[index];
        var threshold = collector.Thresholds[index];
        var dot = Int8Dot.Fine(level, rows.Int8.Span.Slice(row * dimension, dimension), query.Fine.Levels);
        var bound = (dot * rows.Scale.Span[row] * query.Fine.Scale) + (rows.Residual.Span[row] * query.Fine.Error.Slope) + query.Fine.Error.Fixed;
        if (!(bound >= threshold))
        {
            return 0;
        }

        var score = Float16Dot.Score(level, query.Exact, rows.Float16.Span.Slice(row * dimension, dimension));
        if (score >= threshold)
        {
            collector.Offer(new Hit(index, block, row, score));
        }

        return 1;
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
