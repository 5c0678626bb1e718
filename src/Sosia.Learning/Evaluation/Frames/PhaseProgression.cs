using Sosia.Torch;

namespace Sosia.Learning.Evaluation.Frames;

/// <summary>How much of each phase is still to come or gone, read off by a linear model (Dwibedi et al. 2019; CARL, code).</summary>
public static class PhaseProgression
{
    /// <summary>(n - last frame of phase k) / N, for each frame n and each phase but the last.</summary>
    /// <param name="labels">N phases; each of them occurs.</param>
    /// <param name="phases">K.</param>
    /// <returns>N x (K - 1).</returns>
    /// <exception cref="ArgumentException">A phase does not occur.</exception>
    public static Tensor Targets(IReadOnlyList<int> labels, int phases)
    {
        var last = Enumerable.Range(0, phases).Select(phase => labels.Index().Where(frame => frame.Item == phase).Select(frame => frame.Index).LastOrDefault(-1)).ToArray();
        if (Array.IndexOf(last, -1) is >= 0 and var absent)
        {
            throw new ArgumentException($"phase {absent} of {phases} does not occur", nameof(labels));
        }

        var targets = new float[labels.Count * (phases - 1)];
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = (float)(((i / (phases - 1)) - last[i % (phases - 1)]) / (double)labels.Count);
        }

        return Tensor.Of(targets, labels.Count, phases - 1);
    }

    /// <summary>R^2 of each target, of a model fitted to training frames; their mean is what is reported.</summary>
    /// <param name="training">Videos with every phase.</param>
    /// <param name="validation">Videos with every phase.</param>
    /// <param name="phases">K.</param>
    /// <returns>K - 1.</returns>
    /// <exception cref="ArgumentException">A video lacks a phase.</exception>
    public static double[] Determination(IReadOnlyList<FrameSequence> training, IReadOnlyList<FrameSequence> validation, int phases)
    {
        using var scope = TensorScope.Enter();
        var model = LeastSquares.Fit(Frames(training), Wanted(training));
        return LeastSquares.Determination(model.Predict(Frames(validation)), Wanted(validation));

        Tensor Wanted(IReadOnlyList<FrameSequence> videos) => Tensor.Cat([.. videos.Select(video => Targets(video.Labels, phases))]);
    }

    private static Tensor Frames(IReadOnlyList<FrameSequence> videos) => Tensor.Cat([.. videos.Select(video => video.Embeddings)]);
}
