using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Video.Tests;

public sealed class PdqTests
{
    private static readonly Dihedral[] AllWays = Enum.GetValues<Dihedral>();

    [Fact]
    public void Equals_a_plain_implementation_at_every_size() => Prop.ForAll(
        Gen.Choose(5, 300).ToArbitrary(),
        Gen.Choose(5, 300).ToArbitrary(),
        Gen.Choose(0, 1000).ToArbitrary(),
        static (width, height, seed) =>
        {
            var rgb = Picture(width, height, seed);
            return Pdq.Hash(rgb, width, height) == PlainPdq.Hash(rgb, width, height);
        }).Check(Tries(60));

    [Fact]
    public void Luminance_equals_the_formula_at_every_length()
    {
        for (var pixels = 0; pixels < 40; pixels++)
        {
            var rgb = Picture(pixels, 1, seed: pixels);
            var luminance = new float[pixels];
            Pdq.Luminance(rgb, luminance);
            Assert.Equal(PlainPdq.Luminance(rgb), luminance);
        }
    }

    [Fact]
    public void Turned_hash_is_nearly_the_hash_of_the_turned_picture() => Prop.ForAll(
        Gen.Choose(0, 10_000).ToArbitrary(),
        Gen.Elements(AllWays).ToArbitrary(),
        static (seed, way) =>
        {
            var rgb = Picture(64, 64, seed);
            Span<PdqHash> hash = stackalloc PdqHash[1];
            var quality = Pdq.Hash(rgb, 64, 64, [way], hash);
            var turned = Pdq.Hash(Turn(rgb, way), 64, 64);

            // Sums run in another order, so that a value beside the median may change sides.
            return hash[0].Distance(turned.Hash) <= 2 && Math.Abs(quality - turned.Quality) <= 1;
        }).Check(Tries(200));

    [Fact]
    public void Mirrored_hash_is_far_from_the_original()
    {
        var hashes = new PdqHash[2];
        Pdq.Hash(Picture(64, 64, seed: 5), 64, 64, [Dihedral.Original, Dihedral.FlipY], hashes);
        Assert.InRange(hashes[0].Distance(hashes[1]), 80, 176);
    }

    [Theory]
    [InlineData(Dihedral.Rotate90, Dihedral.Rotate270, Dihedral.Original)]
    [InlineData(Dihedral.Rotate90, Dihedral.Rotate90, Dihedral.Rotate180)]
    [InlineData(Dihedral.FlipX, Dihedral.FlipY, Dihedral.Rotate180)]
    [InlineData(Dihedral.FlipY, Dihedral.FlipPlus1, Dihedral.Rotate90)]
    [InlineData(Dihedral.FlipMinus1, Dihedral.FlipPlus1, Dihedral.Rotate180)]
    public void Turns_make_a_group(Dihedral first, Dihedral second, Dihedral both)
    {
        var dct = Array.ConvertAll(Picture(256, 1, seed: 3)[..256], static value => value - 100f);
        float[] once = new float[256], twice = new float[256], direct = new float[256];
        Pdq.Turn(dct, first, once);
        Pdq.Turn(once, second, twice);
        Pdq.Turn(dct, both, direct);
        Assert.Equal(direct, twice);
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(200, 90)]
    public void Flat_pictures_have_quality_0(int width, int height)
    {
        var rgb = new byte[3 * width * height];
        Array.Fill(rgb, (byte)77);
        Assert.Equal(0, Pdq.Hash(rgb, width, height).Quality);
    }

    [Theory]
    [InlineData(4, 100)]
    [InlineData(100, 4)]
    [InlineData(0, 0)]
    public void Too_small_is_zero(int width, int height) =>
        Assert.Equal((default(PdqHash), 0), Pdq.Hash(Picture(width, height, seed: 1), width, height));

    [Theory]
    [InlineData(64, 63)]
    [InlineData(-64, -64)]
    [InlineData(int.MaxValue, int.MaxValue)]
    public void Another_length_is_refused(int width, int height) =>
        Assert.Throws<ArgumentException>(() => Pdq.Hash(new byte[3 * 64 * 64], width, height));

    [Fact]
    public void A_frame_of_64_allocates_nothing()
    {
        var rgb = Picture(64, 64, seed: 1);
        Pdq.Hash(rgb, 64, 64);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10; i++)
        {
            Pdq.Hash(rgb, 64, 64);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Several_threads_agree()
    {
        var rgb = Picture(150, 80, seed: 9);
        var alone = Pdq.Hash(rgb, 150, 80);
        var together = new (PdqHash, int)[64];
        Parallel.For(0, together.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => together[i] = Pdq.Hash(rgb, 150, 80));
        Assert.All(together, one => Assert.Equal(alone, one));
    }

    [Fact]
    public void Bits_are_set_above_the_lower_median()
    {
        // 128 zeros and 128 ones: the 128th smallest is a zero, the 129th a one.
        float[] dct = [.. Enumerable.Range(0, 256).Select(static k => (float)(k % 2))];
        Assert.Equal(new PdqHash(0xAAAAAAAAAAAAAAAA, 0xAAAAAAAAAAAAAAAA, 0xAAAAAAAAAAAAAAAA, 0xAAAAAAAAAAAAAAAA), Pdq.Bits(dct));
        dct[1] = 0;
        Assert.Equal(0xAAAAAAAAAAAAAAA8, Pdq.Bits(dct).Word0);
        (dct[0], dct[1], dct[2]) = (1, 1, 1);
        Assert.Equal(default, Pdq.Bits(dct));
    }

    internal static byte[] Picture(int width, int height, int seed)
    {
        var random = new Random(seed);
        var (a, b, c) = (random.NextDouble() * 9, random.NextDouble() * 9, random.NextDouble() * 6);
        var rgb = new byte[3 * width * height];
        for (var i = 0; i < rgb.Length; i++)
        {
            var (x, y) = ((double)(i / 3 % width) / width, (double)(i / 3 / width) / height);
            rgb[i] = (byte)(120 + (50 * Math.Sin((a * x) + c)) + (50 * Math.Cos((b * y) + (a * x * y))) + random.Next(20));
        }

        return rgb;
    }

    private static Config Tries(int count) => Config.QuickThrowOnFailure.WithMaxTest(count);

    // What each name means, for a square picture.
    private static byte[] Turn(byte[] rgb, Dihedral way)
    {
        var turned = new byte[rgb.Length];
        for (var i = 0; i < 64; i++)
        {
            for (var j = 0; j < 64; j++)
            {
                var (row, column) = way switch
                {
                    Dihedral.Rotate90 => (63 - j, i),
                    Dihedral.Rotate180 => (63 - i, 63 - j),
                    Dihedral.Rotate270 => (j, 63 - i),
                    Dihedral.FlipX => (63 - i, j),
                    Dihedral.FlipY => (i, 63 - j),
                    Dihedral.FlipPlus1 => (j, i),
                    Dihedral.FlipMinus1 => (63 - j, 63 - i),
                    _ => (i, j),
                };
                rgb.AsSpan(3 * ((i * 64) + j), 3).CopyTo(turned.AsSpan(3 * ((row * 64) + column)));
            }
        }

        return turned;
    }
}
