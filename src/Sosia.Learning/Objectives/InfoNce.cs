using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>InfoNCE (van den Oord et al. 2018, eq. 4) with any choice of pairs.</summary>
public static class InfoNce
{
    /// <summary>For each row the mean over its positives of log(exp(s / t) + sum over negatives exp(s / t)) - s / t.</summary>
    /// <param name="similarities">N x M cosines.</param>
    /// <param name="pairs">Those that count. A row without a positive is left out; a positive without negatives costs nothing.</param>
    /// <param name="temperature">t, above 0.</param>
    /// <returns>Scalar, mean over the rows that have a positive, in nats; 0 where none has.</returns>
    /// <exception cref="ArgumentException">The temperature is not positive.</exception>
    public static Tensor Loss(Tensor similarities, PairMasks pairs, double temperature)
    {
        if (!(temperature > 0))
        {
            throw new ArgumentException($"a temperature of {temperature}: it must be above 0", nameof(temperature));
        }

        var scaled = similarities / temperature;
        var others = scaled.MaskedFill(pairs.Negative.LogicalNot(), double.NegativeInfinity).LogSumExp([1], keepdim: true); // N x 1
        var each = (others - scaled).Softplus(); // N x M: log(exp(others) + exp(s)) - s
        var positive = pairs.Positive.To(similarities.Type);
        var positives = positive.Sum([1]); // N
        var rows = (each * positive).Sum([1]) / positives.ClampMin(1);
        return rows.Sum() / positives.Gt(0).Sum().ClampMin(1);
    }

    /// <summary>How queries resemble their keys, and the keys of earlier batches (MoCo, He et al. 2020, section 3.1).</summary>
    /// <param name="query">N x C, of length 1.</param>
    /// <param name="key">N x C, of length 1: of the same video; no gradient flows into it.</param>
    /// <param name="queue">C x K, a unit key a column: negatives of every query.</param>
    /// <returns>N x (1 + K) cosines, that with the own key in column 0.</returns>
    public static Tensor ToQueue(Tensor query, Tensor key, Tensor queue) =>
        Tensor.Cat([Cosine.Pairs(query, key.Detach()).Unsqueeze(1), query.MatMul(queue.Detach())], 1);

    /// <summary>The loss of MoCo (He et al. 2020, eq. 1): each query is told by its own key from the keys of earlier batches; in the queue's precision.</summary>
    /// <param name="query">N x C, of length 1.</param>
    /// <param name="key">N x C, of length 1: of the same video; no gradient flows into it.</param>
    /// <param name="queue">C x K, a unit key a column; a copy where the queue is written before backward.</param>
    /// <param name="temperature">Above 0.</param>
    /// <returns>Scalar, mean over N.</returns>
    /// <exception cref="ArgumentException">The temperature is not positive.</exception>
    public static Tensor AgainstQueue(Tensor query, Tensor key, Tensor queue, double temperature)
    {
        using var full = Autocast.Enter(query.Device.Type, enabled: false); // half precision is too coarse for what is divided by a temperature
        var similarities = ToQueue(query.To(queue.Type), key.To(queue.Type), queue);
        return Loss(similarities, PairMasks.First(similarities), temperature);
    }

    /// <summary>The rank of the own key among all, from 1: one more than the number of columns that are greater, so ties count in its favour (ours).</summary>
    /// <param name="similarities">N x (1 + K), that with the own key in column 0.</param>
    /// <returns>N.</returns>
    public static Tensor Ranks(Tensor similarities) => similarities.Gt(similarities.Narrow(1, 0, 1)).Sum([1]) + 1;
}
