namespace Sosia.Matching;

/// <summary>What the rows of a library are.</summary>
public enum VectorKind : byte
{
    /// <summary>256 bits a row, compared by Hamming distance; similarity is <c>1 - 2 * distance / 256</c>.</summary>
    Bits256 = 1,

    /// <summary>L2-normalised float16, compared by cosine; beside it an int8 copy for scanning.</summary>
    Int8Float16 = 2,
}

/// <summary>Rows of one kind as they lie in memory or in a mapped segment file: never copied, never changed.</summary>
public sealed class VectorRows
{
    /// <summary>Bytes of one row of <see cref="VectorKind.Bits256"/>.</summary>
    public const int BitRowBytes = 32;

    private VectorRows(VectorKind kind, int dimension, int count)
    {
        Kind = kind;
        Dimension = dimension;
        Count = count;
    }

    /// <summary>What a row is.</summary>
    public VectorKind Kind { get; }

    /// <summary>D: bits or numbers a row.</summary>
    public int Dimension { get; }

    /// <summary>N: number of rows.</summary>
    public int Count { get; }

    /// <summary>N x 32 bytes; empty unless <see cref="VectorKind.Bits256"/>.</summary>
    public ReadOnlyMemory<byte> Bits { get; private init; }

    /// <summary>N x D, L2-normalised: this is the vector. Empty for bits.</summary>
    public ReadOnlyMemory<Half> Float16 { get; private init; }

    /// <summary>N x D: the copy that is scanned, <c>x' = scale * int8</c>. Empty for bits.</summary>
    public ReadOnlyMemory<sbyte> Int8 { get; private init; }

    /// <summary>N: the factor of each int8 row. Empty for bits.</summary>
    public ReadOnlyMemory<float> Scale { get; private init; }

    /// <summary>N: <c>|x - x'|</c> of each row, rounded up, so that bounds made with it hold. Empty for bits.</summary>
    public ReadOnlyMemory<float> Residual { get; private init; }

    /// <summary>Rows of 256 bits.</summary>
    /// <param name="bits">N x 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is no multiple of 32.</exception>
    public static VectorRows OfBits(ReadOnlyMemory<byte> bits)
    {
        if (bits.Length % BitRowBytes != 0)
        {
            throw new ArgumentException($"{bits.Length} bytes are no whole number of rows of {BitRowBytes}", nameof(bits));
        }

        return new VectorRows(VectorKind.Bits256, 256, bits.Length / BitRowBytes) { Bits = bits };
    }

    /// <summary>Rows that were quantised before, as a segment file holds them.</summary>
    /// <param name="dimension">D.</param>
    /// <param name="float16">N x D.</param>
    /// <param name="int8">N x D.</param>
    /// <param name="scale">N.</param>
    /// <param name="residual">N.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    public static VectorRows OfQuantised(
        int dimension, ReadOnlyMemory<Half> float16, ReadOnlyMemory<sbyte> int8, ReadOnlyMemory<float> scale, ReadOnlyMemory<float> residual)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        var count = scale.Length;
        if (float16.Length != (long)count * dimension || int8.Length != float16.Length || residual.Length != count)
        {
            throw new ArgumentException($"{count} rows of {dimension} do not agree with {float16.Length}, {int8.Length} and {residual.Length} values");
        }

        return new VectorRows(VectorKind.Int8Float16, dimension, count) { Float16 = float16, Int8 = int8, Scale = scale, Residual = residual };
    }

    /// <summary>A run of these rows, sharing their memory.</summary>
    /// <param name="start">First row.</param>
    /// <param name="count">Number of rows.</param>
    public VectorRows Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + (long)count, Count, nameof(count));
        return Kind == VectorKind.Bits256
            ? OfBits(Bits.Slice(start * BitRowBytes, count * BitRowBytes))
            : OfQuantised(
                Dimension,
                Float16.Slice(start * Dimension, count * Dimension),
                Int8.Slice(start * Dimension, count * Dimension),
                Scale.Slice(start, count),
                Residual.Slice(start, count));
    }

    /// <summary>Copies runs of rows into one.</summary>
    /// <param name="kind">Of every run; what an empty result is.</param>
    /// <param name="dimension">D of every run.</param>
    /// <param name="runs">In the order wanted.</param>
    /// <exception cref="ArgumentException">A run is of another kind or dimension.</exception>
    public static VectorRows Join(VectorKind kind, int dimension, IReadOnlyList<VectorRows> runs)
    {
        if (runs.Any(r => r.Kind != kind || r.Dimension != dimension))
        {
            throw new ArgumentException($"not every run holds {kind} rows of {dimension}", nameof(runs));
        }

        if (runs.Count == 1)
        {
            return runs[0];
        }

        return kind == VectorKind.Bits256
            ? OfBits(Joined(runs, r => r.Bits))
            : OfQuantised(dimension, Joined(runs, r => r.Float16), Joined(runs, r => r.Int8), Joined(runs, r => r.Scale), Joined(runs, r => r.Residual));
    }

    private static T[] Joined<T>(IReadOnlyList<VectorRows> runs, Func<VectorRows, ReadOnlyMemory<T>> part)
    {
        var joined = new T[runs.Sum(r => part(r).Length)];
        var at = 0;
        foreach (var run in runs)
        {
            var values = part(run);
            values.CopyTo(joined.AsMemory(at));
            at += values.Length;
        }

        return joined;
    }
}
