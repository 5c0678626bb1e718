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

    [Fact]
    public void EachVideoShowsOneOfItsClipsInAnEpoch()
    {
        var drawn = Enumerable.Range(0, 60).Select(epoch => Drawn(20, epoch, 3)).ToList();
        Assert.All(drawn, rows => Assert.Equal(Enumerable.Range(0, 20), rows.Select(row => (int)row / 10)));
        Assert.Equal(Enumerable.Range(70, 10).Select(row => (long)row), drawn.Select(rows => rows[7]).Distinct().Order()); // every clip in its turn
        Assert.NotEqual(drawn[0].Select(row => row % 10), drawn[1].Select(row => row % 10));
        Assert.NotEqual(drawn[0], Drawn(20, 0, 4));
        Assert.Equal(drawn[0][..5], Drawn(5, 0, 3)); // whichever other videos there are

        static long[] Drawn(int videos, int epoch, int seed) => [.. LinearProbe.DrawnClips(videos, 10, epoch, seed).Select(rows => Assert.Single(rows))];
    }

    [Fact]
    public void AnEpochIsTrainedOnTheDrawnClips()
    {
        using var scope = TensorScope.Enter();
        var (clips, labels) = (Tensor.Randn([24, 4, 3], new Generator(5)), Of(Labels(24, 2)));
        using var fitted = new LinearProbe(3, 2, new Generator(1));
        fitted.FitClips(clips, labels, Quick, seed: 6);

        using var byHand = new LinearProbe(3, 2, new Generator(1));
        using var optimiser = byHand.Optimiser(Quick);
        for (var epoch = 0; epoch < Quick.Epochs; epoch++)
        {
            var chosen = LinearProbe.DrawnClips(24, 4, epoch, 6).Select((rows, video) => clips[video, (int)rows[0] % 4]).ToArray();
            byHand.FitEpoch(optimiser, Tensor.Stack(chosen), labels, Quick, epoch, seed: 6);
        }

        Assert.Equal(Weights(byHand), Weights(fitted));
        using var mean = new LinearProbe(3, 2, new Generator(1));
        mean.Fit(clips.Mean([1]), labels, Quick, seed: 6);
        Assert.NotEqual(Weights(mean), Weights(fitted));
    }

    [Fact]
    public void ClipsThatAreAlikeTeachAsOneDoes()
    {
        using var scope = TensorScope.Enter();
        var (features, labels) = (Tensor.Randn([24, 3], new Generator(5)), Of(Labels(24, 2)));
        using var plain = new LinearProbe(3, 2, new Generator(1));
        using var thrice = new LinearProbe(3, 2, new Generator(1));
        plain.Fit(features, labels, Quick, seed: 6);
        thrice.FitClips(features.Unsqueeze(1).Repeat([1, 3, 1]), labels, Quick, seed: 6);
        Assert.Equal(Weights(plain), Weights(thrice));
    }

    // The logits' mean says class 0, two of three clips and the mean of the probabilities class 1.
    [Fact]
    public void ProbabilitiesOfClipsAreAveraged()
    {
        using var scope = TensorScope.Enter();
        using var probe = new LinearProbe(2, 2);
        probe.Load([("linear.weight", Tensor.Eye(2)), ("linear.bias", Tensor.Zeros([2]))]);
        var scores = probe.Probabilities(Tensor.Of([10f, 0, 0, 4, 0, 4, 0, 0, 0, 0, 0, 0], 2, 3, 2));
        Assert.Equal([2L, 2], scores.Shape);
        var (sure, unsure) = (1 / (1 + Math.Exp(-10)), 1 / (1 + Math.Exp(4)));
        Assert.Equal((sure + (2 * unsure)) / 3, scores[0, 0].Item(), 1e-6);
        Assert.Equal([1, 0], Accuracy.Rows(scores).Select(row => Accuracy.Best(row)));
        Assert.Equal(0.5, scores[1, 1].Item(), 1e-6);
    }

    [Fact]
    public void ClipsLeaveNothingBehindAndNeedVideos()
    {
        using var scope = TensorScope.Enter();
        using var probe = new LinearProbe(3, 2);
        Assert.Throws<ArgumentException>(() => probe.FitClips(Tensor.Zeros([0, 4, 3]), Of([]), Quick, 1));
        Assert.Throws<ArgumentException>(() => probe.FitClips(Tensor.Zeros([2, 0, 3]), Of([0, 1]), Quick, 1));
        Assert.Throws<ArgumentException>(() => probe.FitClips(Tensor.Zeros([2, 4, 3]), Of([0]), Quick, 1));
        Assert.Throws<ArgumentException>(() => probe.FitClips(Tensor.Zeros([2, 3]), Of([0, 1]), Quick, 1));
        Assert.Throws<OperationCanceledException>(() => probe.FitClips(Tensor.Zeros([2, 4, 3]), Of([0, 1]), Quick, 1, new CancellationToken(canceled: true)));
        var (clips, labels) = (Tensor.Randn([32, 4, 3], new Generator(5)), Of(Labels(32, 2)));
        Assert.Equal(1, Train(), 1e-4);
        var before = LiveTensors.Settled();
        Assert.Equal(1, Train(), 1e-4);
        Assert.Equal(before, Tensor.Live);

        double Train()
        {
            probe.FitClips(clips, labels, Quick, 1);
            probe.ZeroGrad();
            using var scores = probe.Probabilities(clips);
            return Accuracy.Rows(scores)[0].Sum();
        }
    }

    private static float[] Weights(LinearProbe probe) => [.. probe.Parameters().SelectMany(parameter => parameter.ToArray<float>())];

    private static double Fitted(Tensor features, int[] labels, int classes, LinearProbeSettings settings, int seed)
    {
        using var probe = new LinearProbe((int)features.Size(1), classes, new Generator(1));
        probe.Fit(features, Of(labels), settings, seed);
        return Accuracy.TopK(Accuracy.Ranks(Accuracy.Rows(probe.Forward(features)), labels), 1);
    }

    private static int[] Labels(int count, int classes) => [.. Enumerable.Range(0, count).Select(i => i % classes)];

    private static Tensor Of(int[] labels) => Tensor.Of(Array.ConvertAll(labels, label => (long)label), labels.Length);
}
