using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>Which rows of one set go with which of another: both N x M, true where a pair counts.</summary>
/// <param name="Positive">Pairs that belong together.</param>
/// <param name="Negative">Pairs that do not.</param>
public sealed record PairMasks(Tensor Positive, Tensor Negative)
{
    /// <summary>Equal labels belong together, others do not.</summary>
    /// <param name="rows">N labels.</param>
    /// <param name="columns">M labels.</param>
    public static PairMasks Of(Tensor rows, Tensor columns)
    {
        var same = rows.View([-1, 1]).Eq(columns.View([1, -1]));
        return new PairMasks(same, same.LogicalNot());
    }

    /// <summary>Within a batch; a row is no pair with itself.</summary>
    /// <param name="labels">N.</param>
    public static PairMasks Within(Tensor labels) => Of(labels, labels).Without(Tensor.Eye(labels.Count, ScalarType.Bool, labels.Device));

    /// <summary>One positive a row, and the negatives that are named.</summary>
    /// <param name="positive">N: the column of each row's positive; below 0: it has none.</param>
    /// <param name="valid">N x M: which other columns count.</param>
    public static PairMasks OnePositive(Tensor positive, Tensor valid)
    {
        var columns = Tensor.Arange(0, valid.Size(1), dtype: ScalarType.Int64, device: valid.Device);
        var own = columns.Eq(positive.View([-1, 1])); // N x M
        return new PairMasks(own, valid.LogicalAnd(own.LogicalNot()));
    }

    /// <summary>The first column belongs to each row, all others do not.</summary>
    /// <param name="similarities">N x M, of which only the shape counts.</param>
    public static PairMasks First(Tensor similarities)
    {
        var (rows, device) = (similarities.Size(0), similarities.Device);
        return OnePositive(Tensor.Zeros([rows], ScalarType.Int64, device), Tensor.Ones(similarities.Shape, ScalarType.Bool, device));
    }

    /// <summary>Without these pairs.</summary>
    /// <param name="pairs">N x M, or what spreads to it.</param>
    public PairMasks Without(Tensor pairs) => Where(pairs.LogicalNot());

    /// <summary>Only these pairs.</summary>
    /// <param name="pairs">N x M, or what spreads to it.</param>
    public PairMasks Where(Tensor pairs) => new(Positive.LogicalAnd(pairs), Negative.LogicalAnd(pairs));

    /// <summary>
    /// The hard ones (Wang et al. 2019, section 3.2): positives that are less similar, by <paramref name="epsilon"/>, than the row's most similar
    /// negative; negatives that are more similar, by it, than the row's least similar positive. Of a row that has only one kind nothing stays.
    /// </summary>
    /// <param name="similarities">N x M; no gradient flows through the choice.</param>
    /// <param name="epsilon">By how much a pair may be easier than that.</param>
    public PairMasks Mined(Tensor similarities, double epsilon)
    {
        var s = similarities.Detach();
        var hardestNegative = s.MaskedFill(Negative.LogicalNot(), double.NegativeInfinity).Amax([1], keepdim: true); // N x 1
        var hardestPositive = s.MaskedFill(Positive.LogicalNot(), double.PositiveInfinity).Amin([1], keepdim: true);
        return new PairMasks(
            Positive.LogicalAnd((s - epsilon).Lt(hardestNegative)),
            Negative.LogicalAnd((s + epsilon).Gt(hardestPositive)));
    }
}
