using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What masked autoencoders hide: N x tokens, true where hidden, as many in each.</summary>
public static class Masks
{
    /// <summary>Tube masks (Tong et al. 2022): the same places are hidden in every slice of a clip, floor(ratio · places) of them.</summary>
    /// <param name="clips">N.</param>
    /// <param name="slices">Tubelets along time.</param>
    /// <param name="places">Of a slice.</param>
    /// <param name="ratio">Share that is hidden, 0 to 1.</param>
    /// <param name="generator">Draws the places.</param>
    public static Tensor Tube(int clips, int slices, int places, double ratio, Generator? generator = null) =>
        Tube(Tensor.Rand([clips, places], generator).ArgSort(), slices, ratio);

    /// <summary>The same for given permutations: zeros, then ones, hidden[k] = those[order[k]].</summary>
    /// <param name="order">N x places, each row a permutation.</param>
    /// <param name="slices">Tubelets along time.</param>
    /// <param name="ratio">Share that is hidden, 0 to 1.</param>
    public static Tensor Tube(Tensor order, int slices, double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ratio);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratio, 1);
        var places = order.Size(1);
        return order.Ge(places - (long)(ratio * places)).Repeat([1, slices]);
    }

    /// <summary>The same for orders of the places: the first ones of each stay visible (MVD, Wang et al. 2023, code).</summary>
    /// <param name="order">N x places, each row a permutation.</param>
    /// <param name="slices">Tubelets along time.</param>
    /// <param name="ratio">Share that is hidden, 0 to 1.</param>
    public static Tensor TubeOfOrder(Tensor order, int slices, double ratio) => Tube(order.ArgSort(), slices, ratio);

    /// <summary>MAE's (He et al. 2022): the floor(tokens · (1 - ratio)) places of the smallest noise stay.</summary>
    /// <param name="noise">N x tokens.</param>
    /// <param name="ratio">Share that is hidden, 0 to 1.</param>
    /// <returns>Places in the order of their noise, N x kept; and for each place where it stands in that order, N x tokens.</returns>
    public static (Tensor Kept, Tensor Restore) OfNoise(Tensor noise, double ratio)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ratio);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ratio, 1);
        var order = noise.ArgSort();
        return (order.Narrow(1, 0, (long)(noise.Size(1) * (1 - ratio))), order.ArgSort());
    }

    /// <summary>3D-CSL's tube (ours): in every frame of a clip the floor(places · (1 - ratio)) places of the smallest scores stay.</summary>
    /// <param name="scores">N x places.</param>
    /// <param name="ratio">Share that is hidden, 0 to 1.</param>
    /// <returns>N x visible, each row in the order of the places.</returns>
    public static Tensor TubeOfScores(Tensor scores, double ratio) => OfNoise(scores, ratio).Kept.Sort().Values;

    /// <summary>Places of N·tokens that are seen, in their order.</summary>
    public static Tensor Visible(Tensor hidden) => hidden.LogicalNot().Flatten().Nonzero().View([-1]);

    /// <summary>Places of N·tokens that are hidden, in their order.</summary>
    public static Tensor Hidden(Tensor hidden) => hidden.Flatten().Nonzero().View([-1]);

    /// <summary>What belongs to the hidden tokens, in the order of their places.</summary>
    /// <param name="values">N x tokens x D.</param>
    /// <param name="hidden">N x tokens, as many in each.</param>
    /// <returns>N x hidden x D.</returns>
    public static Tensor OfHidden(Tensor values, Tensor hidden) =>
        values.Flatten(0, 1).IndexSelect(0, Hidden(hidden)).View([values.Size(0), -1, values.Size(2)]);

    /// <summary>Places of each clip or picture as places of the whole batch.</summary>
    /// <param name="places">N x K.</param>
    /// <param name="count">Places that each has.</param>
    /// <returns>N·K.</returns>
    public static Tensor PlacesOfBatch(Tensor places, long count) =>
        (places + Tensor.Arange(0, places.Size(0), dtype: ScalarType.Int64, device: places.Device).View([-1, 1]) * count).Flatten();
}
