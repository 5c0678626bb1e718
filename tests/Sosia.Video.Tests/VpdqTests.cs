using Xunit;

namespace Sosia.Video.Tests;

public sealed class VpdqTests
{
    private static readonly PdqHash Near = new((1UL << 30) - 1, 0, 0, 0); // 30 bits from zero
    private static readonly PdqHash Edge = new((1UL << 31) - 1, 0, 0, 0); // 31 bits from zero

    [Fact]
    public void Percentages_are_of_each_side() =>
        Assert.Equal(new VpdqMatch(50, 100), Vpdq.Compare([Frame(default), Frame(new PdqHash(0, 0, 0, ulong.MaxValue))], [Frame(Near)]));

    [Fact]
    public void The_tolerance_itself_does_not_match() =>
        Assert.Equal(default, Vpdq.Compare([Frame(default)], [Frame(Edge)]));

    [Fact]
    public void Low_quality_takes_no_part()
    {
        Assert.Equal(default, Vpdq.Compare([Frame(default, quality: 49)], [Frame(default)]));
        Assert.Equal(new VpdqMatch(100, 100), Vpdq.Compare([Frame(default, quality: 50), Frame(Edge, quality: 49)], [Frame(default)]));
    }

    [Fact]
    public void Nothing_matches_nothing() => Assert.Equal(default, Vpdq.Compare([], [Frame(default)]));

    private static VpdqFrame Frame(PdqHash hash, int quality = 100) => new(0, quality, hash, 0);
}
