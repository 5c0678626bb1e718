using FsCheck;
using FsCheck.Fluent;
using Sosia.Learning.Evaluation;

namespace Sosia.Learning.Tests;

/// <summary>J, F and what is said of sequences of them.</summary>
public sealed class SegmentationTests
{
    [Fact]
    public void JAndFAreSymmetricAndWithinBounds() => Prop.ForAll(Masks, Masks, (a, b) =>
    {
        Assert.Equal(RegionAndBoundary.Region(a, b), RegionAndBoundary.Region(b, a));
        Assert.Equal(RegionAndBoundary.Contour(a, b), RegionAndBoundary.Contour(b, a), 12);
        Assert.InRange(RegionAndBoundary.Both(a, b), 0, 1);
        Assert.Equal((1, 1), (RegionAndBoundary.Region(a, a), RegionAndBoundary.Contour(a, a)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AWiderToleranceForgivesMore()
    {
        var (a, b) = (Square(20, 5), Square(20, 7));
        var values = new[] { 0.001, 0.05, 0.1, 0.2 }.Select(tolerance => RegionAndBoundary.Contour(a, b, tolerance)).ToList();
        Assert.Equal(values.Order(), values);
        Assert.True(values[0] < 1);
        Assert.Equal(1, values[^1]);
    }

    [Fact]
    public void TheCornerIsNeverBoundary()
    {
        var corner = new BinaryMask([false, false, false, true], 2, 2);
        Assert.Equal([true, true, true, false], RegionAndBoundary.Boundary(corner).Pixels);
    }

    [Fact]
    public void OnePictureAloneHasABoundary()
    {
        Assert.Equal(0, RegionAndBoundary.Contour(Square(8, 0), Square(8, 3)));
        Assert.Equal(0, RegionAndBoundary.Contour(Square(8, 3), Square(8, 8))); // all of it has none
        Assert.Equal(1, RegionAndBoundary.Contour(Square(8, 0), Square(8, 8)));
    }

    [Fact]
    public void OtherSizesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => RegionAndBoundary.Region(Square(3, 1), Square(4, 1)));
        Assert.Throws<ArgumentException>(() => RegionAndBoundary.Contour(Square(3, 1), Square(4, 1)));
    }

    [Fact]
    public void SteadyValuesDoNotDecay()
    {
        Assert.Equal(new SequenceStatistics(0.75, 1, 0), SequenceStatistics.Of([.. Enumerable.Repeat(0.75, 40)]));
        Assert.Equal(new SequenceStatistics(0.5, 0, 0), SequenceStatistics.Of([0.5])); // not above a half
        Assert.Throws<ArgumentException>(() => SequenceStatistics.Of([]));
    }

    // Beyond 255 values the published code's numbers overflow.
    [Fact]
    public void LongSequencesDecayToo()
    {
        var falling = Enumerable.Range(0, 1001).Select(i => 1 - (i / 1000.0)).ToList();
        Assert.Equal([0, 250, 500, 750, 1000], SequenceStatistics.Ends(1001));
        Assert.Equal(0.75, SequenceStatistics.Of(falling).Decay, 12);
    }

    private static Arbitrary<BinaryMask> Masks => Gen.ArrayOf(Gen.Elements(true, false, false), 30).Select(pixels => new BinaryMask(pixels, 5, 6)).ToArbitrary();

    private static BinaryMask Square(int side, int inner) =>
        new([.. Enumerable.Range(0, side * side).Select(i => i / side < inner && i % side < inner)], side, side);
}
