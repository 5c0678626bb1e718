using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Video.Tests;

public sealed class PdqHashTests
{
    [Fact]
    public void Bit_k_has_weight_2_to_the_k()
    {
        Assert.Equal(new string('0', 63) + "1", new PdqHash(1, 0, 0, 0).ToString());
        Assert.Equal("8" + new string('0', 63), new PdqHash(0, 0, 0, 1UL << 63).ToString());
        Assert.Equal(new string('0', 47) + "1" + new string('0', 16), new PdqHash(0, 1, 0, 0).ToString());
    }

    [Fact]
    public void Text_and_bytes_come_back() => Prop.ForAll(Hashes, static hash =>
    {
        var bytes = new byte[PdqHash.Bytes];
        hash.WriteTo(bytes);
        return PdqHash.Parse(hash.ToString()) == hash
            && PdqHash.Parse(hash.ToString().ToUpperInvariant()) == hash
            && PdqHash.Read(bytes) == hash
            && Convert.ToHexStringLower(bytes) == hash.ToString();
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Distance_counts_differing_bits() => Prop.ForAll(Hashes, Hashes, static (a, b) =>
    {
        var bits = 0;
        for (var k = 0; k < 64; k++)
        {
            bits += (int)(((a.Word0 ^ b.Word0) >> k) & 1) + (int)(((a.Word1 ^ b.Word1) >> k) & 1)
                + (int)(((a.Word2 ^ b.Word2) >> k) & 1) + (int)(((a.Word3 ^ b.Word3) >> k) & 1);
        }

        return a.Distance(b) == bits && b.Distance(a) == bits && a.Distance(a) == 0;
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("12")]
    [InlineData("g000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("0x00000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(" 00000000000000000000000000000000000000000000000000000000000000 ")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000001")]
    public void Junk_is_refused(string text)
    {
        Assert.False(PdqHash.TryParse(text, out _));
        Assert.Throws<FormatException>(() => PdqHash.Parse(text));
    }

    [Fact]
    public void Other_than_32_bytes_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PdqHash.Read(new byte[31]));
        Assert.Throws<ArgumentException>(() => PdqHash.Read(new byte[33]));
        Assert.ThrowsAny<ArgumentException>(() => default(PdqHash).WriteTo(new byte[31]));
    }

    internal static Arbitrary<PdqHash> Hashes { get; } = (
        from seed in Gen.Choose(0, int.MaxValue)
        let random = new Random(seed)
        select new PdqHash((ulong)random.NextInt64(), (ulong)random.NextInt64() << 1, (ulong)random.NextInt64(), (ulong)random.NextInt64() << 1)).ToArbitrary();
}
