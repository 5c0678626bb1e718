using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>How a <see cref="LinearProbe"/> is trained: SGD with momentum, the rate half a cosine to 0, one value an epoch.</summary>
/// <param name="Rate">Of the first epoch.</param>
/// <param name="Batch">Samples of a step: videos.</param>
/// <param name="Epochs">Passes over the training list.</param>
/// <param name="WeightDecay">Times the weights, added to the gradient.</param>
/// <param name="Momentum">Of the steps.</param>
public sealed record LinearProbeSettings(double Rate, int Batch, int Epochs, double WeightDecay = 0, double Momentum = 0.9)
{
    /// <summary>DINO and SVT (eval_linear.py).</summary>
    public static LinearProbeSettings Dino { get; } = Scaled(0.001, batch: 128, epochs: 100);

    /// <summary>SVT's script for UCF101.</summary>
    public static LinearProbeSettings SvtUcf101 { get; } = Scaled(0.001, batch: 16, epochs: 20);

    /// <summary>CARL on FineGym99 and 288 (code): a sample is a video with all its labelled frames.</summary>
    public static LinearProbeSettings FineGym { get; } = new(50, Batch: 10, Epochs: 100, WeightDecay: 1e-6);

    /// <summary>With the rate for batches of 256, brought to another batch.</summary>
    public static LinearProbeSettings Scaled(double rate, int batch, int epochs) => new(rate * batch / 256, batch, epochs);

    /// <summary>The rate of an epoch, from 0.</summary>
    public double RateAt(int epoch) => Rate * Schedules.Cosine(epoch, Epochs);
}

/// <summary>One linear layer on frozen features: what of their classes can be read off them. State: <c>linear.weight</c> and <c>linear.bias</c>.</summary>
public sealed class LinearProbe : Module
{
    private const double StartDeviation = 0.01;

    private readonly Linear linear;

    /// <summary>Weights start normal with deviation 0.01, the bias at 0 (DINO, code).</summary>
    /// <param name="width">D of the features.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="generator">Draws the weights.</param>
    public LinearProbe(int width, int classes, Generator? generator = null)
    {
        linear = Part("linear", new Linear(width, classes));
        Init.Normal(linear.Weight, 0, StartDeviation, generator);
        Init.Constant(linear.Bias!, 0);
    }

    /// <summary>Logits.</summary>
    /// <param name="features">N x D.</param>
    /// <returns>N x classes.</returns>
    public Tensor Forward(Tensor features) => linear.Forward(features);

    /// <summary>The mean cross entropy.</summary>
    /// <param name="features">N x D.</param>
    /// <param name="labels">N classes.</param>
    /// <returns>Scalar.</returns>
    public Tensor Loss(Tensor features, Tensor labels) => Forward(features).CrossEntropyLoss(labels);

    /// <summary>Trains it; the order of samples is drawn anew for each epoch.</summary>
    /// <param name="features">R x D.</param>
    /// <param name="labels">R classes.</param>
    /// <param name="settings">Of the protocol.</param>
    /// <param name="seed">Of the orders.</param>
    /// <param name="samples">Rows that belong together, such as the frames of a video; null: each row is a sample.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ArgumentException">There are no rows, or not as many labels.</exception>
    public void Fit(Tensor features, Tensor labels, LinearProbeSettings settings, int seed, IReadOnlyList<long[]>? samples = null, CancellationToken stop = default)
    {
        if (features.Size(0) == 0 || features.Size(0) != labels.Size(0))
        {
            throw new ArgumentException($"{labels.Size(0)} labels for {features.Size(0)} features", nameof(labels));
        }

        Fit(features, labels, settings, seed, _ => samples, stop);
    }

    /// <summary>
    /// Trains it on one clip of each video, drawn anew for each epoch, as is their order (DINO and SVT train on one random view; that it is one of those
    /// the test sees is ours).
    /// </summary>
    /// <param name="clips">N x clips x D.</param>
    /// <param name="labels">N classes.</param>
    /// <param name="settings">Of the protocol.</param>
    /// <param name="seed">Of the orders and the draws.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="ArgumentException">There are no videos or no clips, or not as many labels as videos.</exception>
    public void FitClips(Tensor clips, Tensor labels, LinearProbeSettings settings, int seed, CancellationToken stop = default)
    {
        if (clips.Rank != 3 || clips.Size(0) == 0 || clips.Size(1) == 0 || clips.Size(0) != labels.Size(0))
        {
            throw new ArgumentException($"{labels.Size(0)} labels for clips of {string.Join(" x ", clips.Shape)}", nameof(labels));
        }

        using var scope = TensorScope.Enter();
        var (videos, each) = ((int)clips.Size(0), (int)clips.Size(1));
        Fit(clips.Flatten(0, 1), labels.RepeatInterleave(each), settings, seed, epoch => DrawnClips(videos, each, epoch, seed), stop);
    }

    /// <summary>The scores of videos: means of the probabilities of their clips.</summary>
    /// <param name="clips">N x clips x D; at least one of each.</param>
    /// <returns>N x classes.</returns>
    public Tensor Probabilities(Tensor clips)
    {
        using var scope = TensorScope.Enter();
        var (videos, each) = ((int)clips.Size(0), (int)clips.Size(1));
        return scope.Keep(ViewAverage.Of(Forward(clips.Flatten(0, 1)), [.. Enumerable.Range(0, videos * each).Select(clip => clip / each)]));
    }

    /// <summary>One pass over the training list.</summary>
    /// <param name="optimiser">From <see cref="Optimiser"/>.</param>
    /// <param name="features">R x D.</param>
    /// <param name="labels">R classes.</param>
    /// <param name="settings">Of the protocol.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="seed">Of the order.</param>
    /// <param name="samples">Rows that belong together, such as the frames of a video; null: each row is a sample.</param>
    public void FitEpoch(Sgd optimiser, Tensor features, Tensor labels, LinearProbeSettings settings, int epoch, int seed, IReadOnlyList<long[]>? samples = null)
    {
        var random = new SampleRandom(seed, epoch, 0);
        optimiser.Groups[0].LearningRate = settings.RateAt(epoch);
        samples ??= [.. Enumerable.Range(0, (int)features.Size(0)).Select(row => new long[] { row })];
        foreach (var batch in samples.OrderBy(_ => random.NextBits()).Chunk(settings.Batch))
        {
            Step(optimiser, features, labels, [.. batch.SelectMany(rows => rows)]);
        }
    }

    /// <summary>The optimiser of the protocol, at the rate of its first epoch.</summary>
    public Sgd Optimiser(LinearProbeSettings settings) => new(NamedParameters(), settings.Rate, settings.Momentum, weightDecay: settings.WeightDecay);

    /// <summary>The row of one clip of each video, drawn for an epoch from numbers of the video's own.</summary>
    /// <param name="videos">N.</param>
    /// <param name="clips">Of each, one after the other.</param>
    /// <param name="epoch">From 0.</param>
    /// <param name="seed">Of the draws.</param>
    /// <returns>N rows, each by itself.</returns>
    internal static long[][] DrawnClips(int videos, int clips, int epoch, int seed) =>
        [.. Enumerable.Range(0, videos).Select(video => new[] { ((long)video * clips) + new SampleRandom(seed, epoch, video + 1).Below(clips) })];

    private void Fit(Tensor features, Tensor labels, LinearProbeSettings settings, int seed, Func<int, IReadOnlyList<long[]>?> samples, CancellationToken stop)
    {
        using var optimiser = Optimiser(settings);
        for (var epoch = 0; epoch < settings.Epochs; epoch++)
        {
            stop.ThrowIfCancellationRequested();
            FitEpoch(optimiser, features, labels, settings, epoch, seed, samples(epoch));
        }
    }

    private void Step(Sgd optimiser, Tensor features, Tensor labels, long[] rows)
    {
        using var scope = TensorScope.Enter();
        var index = Tensor.Of(rows, rows.Length).To(features.Device);
        optimiser.ZeroGrad();
        Loss(features.IndexSelect(0, index), labels.IndexSelect(0, index)).Backward();
        optimiser.Step();
    }
}
