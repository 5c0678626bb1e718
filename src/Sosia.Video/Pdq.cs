using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Sosia.Video;

/// <summary>The eight ways to turn and mirror a picture; names as in PDQ.</summary>
public enum Dihedral
{
    /// <summary>As it is.</summary>
    Original,

    /// <summary>A quarter turn, counter-clockwise.</summary>
    Rotate90,

    /// <summary>A half turn.</summary>
    Rotate180,

    /// <summary>A quarter turn, clockwise.</summary>
    Rotate270,

    /// <summary>Upside down.</summary>
    FlipX,

    /// <summary>Mirrored left to right.</summary>
    FlipY,

    /// <summary>Transposed.</summary>
    FlipPlus1,

    /// <summary>Transposed about the other diagonal.</summary>
    FlipMinus1,
}

/// <summary>PDQ, the perceptual hash of a picture (Meta 2019): 256 bits of the low frequencies, and a quality.</summary>
/// <remarks>
/// Bit-equal to the C++ code of facebook/ThreatExchange: every float32 sum follows its order, and none is fused.
/// Safe to call from several threads.
/// </remarks>
public static class Pdq
{
    /// <summary>Side of the picture that is hashed.</summary>
    public const int Side = 64;

    /// <summary>Number of frequencies kept on each axis: 1 to 16, without the constant one.</summary>
    public const int Frequencies = 16;

    /// <summary>A picture with a shorter side has the zero hash and quality 0.</summary>
    public const int SmallestSide = 5;

    /// <summary>The usual tolerance: pictures at most this many bits apart are taken as the same.</summary>
    public const int UsualDistance = 31;

    private const int Pixels = Side * Side;
    private const int Coefficients = Frequencies * Frequencies;

    // 64 x 16: Cosines[k * 16 + i] = sqrt(2/64) cos(pi/128 (i+1) (2k+1)), D of the paper transposed.
    private static readonly float[] Cosines = MakeCosines();

    /// <summary>Hash and quality (0 to 100) of a picture.</summary>
    /// <param name="rgb">Height x width x 3.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <exception cref="ArgumentException">The length does not agree with the size.</exception>
    [SkipLocalsInit]
    public static (PdqHash Hash, int Quality) Hash(ReadOnlySpan<byte> rgb, int width, int height)
    {
        Span<float> dct = stackalloc float[Coefficients];
        return TryDct(rgb, width, height, dct, out var quality) ? (Bits(dct), quality) : default;
    }

    /// <summary>Hashes of a picture turned and mirrored in several ways, from one DCT; returns its quality.</summary>
    /// <param name="rgb">Height x width x 3.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="ways">N ways to turn and mirror.</param>
    /// <param name="hashes">N; receives the hash of each.</param>
    /// <exception cref="ArgumentException">The lengths do not agree.</exception>
    [SkipLocalsInit]
    public static int Hash(ReadOnlySpan<byte> rgb, int width, int height, ReadOnlySpan<Dihedral> ways, Span<PdqHash> hashes)
    {
        Span<float> dct = stackalloc float[Coefficients];
        Span<float> turned = stackalloc float[Coefficients];
        hashes[..ways.Length].Clear();
        if (!TryDct(rgb, width, height, dct, out var quality))
        {
            return 0;
        }

        for (var i = 0; i < ways.Length; i++)
        {
            Turn(dct, ways[i], turned);
            hashes[i] = Bits(turned);
        }

        return quality;
    }

    /// <summary>The picture of 64 x 64 luminances that is hashed.</summary>
    /// <param name="rgb">Height x width x 3; both sides at least <see cref="SmallestSide"/>.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="picture">64 x 64.</param>
    public static void Shrink(ReadOnlySpan<byte> rgb, int width, int height, Span<float> picture)
    {
        if (width == Side && height == Side)
        {
            Luminance(rgb, picture);
            return;
        }

        var full = ArrayPool<float>.Shared.Rent(width * height);
        try
        {
            var luminance = full.AsSpan(0, width * height);
            Luminance(rgb, luminance);
            Downsample(luminance, width, height, picture);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(full);
        }
    }

    /// <summary><c>0.299 R + 0.587 G + 0.114 B</c> in float32, added in this order.</summary>
    /// <param name="rgb">N x 3.</param>
    /// <param name="luminance">N.</param>
    public static void Luminance(ReadOnlySpan<byte> rgb, Span<float> luminance)
    {
        var i = 0;
        if (Vector128.IsHardwareAccelerated)
        {
            // Four pixels are 12 of the 16 bytes read; each shuffle spreads one channel over four int32, 255 gives 0.
            var red = Vector128.Create((byte)0, 255, 255, 255, 3, 255, 255, 255, 6, 255, 255, 255, 9, 255, 255, 255);
            var green = Vector128.Create((byte)1, 255, 255, 255, 4, 255, 255, 255, 7, 255, 255, 255, 10, 255, 255, 255);
            var blue = Vector128.Create((byte)2, 255, 255, 255, 5, 255, 255, 255, 8, 255, 255, 255, 11, 255, 255, 255);
            for (; (3 * i) + 16 <= rgb.Length; i += 4)
            {
                var pixels = Vector128.Create(rgb[(3 * i)..]);
                var sum = (Channel(pixels, red) * 0.299f) + (Channel(pixels, green) * 0.587f) + (Channel(pixels, blue) * 0.114f);
                sum.CopyTo(luminance[i..]);
            }
        }

        for (; 3 * i < rgb.Length; i++)
        {
            luminance[i] = (0.299f * rgb[3 * i]) + (0.587f * rgb[(3 * i) + 1]) + (0.114f * rgb[(3 * i) + 2]);
        }

        static Vector128<float> Channel(Vector128<byte> pixels, Vector128<byte> which) =>
            Vector128.ConvertToSingle(Vector128.Shuffle(pixels, which).AsInt32());
    }

    /// <summary>Down to 64 x 64: two passes of running means along rows and columns, then the nearest pixel to each centre.</summary>
    /// <param name="luminance">Height x width; overwritten.</param>
    /// <param name="width">Pixels.</param>
    /// <param name="height">Pixels.</param>
    /// <param name="picture">64 x 64.</param>
    public static void Downsample(Span<float> luminance, int width, int height, Span<float> picture)
    {
        var rented = ArrayPool<float>.Shared.Rent((width * height) + width);
        try
        {
            var half = rented.AsSpan(0, width * height);
            var sum = rented.AsSpan(width * height, width);
            for (var pass = 0; pass < 2; pass++)
            {
                RunningMean.AlongRows(luminance, half, width, RunningMean.WindowFor(width));
                RunningMean.AlongColumns(half, luminance, sum, RunningMean.WindowFor(height));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }

        for (var i = 0; i < Side; i++)
        {
            var row = luminance.Slice((int)((i + 0.5) * height / Side) * width, width);
            for (var j = 0; j < Side; j++)
            {
                picture[(i * Side) + j] = row[(int)((j + 0.5) * width / Side)];
            }
        }
    }

    /// <summary>How much there is to see: the sum of the quantised gradients, 0 (flat) to 100.</summary>
    /// <param name="picture">64 x 64.</param>
    public static int Quality(ReadOnlySpan<float> picture)
    {
        var sum = Gradients(picture[..(Pixels - Side)], picture[Side..]);
        for (var row = 0; row < Pixels; row += Side)
        {
            sum += Gradients(picture.Slice(row, Side - 1), picture.Slice(row + 1, Side - 1));
        }

        return Math.Min(sum / 90, 100);
    }

    /// <summary><c>B = D A D'</c>: frequencies 1 to 16 on both axes.</summary>
    /// <param name="picture">64 x 64: A.</param>
    /// <param name="dct">16 x 16: B.</param>
    [SkipLocalsInit]
    public static void Dct(ReadOnlySpan<float> picture, Span<float> dct)
    {
        Span<float> half = stackalloc float[Side * Frequencies];
        Project(picture, half); // (D A)'
        Project(half, dct); // (D (D A)')' = D A D'
    }

    /// <summary>The DCT of the picture turned or mirrored, by signs and transposition.</summary>
    /// <param name="dct">16 x 16.</param>
    /// <param name="way">How.</param>
    /// <param name="turned">16 x 16; not <paramref name="dct"/>.</param>
    public static void Turn(ReadOnlySpan<float> dct, Dihedral way, Span<float> turned)
    {
        if (way == Dihedral.Original)
        {
            dct.CopyTo(turned);
            return;
        }

        var transposed = way is Dihedral.Rotate90 or Dihedral.Rotate270 or Dihedral.FlipPlus1 or Dihedral.FlipMinus1;
        for (var i = 0; i < Frequencies; i++)
        {
            for (var j = 0; j < Frequencies; j++)
            {
                var sign = way switch
                {
                    Dihedral.Rotate90 or Dihedral.FlipY => Odd(j),
                    Dihedral.Rotate270 or Dihedral.FlipX => Odd(i),
                    Dihedral.Rotate180 or Dihedral.FlipMinus1 => -Odd(i + j),
                    _ => 1,
                };
                turned[transposed ? (j * Frequencies) + i : (i * Frequencies) + j] = sign * dct[(i * Frequencies) + j];
            }
        }

        static int Odd(int x) => (x & 1) == 1 ? 1 : -1;
    }

    /// <summary>Bit 16 i + j is set where coefficient (i, j) exceeds the median, the lower of the two middle values.</summary>
    /// <param name="dct">16 x 16.</param>
    [SkipLocalsInit]
    public static PdqHash Bits(ReadOnlySpan<float> dct)
    {
        Span<float> sorted = stackalloc float[Coefficients];
        dct.CopyTo(sorted);
        sorted.Sort();
        var median = Vector256.Create(sorted[(Coefficients / 2) - 1]);
        Span<ulong> words = stackalloc ulong[4];
        words.Clear();
        for (var k = 0; k < Coefficients; k += Vector256<float>.Count)
        {
            var above = Vector256.GreaterThan(Vector256.Create(dct[k..]), median);
            words[k / 64] |= (ulong)above.ExtractMostSignificantBits() << (k % 64);
        }

        return new PdqHash(words[0], words[1], words[2], words[3]);
    }

    // False when the picture is too small to be hashed.
    [SkipLocalsInit]
    private static bool TryDct(ReadOnlySpan<byte> rgb, int width, int height, Span<float> dct, out int quality)
    {
        if (width < 0 || height < 0 || rgb.Length != 3L * width * height)
        {
            throw new ArgumentException($"{rgb.Length} bytes are no RGB picture of {width} x {height}", nameof(rgb));
        }

        quality = 0;
        if (width < SmallestSide || height < SmallestSide)
        {
            return false;
        }

        Span<float> picture = stackalloc float[Pixels];
        Shrink(rgb, width, height, picture);
        Dct(picture, dct);
        quality = Quality(picture);
        return true;
    }

    // Sum of |trunc((u - v) * 100 / 255)| over pairs of neighbours.
    private static int Gradients(ReadOnlySpan<float> u, ReadOnlySpan<float> v)
    {
        var sums = Vector256<int>.Zero;
        var i = 0;
        for (; i + Vector256<float>.Count <= u.Length; i += Vector256<float>.Count)
        {
            var difference = (Vector256.Create(u[i..]) - Vector256.Create(v[i..])) * 100f / 255f;
            sums += Vector256.Abs(Vector256.ConvertToInt32(difference));
        }

        var sum = Vector256.Sum(sums);
        for (; i < u.Length; i++)
        {
            sum += Math.Abs((int)((u[i] - v[i]) * 100f / 255f));
        }

        return sum;
    }

    // X of 64 x N becomes (D X)' of N x 16; each sum runs over rising k without fused operations.
    private static void Project(ReadOnlySpan<float> x, Span<float> result)
    {
        var columns = x.Length / Side;
        ref var cosines = ref MemoryMarshal.GetArrayDataReference(Cosines);
        ref var values = ref MemoryMarshal.GetReference(x);
        for (var j = 0; j < columns; j += 2)
        {
            Vector256<float> low0 = default, high0 = default, low1 = default, high1 = default;
            for (var k = 0; k < Side; k++)
            {
                var low = Vector256.LoadUnsafe(ref cosines, (nuint)(k * Frequencies));
                var high = Vector256.LoadUnsafe(ref cosines, (nuint)((k * Frequencies) + 8));
                var value0 = Vector256.Create(Unsafe.Add(ref values, (k * columns) + j));
                var value1 = Vector256.Create(Unsafe.Add(ref values, (k * columns) + j + 1));
                low0 += low * value0;
                high0 += high * value0;
                low1 += low * value1;
                high1 += high * value1;
            }

            low0.CopyTo(result[(j * Frequencies)..]);
            high0.CopyTo(result[((j * Frequencies) + 8)..]);
            low1.CopyTo(result[((j + 1) * Frequencies)..]);
            high1.CopyTo(result[(((j + 1) * Frequencies) + 8)..]);
        }
    }

    private static float[] MakeCosines()
    {
        var scale = (float)Math.Sqrt(2.0 / Side);
        var cosines = new float[Side * Frequencies];
        for (var k = 0; k < Side; k++)
        {
            for (var i = 0; i < Frequencies; i++)
            {
                cosines[(k * Frequencies) + i] = (float)(scale * Math.Cos(Math.PI / 2 / Side * (i + 1) * ((2 * k) + 1)));
            }
        }

        return cosines;
    }
}
