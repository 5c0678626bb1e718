using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>
/// The sequence contrastive loss of CARL (Chen et al. 2022, section 3.3; code): the softmax of a frame over those of the other view is to be a Gaussian
/// of their distance in time. Neither other videos nor the own view are negatives.
/// </summary>
/// <param name="Temperature">Of the cosines.</param>
/// <param name="Variance">Of the Gaussian, in frames squared.</param>
public sealed record SequenceContrast(double Temperature = 0.1, double Variance = 10)
{
    private const double Least = 1e-6; // weight of masked pairs, and what is added to a probability before its logarithm
    private const double Tiny = 1e-38; // 0 log 0 is 0

    /// <summary>The loss of a batch, the mean over valid frames of both views. 0 where no frame is valid.</summary>
    /// <param name="projections">B x 2 x T x D, of any length.</param>
    /// <param name="steps">B x 2 x T, numbers of the frames in their videos.</param>
    /// <param name="lengths">B x 2, frames of the videos.</param>
    /// <param name="mask">B x 2 x T, 1 where a frame is valid, else 0.</param>
    /// <returns>Scalar.</returns>
    public Tensor Loss(Tensor projections, Tensor steps, Tensor lengths, Tensor mask)
    {
        var logits = Logits(projections.Flatten(0, 2), projections.Flatten(0, 2)); // n x n, n = B·2·T
        var other = OtherView(mask);
        var labels = Labels(steps, lengths, mask);
        var normalisers = (logits + Weights(mask).Log()).LogSumExp([1], keepdim: true); // n x 1
        var probabilities = (logits.MaskedFill(other.LogicalNot(), double.NegativeInfinity) - normalisers).Exp();
        var valid = mask.Flatten();
        return (Divergence(labels, probabilities) * valid).Sum() / valid.Sum().ClampMin(1);
    }

    /// <summary>What the softmax of each frame is to be: y_ij, 0 for all j where the frame is not valid, or none of the other view is.</summary>
    /// <param name="steps">B x 2 x T.</param>
    /// <param name="lengths">B x 2.</param>
    /// <param name="mask">B x 2 x T.</param>
    /// <returns>n x n, views one after the other.</returns>
    public Tensor Labels(Tensor steps, Tensor lengths, Tensor mask)
    {
        var s = steps.To(mask.Type).Flatten();
        var length = lengths.To(mask.Type).Unsqueeze(2).Expand(steps.Shape).Flatten();
        var distance = ((s / length).Outer(length) - s).Abs(); // of frame i, brought to the length of j's video, and frame j
        var valid = mask.Flatten();
        return Gaussian(distance, OtherView(mask).LogicalAnd(valid.Outer(valid).Gt(0)));
    }

    /// <summary>How much each pair counts in the sum below the softmax: w_ij.</summary>
    /// <param name="mask">B x 2 x T.</param>
    /// <returns>n x n.</returns>
    public static Tensor Weights(Tensor mask)
    {
        var valid = mask.Flatten();
        return OtherView(mask).To(mask.Type).MaskedFill(valid.Outer(valid).Eq(0), Least);
    }

    /// <summary>Cosines over the temperature.</summary>
    internal Tensor Logits(Tensor a, Tensor b) => Cosine.Matrix(Cosine.Unit(a), Cosine.Unit(b)) / Temperature;

    /// <summary>exp(-d^2 / (2 variance)) over its sum over the chosen j, as a softmax: the exponential alone is 0 beyond some 45 frames.</summary>
    internal Tensor Gaussian(Tensor distance, Tensor chosen)
    {
        var exponents = (distance.Square() / (-2 * Variance)).MaskedFill(chosen.LogicalNot(), double.NegativeInfinity);
        return exponents.Softmax(1).MaskedFill(chosen.Any(1, keepdim: true).LogicalNot(), 0);
    }

    /// <summary>sum over j of y (log y - log(p + 1e-6)), row by row.</summary>
    internal static Tensor Divergence(Tensor labels, Tensor probabilities) =>
        (labels * (labels.ClampMin(Tiny).Log() - (probabilities + Least).Log())).Sum([1]);

    // n x n: whether j is in the other view of the video of i.
    private static Tensor OtherView(Tensor mask)
    {
        var (videos, frames) = (mask.Size(0), mask.Size(2));
        var view = Tensor.Arange(0, 2 * videos, dtype: ScalarType.Int64, device: mask.Device).RepeatInterleave(frames);
        var video = view.FloorDivide(Tensor.Of(2L).To(mask.Device));
        return video.Unsqueeze(1).Eq(video).LogicalAnd(view.Unsqueeze(1).Ne(view));
    }
}
