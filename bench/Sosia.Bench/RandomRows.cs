using Sosia.Matching;

namespace Sosia.Bench;

/// <summary>Rows without structure, the hardest for a bound: independent normal values, or independent bits.</summary>
internal static class RandomRows
{
    public static VectorRows Vectors(Random random, int count, int dimension)
    {
        var values = new float[count * dimension];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        }

        return Quantiser.Rows(dimension, values);
    }

    public static VectorRows Bits(Random random, int count)
    {
        var bits = new byte[count * VectorRows.BitRowBytes];
        random.NextBytes(bits);
        return VectorRows.OfBits(bits);
    }
}
