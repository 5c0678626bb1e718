using Sosia.Learning.Evaluation;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class LinearProbeTests
{
    private static readonly LinearProbeSettings Quick = new(Rate: 0.5, Batch: 16, Epochs: 20);

    [Fact]
    public void ReadsOffWhatIsThere()
    {
        using var scope = TensorScope.Enter();
        var (features, labels) = (Tensor.Eye(4).Repeat([16, 1]) + (Tensor.Randn([64, 4], new Generator(2)) * 0.1), Labels(64, 4));
        Assert.Equal(100, Fitted(features, labels, 4, Quick, seed: 1));
    }

    [Fact]
    public void FromNoiseItLearnsNothingThatHolds()
    {
        using var scope = TensorScope.Enter();
        using var probe = new LinearProbe(4, 4, new Generator(1));
        probe.Fit(Tensor.Randn([400, 4], new Generator(2)), Of(Labels(400, 4)), Quick, seed: 1);
        var ranks = Accuracy.Ranks(Accuracy.Rows(probe.Forward(Tensor.Randn([400, 4], new Generator(3)))), Labels(400, 4));
        Assert.InRange(Accuracy.TopK(ranks, 1), 17, 33);
    }

    [Fact]
    public void ASeedGivesOneProbe()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));

        static float[] Weights(int order)
        {
            using var probe = new LinearProbe(3, 2, new Generator(7));
            probe.Fit(Tensor.Randn([32, 3], new Generator(5)), Of(Labels(32, 2)), Quick, order);
            return probe.Parameters().First().ToArray<float>();
        }
    }

    [Fact]
    public void TheRateFallsToZeroByEpochs()
    {
        var rates = Enumerable.Range(0, 101).Select(LinearProbeSettings.Dino.RateAt).ToList();
        Assert.Equal(0.001 * 128 / 256, rates[0]);
        Assert.Equal(0, rates[100], 12);
        Assert.Equal(rates.OrderDescending(), rates);
    }

    // A sample of FineGym is a video with all its frames: a batch of one video has all its rows, and no others.
    [Fact]
    public void RowsOfASampleStayTogether()
    {
        using var scope = TensorScope.Enter();
        var features = Tensor.Of([1f, 0, 0, 0, 1, 0, 0, 0, 1], 3, 3);
        using var together = new LinearProbe(3, 2, new Generator(1));
        using var alone = new LinearProbe(3, 2, new Generator(1));
        var one = Quick with { Batch = 1, Epochs = 1 };
        together.Fit(features, Of([0, 1, 0]), one, seed: 1, [[0, 1, 2]]);
        alone.Fit(features, Of([0, 1, 0]), one with { Batch = 3 }, seed: 1);
        Assert.All(together.Parameters().First().ToArray<float>().Zip(alone.Parameters().First().ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
    }

    [Fact]
    public void LeavesNothingBehindAndRefusesNothing()
    {
        using var scope = TensorScope.Enter();
        using var probe = new LinearProbe(3, 2);
        Assert.Throws<ArgumentException>(() => probe.Fit(Tensor.Zeros([0, 3]), Of([]), Quick, 1));
        Assert.Throws<ArgumentException>(() => probe.Fit(Tensor.Zeros([2, 3]), Of([0]), Quick, 1));
        var (features, labels) = (Tensor.Randn([32, 3], new Generator(5)), Of(Labels(32, 2)));
        probe.Fit(features, labels, Quick, 1);
        probe.ZeroGrad();
        var before = LiveTensors.Settled();
        probe.Fit(features, labels, Quick, 1);
        probe.ZeroGrad();
        Assert.Equal(before, Tensor.Live);
    }

    private static double Fitted(Tensor features, int[] labels, int classes, LinearProbeSettings settings, int seed)
    {
        using var probe = new LinearProbe((int)features.Size(1), classes, new Generator(1));
        probe.Fit(features, Of(labels), settings, seed);
        return Accuracy.TopK(Accuracy.Ranks(Accuracy.Rows(probe.Forward(features)), labels), 1);
    }

    private static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];

    private static Tensor Of(int[] labels) => Tensor.Of(Array.ConvertAll(labels, label => (long)label), labels.Length);
}
