using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>A query in integers, and how far its products with int8 rows can be from its score.</summary>
/// <param name="Levels">The integers a of q' = t a, in the order that its kernel reads.</param>
/// <param name="Sum">Sum of the levels.</param>
/// <param name="Scale">t.</param>
/// <param name="Error">Bound of what replacing q by q' and x by x' changes.</param>
internal readonly record struct IntegerQuery<T>(T[] Levels, int Sum, float Scale, ErrorBound Error);

/// <summary>A query at its three precisions: 6 to 8 bits for every row, 16 bits for rows that these cannot reject, float32 for what is left.</summary>
internal sealed class ScanQuery
{
    private const int FineSum = 1 << 24; // so that sums of products with int8 fit in 31 bits

    /// <param name="row">D float16 values.</param>
    public ScanQuery(ReadOnlySpan<Half> row)
    {
        Exact = new float[row.Length];
        TensorPrimitives.ConvertToSingle(row, Exact);
        var length = Length(Exact);
        Coarse = CoarseOf(Exact, length);
        Fine = FineOf(Exact, length);
    }

    /// <summary>D values of the query itself.</summary>
    public float[] Exact { get; }

    /// <summary>Levels in steps of 32 columns, see <see cref="Int8Dot"/>; zeros beyond D and where the last step repeats columns.</summary>
    public IntegerQuery<sbyte> Coarse { get; }

    /// <summary>D levels of 16 bits.</summary>
    public IntegerQuery<short> Fine { get; }

    /// <summary>The largest scale-free levels that cannot overflow a 16-bit lane, whatever the row: checked on the integers, so no row needs a test.</summary>
    private static IntegerQuery<sbyte> CoarseOf(float[] q, double length)
    {
        var dimension = q.Length;
        var levels = new sbyte[dimension];
        var scale = Math.Max(LargestLane(q, static (values, i) => values[i]) / Int8Dot.MaxLaneSum, TensorPrimitives.MaxMagnitude<float>(q) is var m ? Math.Abs(m) / 127f : 0);
        if (scale == 0)
        {
            return new IntegerQuery<sbyte>(new sbyte[Int8Dot.Steps(dimension) * Int8Dot.Step], 0, 0, default);
        }

        do
        {
            scale = MathF.BitIncrement(scale * 1.005f); // rounding to levels may carry a lane past its sum
            for (var i = 0; i < dimension; i++)
            {
                levels[i] = (sbyte)MathF.Round(q[i] / scale);
            }
        }
        while (LargestLane(levels, static (values, i) => values[i]) > Int8Dot.MaxLaneSum);

        var sum = 0;
        var inSteps = new sbyte[Int8Dot.Steps(dimension) * Int8Dot.Step];
        for (var i = 0; i < dimension; i++)
        {
            sum += levels[i];
            inSteps[Int8Dot.Place(i, dimension)] = levels[i];
        }

        return new IntegerQuery<sbyte>(inSteps, sum, scale, ErrorBound.Of(length, Distance(q, scale, i => levels[i]), dimension));
    }

    /// <summary>The largest sum of values of one sign that meet in one 16-bit lane.</summary>
    private static float LargestLane<T>(T[] values, Func<T[], int, float> at)
    {
        var dimension = values.Length;
        var lanes = (Int8Dot.Steps(dimension) + Int8Dot.GroupSteps - 1) / Int8Dot.GroupSteps * (Int8Dot.Step / 2);
        var positive = new float[lanes];
        var negative = new float[lanes];
        for (var i = 0; i < dimension; i++)
        {
            var lane = Int8Dot.Lane(i, dimension);
            var value = at(values, i);
            positive[lane] += Math.Max(value, 0);
            negative[lane] += Math.Max(-value, 0);
        }

        return Math.Max(TensorPrimitives.Max<float>(positive), TensorPrimitives.Max<float>(negative));
    }

    private static IntegerQuery<short> FineOf(float[] q, double length)
    {
        var dimension = q.Length;
        var levels = new short[dimension];
        var scale = MathF.BitIncrement(Math.Max(Math.Abs(TensorPrimitives.MaxMagnitude<float>(q)) / short.MaxValue, TensorPrimitives.SumOfMagnitudes<float>(q) / (FineSum - dimension)));
        if (length == 0)
        {
            return new IntegerQuery<short>(levels, 0, 0, default);
        }

        for (var i = 0; i < dimension; i++)
        {
            levels[i] = (short)MathF.Round(q[i] / scale);
        }

        return new IntegerQuery<short>(levels, 0, scale, ErrorBound.Of(length, Distance(q, scale, i => levels[i]), dimension));
    }

    private static double Length(float[] q)
    {
        var squares = 0.0;
        foreach (var value in q)
        {
            squares += (double)value * value;
        }

        return Math.Sqrt(squares);
    }

    private static double Distance(float[] q, float scale, Func<int, int> level)
    {
        var squares = 0.0;
        for (var i = 0; i < q.Length; i++)
        {
            var difference = q[i] - ((double)scale * level(i));
            squares += difference * difference;
        }

        return Math.Sqrt(squares);
    }
}
