namespace Sosia.Matching.Tests;

/// <summary>Sequences of random hashes, and noisy copies of stretches of them.</summary>
internal sealed class SyntheticClips(int seed)
{
    private readonly Random random = new(seed);

    /// <summary>N unrelated hashes, two a second.</summary>
    public ClipSequence Moving(int count, byte quality = 100)
    {
        var bits = new byte[count * VectorRows.BitRowBytes];
        random.NextBytes(bits);
        return Sequence(bits, quality);
    }

    /// <summary>N times the same hash, but for a few bits.</summary>
    public ClipSequence Still(int count, byte quality = 100)
    {
        var one = Moving(1).Rows.Bits.ToArray();
        var bits = Enumerable.Range(0, count).SelectMany(_ => Noisy(one, 3)).ToArray();
        return Sequence(bits, quality);
    }

    /// <summary>Clips of <paramref name="of"/>, each with some bits changed: a re-encoded copy.</summary>
    public ClipSequence Copy(ClipSequence of, IEnumerable<int> clips, int changedBits)
    {
        var bits = clips.SelectMany(c => Noisy(of.Rows.Bits.Slice(c * VectorRows.BitRowBytes, VectorRows.BitRowBytes).ToArray(), changedBits)).ToArray();
        return Sequence(bits, 100);
    }

    /// <summary>One after the other.</summary>
    public static ClipSequence Joined(params ClipSequence[] parts) =>
        Sequence([.. parts.SelectMany(p => p.Rows.Bits.ToArray())], 100);

    private static ClipSequence Sequence(byte[] bits, byte quality)
    {
        var spans = Enumerable.Range(0, bits.Length / VectorRows.BitRowBytes).Select(i => new ClipSpan(i / 2.0, (i + 1) / 2.0, quality)).ToArray();
        return new ClipSequence(VectorRows.OfBits(bits), spans);
    }

    private byte[] Noisy(byte[] row, int changedBits)
    {
        var noisy = (byte[])row.Clone();
        for (var i = 0; i < changedBits; i++)
        {
            var bit = random.Next(256);
            noisy[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        return noisy;
    }
}
