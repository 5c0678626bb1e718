using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>InfoNCE (van den Oord et al. 2018, eq. 4) with any choice of pairs.</summary>
public static class InfoNce
{
    /// <summary>For each row the mean over its positives of log(exp(s / t) + sum over negatives exp(s / t)) - s / t.</summary>
    /// <param name="similarities">N x M cosines.</param>
    /// <param name="pairs">Those that count; every row has a positive.</param>
    /// <param name="temperature">t, above 0.</param>
    /// <returns>Scalar, mean over rows, in nats.</returns>
    /// <exception cref="ArgumentException">The temperature is not positive.</exception>
    public static Tensor Loss(Tensor similarities, PairMasks pairs, double temperature)
    {
        if (!(temperature > 0))
        {
            throw new ArgumentException($"a temperature of {temperature}: it must be above 0", nameof(temperature));
        }

        var scaled = similarities / temperature;
        var others = scaled.MaskedFill(pairs.Negative.LogicalNot(), double.NegativeInfinity).LogSumExp([1], keepdim: true); // N x 1
        var each = Tensor.Stack([others.Expand([-1, scaled.Size(1)]), scaled], 2).LogSumExp([2]) - scaled; // N x M
        var positive = pairs.Positive.To(similarities.Type);
        return (each * positive).Sum([1]).Div(positive.Sum([1])).Mean();
    }
}
