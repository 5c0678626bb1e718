namespace Sosia.Learning.Evaluation.Frames;

/// <summary>Which phase a frame belongs to, read off by a linear model (CARL, code) or a support vector machine (TCC).</summary>
public static class PhaseClassification
{
    /// <summary>Accuracy of a logistic regression on validation frames, 0 to 1.</summary>
    /// <param name="training">Labelled frames alone.</param>
    /// <param name="validation">Labelled frames alone.</param>
    /// <param name="phases">K.</param>
    public static double Linear(IReadOnlyList<FrameSequence> training, IReadOnlyList<FrameSequence> validation, int phases)
    {
        using var scope = Torch.TensorScope.Enter();
        var model = LogisticRegression.Fit(Torch.Tensor.Cat([.. training.Select(video => video.Embeddings)]), Labels(training), phases);
        return Share(validation.SelectMany(video => model.Predict(video.Embeddings)), Labels(validation));
    }

    /// <summary>Accuracy of support vector machines on validation frames, 0 to 1.</summary>
    /// <param name="training">Labelled frames alone.</param>
    /// <param name="validation">Labelled frames alone.</param>
    /// <param name="phases">K.</param>
    public static double Radial(IReadOnlyList<FrameSequence> training, IReadOnlyList<FrameSequence> validation, int phases)
    {
        var model = SupportVectors.Fit(Rows(training), Labels(training), phases);
        return Share(Rows(validation).Select(model.Predict), Labels(validation));
    }

    private static List<double[]> Rows(IEnumerable<FrameSequence> videos) => [.. videos.SelectMany(video => Accuracy.Rows(video.Embeddings))];

    private static List<int> Labels(IEnumerable<FrameSequence> videos) => [.. videos.SelectMany(video => video.Labels)];

    private static double Share(IEnumerable<int> predicted, IReadOnlyList<int> truth) =>
        predicted.Zip(truth, (guess, right) => guess == right ? 1.0 : 0).DefaultIfEmpty(double.NaN).Average();
}
