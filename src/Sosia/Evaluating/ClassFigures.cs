using System.Globalization;
using Sosia.Learning.Evaluation;
using Sosia.Torch;

namespace Sosia.Evaluating;

/// <summary>The figures of an <see cref="EncoderEvaluation"/>, each 0 to 1.</summary>
/// <param name="classes">How many there are.</param>
/// <param name="training">The gallery.</param>
/// <param name="test">The queries.</param>
/// <param name="missing">Classes of test videos that count as wrong.</param>
internal sealed class ClassFigures(int classes, ClassFeatures training, ClassFeatures test, IReadOnlyList<int> missing)
{
    /// <summary>The classifier by neighbours, for every k that papers try.</summary>
    public IEnumerable<EvaluationRow> Nearest()
    {
        var found = Neighbours.Of(test.Vectors, training.Vectors, KNearest.Published.Max());
        return KNearest.Published.Select(k => Row($"k-NN top-1, k = {k}", Accuracy.TopK(KNearest.Ranks(found, training.Labels, test.Labels, classes, k), 1, missing.Count)));
    }

    /// <summary>The linear probe: trained on one clip of each video an epoch, tested by the mean of the probabilities of all clips.</summary>
    public IEnumerable<EvaluationRow> Linear(LinearProbeSettings settings, int seed, CancellationToken stop)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)seed);
        using var probe = new LinearProbe((int)training.Vectors.Size(1), classes, generator);
        probe.FitClips(training.Clips!, Tensor.Of([.. training.Labels.Select(label => (long)label)], training.Labels.Count), settings, seed, stop);
        using var noGrad = NoGrad.Enter();
        var scores = Accuracy.Rows(probe.Probabilities(test.Clips!));
        var ranks = Accuracy.Ranks(scores, test.Labels);
        var matrix = ConfusionMatrix.Of([.. test.Labels, .. missing], [.. scores.Select(row => Accuracy.Best(row)), .. missing.Select(_ => -1)], classes);
        return
        [
            Row("linear top-1", Accuracy.TopK(ranks, 1, missing.Count)),
            Row("linear top-5", Accuracy.TopK(ranks, 5, missing.Count)),
            Row("linear mean class accuracy", 100 * matrix.MeanClassAccuracy),
        ];
    }

    /// <summary>Retrieval, plain and centred.</summary>
    public IEnumerable<EvaluationRow> Retrieval()
    {
        var plain = Neighbours.Of(test.Retrieval, training.Retrieval, ClipRetrieval.Published.Max());
        var centred = Neighbours.Of(ClipRetrieval.Centred(test.Retrieval), ClipRetrieval.Centred(training.Retrieval), ClipRetrieval.Published.Max());
        return [.. Recalls("R@{0}", plain), .. Recalls("R@{0}, centred", centred)];
    }

    private IEnumerable<EvaluationRow> Recalls(string name, IReadOnlyList<Neighbour[]> found) => ClipRetrieval.Published.Select(k =>
        Row(string.Format(CultureInfo.InvariantCulture, name, k), ClipRetrieval.Recall(found, training.Labels, test.Labels, k, missing.Count)));

    private EvaluationRow Row(string name, double percent) => new(name, percent / 100, test.Labels.Count + missing.Count, "test videos");
}
