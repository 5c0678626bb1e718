using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>A query in integers, and how far its products with int8 rows can be from its score.</summary>
/// <param name="Levels">The integers a of q' = t a, in the order that their kernel reads.</param>
/// <param name="Scale">t.</param>
/// <param name="Error">Bound of what replacing q by q' and x by x' changes.</param>
internal readonly record struct IntegerQuery<T>(T[] Levels, float Scale, ErrorBound Error);

/// <summary>A query at its three precisions: 5 to 8 bits for every row, 16 bits where these cannot reject it, float32 for what is left.</summary>
internal sealed class ScanQuery
{
    private const int FineSum = 1 << 24; // of all levels, so that their products with int8 add up in 31 bits

    /// <param name="row">D float16 values.</param>
    public ScanQuery(ReadOnlySpan<Half> row)
    {
        Exact = new float[row.Length];
        TensorPrimitives.ConvertToSingle(row, Exact);
        var length = Distance(Exact, 0, Exact);
        Coarse = CoarseOf(Exact, length);
        Fine = FineOf(Exact, length);
    }

    /// <summary>D values of the query itself.</summary>
    public float[] Exact { get; }

    /// <summary>Levels in steps of 32 columns, see <see cref="Int8Dot"/>; zeros beyond D and where the last step repeats columns.</summary>
    public IntegerQuery<sbyte> Coarse { get; }

    /// <summary>D levels.</summary>
    public IntegerQuery<short> Fine { get; }

    /// <summary>As many levels as cannot overflow a 16-bit lane, whatever the row: checked on the integers themselves.</summary>
    private static IntegerQuery<sbyte> CoarseOf(float[] q, double length)
    {
        var inSteps = new sbyte[Int8Dot.Steps(q.Length) * Int8Dot.Step];
        if (length == 0)
        {
            return new IntegerQuery<sbyte>(inSteps, 0, default);
        }

        var levels = new float[q.Length];
        var scale = Math.Max(LargestLane(q) / Int8Dot.MaxLaneSum, LargestMagnitude(q) / sbyte.MaxValue);
        do
        {
            scale = MathF.BitIncrement(scale * 1.005f); // rounding may carry a lane past its sum
            Round(q, scale, levels);
        }
        while (LargestLane(levels) > Int8Dot.MaxLaneSum);

        for (var column = 0; column < q.Length; column++)
        {
            inSteps[Int8Dot.Place(column, q.Length)] = (sbyte)levels[column];
        }

        return new IntegerQuery<sbyte>(inSteps, scale, ErrorBound.Of(length, Distance(q, scale, levels), q.Length));
    }

    private static IntegerQuery<short> FineOf(float[] q, double length)
    {
        var integers = new short[q.Length];
        if (length == 0)
        {
            return new IntegerQuery<short>(integers, 0, default);
        }

        var levels = new float[q.Length];
        var scale = Math.Max(LargestMagnitude(q) / short.MaxValue, TensorPrimitives.SumOfMagnitudes<float>(q) / (FineSum - q.Length));
        scale *= 1.001f; // for the roundings of the sum and the quotients
        Round(q, scale, levels);
        TensorPrimitives.ConvertTruncating<float, short>(levels, integers);
        return new IntegerQuery<short>(integers, scale, ErrorBound.Of(length, Distance(q, scale, levels), q.Length));
    }

    /// <summary>The largest sum of values of one sign that meet in one 16-bit lane.</summary>
    private static float LargestLane(float[] values)
    {
        var lanes = (Int8Dot.Steps(values.Length) + Int8Dot.GroupSteps - 1) / Int8Dot.GroupSteps * Int8Dot.Lanes;
        var positive = new float[lanes];
        var negative = new float[lanes];
        for (var column = 0; column < values.Length; column++)
        {
            var lane = Int8Dot.Lane(column, values.Length);
            positive[lane] += Math.Max(values[column], 0);
            negative[lane] += Math.Max(-values[column], 0);
        }

        return Math.Max(TensorPrimitives.Max<float>(positive), TensorPrimitives.Max<float>(negative));
    }

    private static float LargestMagnitude(float[] values) => Math.Abs(TensorPrimitives.MaxMagnitude<float>(values));

    private static void Round(float[] q, float scale, float[] levels)
    {
        TensorPrimitives.Divide(q, scale, levels);
        TensorPrimitives.Round<float>(levels, levels);
    }

    /// <summary>|q - scale * levels|.</summary>
    private static double Distance(float[] q, float scale, float[] levels)
    {
        var squares = 0.0;
        for (var column = 0; column < q.Length; column++)
        {
            var difference = q[column] - ((double)scale * levels[column]);
            squares += difference * difference;
        }

        return Math.Sqrt(squares);
    }
}
