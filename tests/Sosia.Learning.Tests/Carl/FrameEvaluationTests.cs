using Sosia.Learning.Evaluation.Frames;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>What CARL measures embeddings of frames by.</summary>
public sealed class FrameEvaluationTests
{
    [Fact]
    public void TimeItselfIsPerfectlyOrdered()
    {
        using var scope = TensorScope.Enter();
        Tensor[] videos = [Time(20), Time(20) * -1, Time(20)];
        Assert.Equal(1, KendallTau.Of(KendallTau.Nearest(videos[0], videos[2])));
        Assert.Equal(-1, KendallTau.Of(KendallTau.Nearest(videos[0], videos[1] + 19)));
        Assert.Equal(1, KendallTau.Mean([Time(20), Time(50) / 2.5]), 0.05);
    }

    [Fact]
    public void NoiseHasNoOrder()
    {
        using var scope = TensorScope.Enter();
        var videos = Enumerable.Range(1, 4).Select(seed => Tensor.Randn([80, 6], new Generator((ulong)seed))).ToList();
        Assert.InRange(KendallTau.Mean(videos), -0.1, 0.1);
    }

    [Fact]
    public void FewFramesHaveNoTau()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(double.NaN, KendallTau.Of([]));
        Assert.Equal(double.NaN, KendallTau.Of([3]));
        Assert.Equal(double.NaN, KendallTau.Mean([Time(5)]));
        Assert.Equal(double.NaN, KendallTau.Mean([Tensor.Zeros([5, 2]), Tensor.Zeros([5, 2])]));
    }

    [Fact]
    public void PhasesAsEmbeddingsAreFoundAndNoiseIsNot()
    {
        using var scope = TensorScope.Enter();
        FrameSequence[] clear = [Phases(1, 0), Phases(2, 0), Phases(3, 0)];
        Assert.All(FrameRetrieval.Published, k => Assert.Equal(1, FrameRetrieval.Mean(clear, k)));
        Assert.Equal(1 / 3.0, FrameRetrieval.Mean([Phases(1, 100), Phases(2, 100), Phases(3, 100)], 10), 0.1);
        Assert.Equal(1 / 3.0, FrameRetrieval.Mean(clear, 1000), 1e-9); // all there are
        Assert.Equal(double.NaN, FrameRetrieval.Mean(clear[..1], 5));
    }

    [Fact]
    public void FramesWithoutAPhaseAreDropped()
    {
        using var scope = TensorScope.Enter();
        var video = new FrameSequence(Time(4), [-1, 2, -1, 0]).Labelled();
        Assert.Equal([2, 0], video.Labels);
        Assert.Equal([1f, 3], video.Embeddings.ToArray<float>());
        Assert.Equal([0f, 2], new FrameSequence(Time(4), [0, 0, 0, 0]).Every(2).Embeddings.ToArray<float>());
        Assert.Equal([1, 1, 5, 10], new[] { 0.01, 0.1, 0.5, 1 }.Select(share => FrameSequence.Share([.. Enumerable.Repeat(video, 10)], share).Count));
    }

    [Fact]
    public void LeastSquaresFindTheLine()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Randn([40, 3], new Generator(1), ScalarType.Float64);
        var weights = Tensor.Of([1.0, -2, 0.5, 3, 0, 7], 3, 2);
        var fit = LeastSquares.Fit(x, x.MatMul(weights) + 4);
        Near(weights, fit.Weights, 1e-9);
        Near(Tensor.Of([4.0, 4], 2), fit.Intercept, 1e-9);
        Assert.All(LeastSquares.Determination(fit.Predict(x), x.MatMul(weights) + 4), r => Assert.Equal(1, r, 1e-9));
    }

    // A column twice: the shortest solution halves it.
    [Fact]
    public void OfSeveralSolutionsTheShortestIsTaken()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Randn([40, 1], new Generator(1));
        Near(Tensor.Of([1.5, 1.5], 2, 1), LeastSquares.Fit(Tensor.Cat([x, x], 1), x * 3).Weights, 1e-6);
    }

    [Fact]
    public void ProgressionNeedsEveryPhase()
    {
        using var scope = TensorScope.Enter();
        Assert.Throws<ArgumentException>(() => PhaseProgression.Targets([0, 0, 2], 3));
        FrameSequence[] time = [.. Enumerable.Range(0, 2).Select(_ => new FrameSequence(Time(30), Labels))];
        Assert.All(PhaseProgression.Determination(time, time, 3), r => Assert.Equal(1, r, 1e-6));
    }

    [Fact]
    public void TheOptimumOfTheRegressionHasNoGradient()
    {
        using var scope = TensorScope.Enter();
        var (x, labels) = (Tensor.Randn([60, 5], new Generator(1), ScalarType.Float64), Enumerable.Range(0, 60).Select(i => i * i % 4).ToArray());
        var fit = LogisticRegression.Fit(x, labels, 4, c: 2);
        var errors = fit.Probabilities(x) - Tensor.Of(Array.ConvertAll(labels, label => (long)label), 60).OneHot(4).To(ScalarType.Float64);
        Assert.InRange((errors.Transpose(0, 1).MatMul(x) * 2 + fit.Weights).Abs().Max().Item(), 0, 1e-5);
        Assert.InRange(errors.Sum([0]).Abs().Max().Item(), 0, 1e-5);
    }

    // Without a penalty these weights would be infinite.
    [Fact]
    public void ClassesThatCanBeSeparatedAreAndStayFinite()
    {
        using var scope = TensorScope.Enter();
        FrameSequence[] clear = [Phases(1, 0), Phases(2, 0)];
        Assert.Equal(1, PhaseClassification.Linear(clear[..1], clear[1..], 3));
        Assert.Equal(1, PhaseClassification.Radial(clear[..1], clear[1..], 3));
        Assert.Equal(double.NaN, PhaseClassification.Linear(clear, [], 3));
        Assert.Throws<ArgumentException>(() => LogisticRegression.Fit(Tensor.Zeros([0, 2]), [], 2));
        Assert.Throws<ArgumentException>(() => SupportVectors.Fit([[0.0], [1]], [0, 0], 2));
    }

    // Rings: no line separates them.
    [Fact]
    public void TheRadialKernelBends()
    {
        double[][] frames = [.. Enumerable.Range(0, 80).Select(i => new[] { (1 + (i % 2 * 2)) * Math.Cos(i), (1 + (i % 2 * 2)) * Math.Sin(i) })];
        int[] labels = [.. Enumerable.Range(0, 80).Select(i => i % 2)];
        var model = SupportVectors.Fit(frames, labels, 2);
        Assert.Equal(labels, frames.Select(model.Predict));
        Assert.True(model.Decide([0.0, 0])[0] > 0);
        Assert.True(model.Decide([3.0, 0])[0] < 0);
    }

    private static readonly int[] Labels = [.. Enumerable.Range(0, 30).Select(i => i / 10)];

    private static Tensor Time(int frames) => Tensor.Arange(0, frames, dtype: ScalarType.Float32).Unsqueeze(1);

    // Three phases of ten frames, each about a corner.
    private static FrameSequence Phases(ulong seed, double noise) => new(
        Tensor.Eye(3).RepeatInterleave(10, 0) + (Tensor.Randn([30, 3], new Generator(seed)) * (0.05 + noise)), Labels);

    private static void Near(Tensor wanted, Tensor got, double within) => Assert.InRange((wanted - got).Abs().Max().Item(), 0, within);
}
