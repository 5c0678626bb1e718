using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>The multi-similarity loss (Wang et al. 2019, eq. 10) with the constants of pytorch-metric-learning.</summary>
/// <param name="Alpha">How sharply dissimilar positives count.</param>
/// <param name="Beta">How sharply similar negatives count.</param>
/// <param name="Base">The similarity between the two kinds (lambda in the paper).</param>
public sealed record MultiSimilarity(double Alpha = 2, double Beta = 50, double Base = 0.5)
{
    /// <summary>
    /// For each row log(1 + sum over positives exp(-alpha (s - base))) / alpha + log(1 + sum over negatives exp(beta (s - base))) / beta; the mean over
    /// all rows, also over those that have no pair and give 0.
    /// </summary>
    /// <param name="similarities">N x M cosines.</param>
    /// <param name="pairs">Those that count.</param>
    /// <returns>Scalar.</returns>
    public Tensor Loss(Tensor similarities, PairMasks pairs)
    {
        var beyond = similarities - Base;
        return ((LogOnePlusSum(beyond * -Alpha, pairs.Positive) / Alpha) + (LogOnePlusSum(beyond * Beta, pairs.Negative) / Beta)).Mean();
    }

    // log(1 + sum exp x) over the chosen x of each row: the 1 is one more x, 0.
    private static Tensor LogOnePlusSum(Tensor x, Tensor chosen)
    {
        var kept = x.MaskedFill(chosen.LogicalNot(), double.NegativeInfinity);
        return Tensor.Cat([kept, Tensor.Zeros([x.Size(0), 1], x.Type, x.Device)], 1).LogSumExp([1]); // N
    }
}
