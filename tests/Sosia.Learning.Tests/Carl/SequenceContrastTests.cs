using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>CARL's objective and its weakly supervised term.</summary>
public sealed class SequenceContrastTests
{
    private static readonly SequenceContrast Contrast = new();

    [Fact]
    public void IsNotNegativeButForItsSmallConstant()
    {
        using var scope = TensorScope.Enter();
        for (var seed = 1UL; seed < 20; seed++)
        {
            Assert.True(Loss(Tensor.Randn([2, 2, 6, 4], new Generator(seed)), Steps(seed)).Item() > -1e-4);
        }
    }

    [Fact]
    public void OrderInTimeIsWhatItRewards()
    {
        using var scope = TensorScope.Enter();
        var steps = Tensor.Of([.. Enumerable.Range(0, 12).Select(i => i % 6 * 4L)], 1, 2, 6);
        var line = Tensor.Of([.. Enumerable.Range(0, 12).Select(i => i % 6 / 4f)], 1, 2, 6); // an arc: near in time, near in angle
        var ordered = Tensor.Stack([line.Cos(), line.Sin()], 3);
        var shuffled = ordered.IndexSelect(2, Tensor.Of([3L, 0, 5, 1, 4, 2], 6));
        var mixed = Tensor.Cat([ordered.Narrow(1, 0, 1), shuffled.Narrow(1, 1, 1)], 1);
        Assert.True(Loss(ordered, steps).Item() < Loss(mixed, steps).Item());
    }

    [Fact]
    public void OtherVideosAreNoNegatives()
    {
        using var scope = TensorScope.Enter();
        var (z, steps) = (Tensor.Randn([3, 2, 6, 4], new Generator(1)), Steps(1, videos: 3));
        var alone = Enumerable.Range(0, 3).Average(i => Loss(z.Narrow(0, i, 1), steps.Narrow(0, i, 1)).Item());
        Assert.Equal(alone, Loss(z, steps).Item(), 1e-5);
    }

    [Fact]
    public void LengthsOfProjectionsSayNothing()
    {
        using var scope = TensorScope.Enter();
        var z = Tensor.Randn([1, 2, 6, 4], new Generator(1));
        Assert.Equal(Loss(z, Steps(1, 1)).Item(), Loss(z * 50, Steps(1, 1)).Item(), 1e-5);
    }

    [Fact]
    public void MaskedFramesDoNotCount()
    {
        using var scope = TensorScope.Enter();
        var (z, steps) = (Tensor.Randn([1, 2, 6, 4], new Generator(1)), Steps(1, videos: 1));
        var mask = Tensor.Cat([Tensor.Ones([1, 2, 4]), Tensor.Zeros([1, 2, 2])], 2);
        var other = Tensor.Cat([z[.., .., ..4], Tensor.Randn([1, 2, 2, 4], new Generator(9))], 2);
        var loss = Loss(z, steps, mask).Item();
        Assert.Equal(loss, Loss(other, steps, mask).Item(), 2e-3); // they weigh a millionth of exp(10) at most
        Assert.Equal(loss, Loss(z[.., .., ..4], steps[.., .., ..4]).Item(), 2e-3);
        Assert.True(Math.Abs(loss - Loss(z, steps).Item()) > 0.05);
    }

    [Fact]
    public void GradientsAreThoseOfDifferences()
    {
        using var scope = TensorScope.Enter();
        var mask = Tensor.Of([1.0, 1, 1, 0, 1, 1, 1, 1], 1, 2, 4);
        FiniteDifferences.Check(
            z => Contrast.Loss(z, Tensor.Of([0L, 3, 9, 9, 1, 2, 5, 8], 1, 2, 4), Tensor.Of([10L, 10], 1, 2), mask), Tensor.Randn([1, 2, 4, 3], new Generator(2)), 1e-5);
    }

    [Fact]
    public void EdgesGiveFiniteGradients()
    {
        using var scope = TensorScope.Enter();
        (Tensor Z, Tensor Mask)[] edges =
        [
            (Tensor.Zeros([1, 2, 3, 4]), Tensor.Ones([1, 2, 3])),
            (Tensor.Ones([1, 2, 3, 4]), Tensor.Zeros([1, 2, 3])),
            (Tensor.Randn([1, 2, 1, 4], new Generator(1)) * 1e4, Tensor.Ones([1, 2, 1])),
        ];
        foreach (var (z, mask) in edges)
        {
            z.RequireGrad();
            var loss = Contrast.Loss(z, Tensor.Zeros([1, 2, z.Size(2)], ScalarType.Int64), Tensor.Of([5L, 5], 1, 2), mask);
            loss.Backward();
            Assert.True(double.IsFinite(loss.Item()));
            Assert.All(z.Grad!.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
        }
    }

    [Fact]
    public void LabelsOfFarViewsAreStillADistribution()
    {
        using var scope = TensorScope.Enter();
        var labels = Contrast.Labels(Tensor.Of([0L, 1, 5000, 5001], 1, 2, 2), Tensor.Of([6000L, 6000], 1, 2), Tensor.Ones([1, 2, 2]));
        Assert.All(labels.Sum([1]).ToArray<float>(), sum => Assert.Equal(1, sum, 1e-6));
    }

    [Fact]
    public void VideosOfAClassAreAligned()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Eye(5);
        var pair = AlignedPairContrast.Align(rows, rows.RepeatInterleave(2, 0), [0, 1, 2, 3, 4], [.. Enumerable.Range(0, 10).Select(i => (long)i)]);
        Assert.Equal([0.5f, 2.5f, 4.5f, 6.5f, 8.5f], pair.TimesOfA);
        Assert.Equal([0f, 0, 1, 1, 2, 2, 3, 3, 4, 4], pair.TimesOfB);
    }

    [Fact]
    public void TheWeakTermIsTheMeanOverPairsAndZeroWithoutOne()
    {
        using var scope = TensorScope.Enter();
        var (z, steps, weak) = (Tensor.Randn([2, 2, 6, 4], new Generator(1)), Steps(1), new AlignedPairContrast(Contrast));
        var mask = Tensor.Ones([2, 2, 6]);
        var pairs = Enumerable.Range(0, 2).Select(i => weak.Loss(z[i, 0], z[i, 1], steps[i, 0].ToArray<long>(), steps[i, 1].ToArray<long>()).Item()).ToArray();
        Assert.Equal(pairs.Average(), weak.Mean(z, steps, mask).Item(), 1e-6);
        Assert.NotEqual(pairs[0], pairs[1], 1e-3);
        mask[1, 0].ZeroInPlace(); // a video without a valid frame has no pair
        Assert.Equal(pairs[0], weak.Mean(z, steps, mask).Item(), 1e-6);
        Assert.Equal(0, weak.Mean(z[..0], steps[..0], mask[..0]).Item());
    }

    [Fact]
    public void FramesThatAreNotThereHaveNoPartInAPair()
    {
        using var scope = TensorScope.Enter();
        var (z, steps, weak) = (Tensor.Randn([1, 2, 6, 4], new Generator(1)), Steps(1, videos: 1), new AlignedPairContrast(Contrast));
        var mask = Tensor.Cat([Tensor.Ones([1, 2, 4]), Tensor.Zeros([1, 2, 2])], 2);
        Assert.Equal(weak.Mean(z[.., .., ..4], steps[.., .., ..4], mask[.., .., ..4]).Item(), weak.Mean(z, steps, mask).Item());
    }

    [Fact]
    public void BothVideosOfAPairGetGradients()
    {
        using var scope = TensorScope.Enter();
        var z = Tensor.Randn([1, 2, 6, 4], new Generator(1)).RequireGrad();
        new AlignedPairContrast(Contrast).Mean(z, Steps(1, videos: 1), Tensor.Ones([1, 2, 6])).Backward();
        Assert.True(z.Grad!.Abs().Amax([2, 3]).ToArray<float>() is [> 0, > 0]);
    }

    private static Tensor Loss(Tensor z, Tensor steps, Tensor? mask = null) =>
        Contrast.Loss(z, steps, Tensor.Full([z.Size(0), 2], 40, ScalarType.Int64), mask ?? Tensor.Ones(steps.Shape));

    private static Tensor Steps(ulong seed, int videos = 2) => Tensor.RandInt(0, 40, [videos, 2, 6], new Generator(seed), ScalarType.Int64).Sort(2).Values;
}
