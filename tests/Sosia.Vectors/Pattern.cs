using System.Text;

namespace Sosia.Vectors;

/// <summary>Tensors that are a pure function of a name.</summary>
public static class Pattern
{
    /// <summary>Values in [low, high), rounded to float32 from a double.</summary>
    public static float[] Floats(string name, int count, double low, double high)
    {
        var hash = Fnv1a(name);
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)(low + ((high - low) * Unit(hash, i)));
        }

        return values;
    }

    /// <summary>Whole numbers in [low, high).</summary>
    public static long[] Integers(string name, int count, long low, long high)
    {
        var hash = Fnv1a(name);
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = low + (long)Math.Floor(Unit(hash, i) * (high - low));
        }

        return values;
    }

    /// <summary>FNV-1a, 32 bits, of the UTF-8 bytes.</summary>
    public static uint Fnv1a(string name)
    {
        var hash = 0x811C9DC5u;
        foreach (var b in Encoding.UTF8.GetBytes(name))
        {
            hash = (hash ^ b) * 0x01000193u;
        }

        return hash;
    }

    /// <summary>The value at flat index <paramref name="i"/>, in [0, 1).</summary>
    private static double Unit(uint hash, int i)
    {
        var x = hash + (uint)i;
        x ^= x >> 16;
        x *= 0x7FEB352Du;
        x ^= x >> 15;
        x *= 0x846CA68Bu;
        x ^= x >> 16;
        return (x >> 8) / (double)(1 << 24);
    }
}
