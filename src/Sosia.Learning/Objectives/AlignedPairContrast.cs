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

    /// <summary>The mean over pairs of videos; 0 where there is none. A video without a valid frame has no pair.</summary>
    /// <param name="pairs">P x 2 x T x D, a view of each video, of any length.</param>
    /// <param name="steps">P x 2 x T, numbers of the frames in their videos.</param>
    /// <param name="mask">P x 2 x T, 1 where a frame is valid, else 0.</param>
    /// <returns>Scalar.</returns>
    public Tensor Mean(Tensor pairs, Tensor steps, Tensor mask)
    {
        var losses = Enumerable.Range(0, (int)pairs.Size(0))
            .Select(i => (A: Valid(pairs[i, 0], steps[i, 0], mask[i, 0]), B: Valid(pairs[i, 1], steps[i, 1], mask[i, 1])))
            .Where(pair => pair.A.Steps.Length > 0 && pair.B.Steps.Length > 0)
            .Select(pair => Loss(pair.A.Rows, pair.B.Rows, pair.A.Steps, pair.B.Steps)).ToArray();
        return losses.Length == 0 ? Tensor.Zeros([], pairs.Type, pairs.Device) : Tensor.Stack(losses).Mean();
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

    // Of T x D frames those that are valid, N x D.
    private static (Tensor Rows, long[] Steps) Valid(Tensor frames, Tensor steps, Tensor mask)
    {
        var valid = mask.Gt(0); // T
        return (frames.IndexSelect(0, valid.Nonzero().Flatten()), steps.MaskedSelect(valid).ToArray<long>());
    }
}
