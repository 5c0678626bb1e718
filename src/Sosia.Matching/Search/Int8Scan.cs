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

    private readonly SimdLevel _level;
    private readonly int _dimension;
    private readonly ScanQuery[] _queries;
    private readonly Group[] _groups;
    private readonly int _tileRows;

    /// <param name="queries">Float16 rows.</param>
    /// <param name="level">Kernel to run.</param>
    public Int8Scan(VectorRows queries, SimdLevel level)
    {
        _level = level;
        _dimension = queries.Dimension;
        _queries = new ScanQuery[queries.Count];
        for (var query = 0; query < _queries.Length; query++)
        {
            _queries[query] = new ScanQuery(queries.Float16.Span.Slice(query * _dimension, _dimension));
        }

        _groups = _queries.Chunk(Int8Dot.Wide).Select((group, index) => new Group(index * Int8Dot.Wide, group)).ToArray();
        _tileRows = Math.Clamp(TileBytes / _dimension / Lanes * Lanes, Lanes, 2048);
    }

    /// <summary>Offers every row of a range that reaches its query's threshold.</summary>
    /// <param name="rows">The block.</param>
    /// <param name="range">Rows of it.</param>
    /// <param name="collector">Where the rows go, as rows of this batch.</param>
    /// <param name="stop">Looked at once a tile.</param>
    public SearchStatistics Scan(VectorRows rows, RowRange range, ICollector collector, CancellationToken stop)
    {
        var rescored = 0L;
        var dots = new int[_tileRows * Int8Dot.Wide];
        for (var done = 0; done < range.Count; done += _tileRows)
        {
            stop.ThrowIfCancellationRequested();
            var tile = new RowRange(range.Block, range.Start + done, Math.Min(_tileRows, range.Count - done));
            var int8 = rows.Int8.Span.Slice(tile.Start * _dimension, tile.Count * _dimension);
            foreach (var group in _groups)
            {
                Int8Dot.Tile(_level, int8, _dimension, group.Levels, group.Sums, dots.AsSpan(0, tile.Count * group.Width));
                rescored += Sift(group, rows, tile, dots, collector);
            }
        }

        return new SearchStatistics((long)range.Count * _queries.Length, rescored);
    }

    /// <summary>Goes on with the rows of a tile whose coarse bound reaches the threshold.</summary>
    private long Sift(Group group, VectorRows rows, RowRange tile, int[] dots, ICollector collector)
    {
        var rescored = 0L;
        var scale = rows.Scale.Span.Slice(tile.Start, tile.Count);
        var residual = rows.Residual.Span.Slice(tile.Start, tile.Count);
        var thresholds = group.Thresholds(collector);
        var rowsAtOnce = Lanes / group.Width;
        var row = 0;
        for (; row + rowsAtOnce <= tile.Count; row += rowsAtOnce)
        {
            var dot = Vector256.ConvertToSingle(Vector256.LoadUnsafe(ref dots[row * group.Width]));
            var bound = (dot * Spread(scale, row, group.Width) * group.Scale)
                + (Spread(residual, row, group.Width) * group.Slope) + group.Fixed;
            var reaching = Vector256.GreaterThanOrEqual(bound, thresholds).ExtractMostSignificantBits();
            if (reaching == 0)
            {
                continue;
            }

            for (; reaching != 0; reaching &= reaching - 1)
            {
                var lane = System.Numerics.BitOperations.TrailingZeroCount(reaching);
                rescored += Decide(group.First + (lane % group.Width), rows, tile.Block, tile.Start + row + (lane / group.Width), collector);
            }

            thresholds = group.Thresholds(collector);
        }

        for (; row < tile.Count; row++)
        {
            for (var query = 0; query < group.Count; query++)
            {
                var bound = (dots[(row * group.Width) + query] * scale[row] * group.Scale[query]) + (residual[row] * group.Slope[query]) + group.Fixed[query];
                if (bound >= collector.Threshold(group.First + query))
                {
                    rescored += Decide(group.First + query, rows, tile.Block, tile.Start + row, collector);
                }
            }
        }

        return rescored;
    }

    /// <summary>One row and one query: the fine bound, then the score itself. Returns how many scores it took, 0 or 1.</summary>
    private int Decide(int index, VectorRows rows, int block, int row, ICollector collector)
    {
        var query = _queries[index];
        var threshold = collector.Threshold(index);
        var dot = Int8Dot.Fine(_level, rows.Int8.Span.Slice(row * _dimension, _dimension), query.Fine.Levels);
        var bound = (dot * rows.Scale.Span[row] * query.Fine.Scale) + (rows.Residual.Span[row] * query.Fine.Error.Slope) + query.Fine.Error.Fixed;
        if (!(bound >= threshold))
        {
            return 0;
        }

        var score = Float16Dot.Score(_level, query.Exact, rows.Float16.Span.Slice(row * _dimension, _dimension));
        if (score >= threshold)
        {
            collector.Offer(new Hit(index, block, row, score));
        }

        return 1;
    }

    /// <summary>The factors of eight lanes: of eight rows, or of two rows four times each.</summary>
    private static Vector256<float> Spread(ReadOnlySpan<float> values, int row, int width) =>
        width == 1
            ? Vector256.LoadUnsafe(ref MemoryMarshal.GetReference(values), (nuint)row)
            : Vector256.Create(Vector128.Create(values[row]), Vector128.Create(values[row + 1]));

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
                Sums[query] = queries[query].Coarse.Sum;
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

        public Vector256<float> Thresholds(ICollector collector)
        {
            var thresholds = Vector256.Create(float.PositiveInfinity);
            for (var lane = 0; lane < Lanes; lane++)
            {
                if (lane % Width < Count)
                {
                    thresholds = thresholds.WithElement(lane, collector.Threshold(First + (lane % Width)));
                }
            }

            return thresholds;
        }

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
