namespace Sosia.Learning.Views;

/// <summary>
/// The random numbers of one sample: they depend on the seed, the epoch and the sample's number alone, whichever thread or process makes it
/// (SplitMix64, Steele et al. 2014).
/// </summary>
public sealed class SampleRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong state;

    /// <summary>The numbers of a sample.</summary>
    /// <param name="seed">Of the run.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="index">Of the sample in its epoch.</param>
    public SampleRandom(int seed, long epoch, long index) => state = Mix(Mix(Mix((ulong)seed + Golden) + (ulong)epoch + Golden) + (ulong)index + Golden);

    private SampleRandom(ulong state) => this.state = state;

    /// <summary>Numbers of their own for a part of the sample, which others then cannot shift.</summary>
    /// <param name="part">Which.</param>
    public SampleRandom For(int part) => new(Mix(state ^ Mix((ulong)part + Golden)));

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state += Golden);

    /// <summary>Uniform in [0, 1).</summary>
    public double Next() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [least, most).</summary>
    public double Between(double least, double most) => least + ((most - least) * Next());

    /// <summary>Uniform in 0 .. count - 1.</summary>
    public int Below(int count) => (int)(Next() * count);

    /// <summary>True with this probability.</summary>
    public bool Chance(double probability) => Next() < probability;

    /// <summary>The numbers 0 .. count - 1 in a random order (Fisher and Yates 1938).</summary>
    public long[] Order(int count)
    {
        long[] order = [.. Enumerable.Range(0, count).Select(i => (long)i)];
        for (var i = count - 1; i > 0; i--)
        {
            var j = Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    /// <summary>Normal, mean 0, deviation 1 (Box and Muller 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Next())) * Math.Cos(Math.Tau * Next());

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
