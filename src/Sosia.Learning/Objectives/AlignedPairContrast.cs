using Sosia.Matching;
using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>Of two videos of a class: which frame belongs to which, and what follows from it.</summary>
/// <param name="Path">Pairs of frames, in time order, by dynamic time warping.</param>
/// <param name="TimesOfA">For each frame of A the mean number of the frames of B that it is paired with.</param>
/// <param name="TimesOfB">For each frame of B the same of A.</param>
public sealed record AlignedPair(IReadOnlyList<PathPoint> Path, float[] TimesOfA, float[] TimesOfB);

/// <summary>
/// The weakly supervised term of CARL's extension (Chen et al. 2022b, 2212.03125): videos of the same class are aligned, and a frame is drawn to those
/// of the other video near its partner. Only the abstract could be read: what is here is ours.
/// </summary>
/// <param name="Sequence">Temperature and variance.</param>
public sealed record AlignedPairContrast(SequenceContrast Sequence)
{
    /// <summary>The loss of two videos, both directions over all frames.</summary>
    /// <param name="a">N x D, valid frames of a video, of any length.</param>
    /// <param name="b">M x D.</param>
    /// <param name="stepsOfA">N numbers of frames.</param>
    /// <param name="stepsOfB">M numbers of frames.</param>
    /// <returns>Scalar.</returns>
    public Tensor Loss(Tensor a, Tensor b, IReadOnlyList<long> stepsOfA, IReadOnlyList<long> stepsOfB)
    {
        var pair = Align(a, b, stepsOfA, stepsOfB);
        var logits = Sequence.Logits(a, b); // N x M
        var forth = SequenceContrast.Divergence(Labels(pair.TimesOfA, stepsOfB).To(a.Device), logits.Softmax(1));
        var back = SequenceContrast.Divergence(Labels(pair.TimesOfB, stepsOfA).To(a.Device), logits.Softmax(0).Transpose(0, 1));
        return (forth.Sum() + back.Sum()) / (stepsOfA.Count + stepsOfB.Count);
    }

    /// <summary>The mean over all pairs of a batch that share a class, of the first view of each; 0 where there is none.</summary>
    /// <param name="projections">B x 2 x T x D.</param>
    /// <param name="steps">B x 2 x T.</param>
    /// <param name="mask">B x 2 x T, 1 where a frame is valid, else 0.</param>
    /// <param name="classes">B.</param>
    /// <returns>Scalar.</returns>
    public Tensor Mean(Tensor projections, Tensor steps, Tensor mask, IReadOnlyList<int> classes)
    {
        var videos = classes.Select((label, video) => (Label: label, Frames: First(projections, steps, mask, video))).Where(one => one.Frames.Steps.Length > 0).ToList();
        var losses = videos.SelectMany((one, i) => videos.Skip(i + 1).Where(other => other.Label == one.Label)
            .Select(other => Loss(one.Frames.Rows, other.Frames.Rows, one.Frames.Steps, other.Frames.Steps))).ToList();
        return losses.Count == 0 ? Tensor.Zeros([], projections.Type, projections.Device) : Tensor.Stack([.. losses]).Mean();
    }

    /// <summary>Aligns two videos by the cost 1 - cosine; no gradient goes through it.</summary>
    /// <param name="a">N x D.</param>
    /// <param name="b">M x D.</param>
    /// <param name="stepsOfA">N numbers of frames.</param>
    /// <param name="stepsOfB">M numbers of frames.</param>
    public static AlignedPair Align(Tensor a, Tensor b, IReadOnlyList<long> stepsOfA, IReadOnlyList<long> stepsOfB)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var cosines = Cosine.Matrix(Cosine.Unit(a), Cosine.Unit(b)).To(ScalarType.Float32).ToArray<float>();
        var path = DynamicTimeWarping.Path(new SimilarityMatrix(cosines, stepsOfA.Count, stepsOfB.Count));
        return new AlignedPair(path, Times(path, point => point.Q, point => stepsOfB[point.R]), Times(path, point => point.R, point => stepsOfA[point.Q]));
    }

    /// <summary>y_ij: a Gaussian round the time of frame i, over the frames j of the other video.</summary>
    /// <param name="times">N.</param>
    /// <param name="steps">M.</param>
    /// <returns>N x M.</returns>
    public Tensor Labels(float[] times, IReadOnlyList<long> steps)
    {
        var distance = (Tensor.Of(times, times.Length, 1) - Tensor.Of([.. steps.Select(step => (float)step)], steps.Count)).Abs();
        return Sequence.Gaussian(distance, distance.OnesLike(ScalarType.Bool));
    }

    // A path visits every row and every column, in order.
    private static float[] Times(PathPoint[] path, Func<PathPoint, int> frame, Func<PathPoint, long> step) =>
        [.. path.GroupBy(frame).Select(partners => (float)partners.Average(step))];

    private static (Tensor Rows, long[] Steps) First(Tensor projections, Tensor steps, Tensor mask, int video)
    {
        var valid = mask.Select(0, video).Select(0, 0).Gt(0); // T
        var kept = valid.Nonzero().Flatten();
        return (projections.Select(0, video).Select(0, 0).IndexSelect(0, kept), steps.Select(0, video).Select(0, 0).MaskedSelect(valid).ToArray<long>());
    }
}
