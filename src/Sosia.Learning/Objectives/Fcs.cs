using System.Text.Json.Serialization;
using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>
/// What L_FCS of 3D-CSL may mean: the abstract names a novel triplet loss, the figure feeds it a clip, its copy and the mirrored copy; its formula
/// was not published where we could read it. All readings are ours. s with two letters is the cosine of a(nchor), p (its copy), f (the mirrored copy).
/// </summary>
public enum FcsReading
{
    /// <summary>max(0, m + s_af - s_ap): the plain copy ranks above the mirrored one.</summary>
    [JsonStringEnumMemberName("ranked")]
    Ranked,

    /// <summary>max(0, m + s_ap - s_af): the mirrored copy must be as similar as the plain one.</summary>
    [JsonStringEnumMemberName("catch-up")]
    CatchUp,

    /// <summary>|s_ap - s_af|: neither is favoured.</summary>
    [JsonStringEnumMemberName("consistent")]
    Consistent,

    /// <summary>((1 - s_ap) + (1 - s_af) + (1 - s_pf)) / 3: no triplet, all three together.</summary>
    [JsonStringEnumMemberName("attract")]
    Attract,

    /// <summary>max(0, m + largest s of the anchor with any clip of another video - s_af): the mirrored copy is the hard positive of a plain triplet.</summary>
    [JsonStringEnumMemberName("hard-positive")]
    HardPositive,
}

/// <summary>L_FCS of 3D-CSL (Deng et al. 2023), in the reading that is chosen.</summary>
public static class Fcs
{
    /// <summary>The margin m of a reading (ours).</summary>
    public static double Margin(FcsReading reading) => reading switch
    {
        FcsReading.Ranked => 0.1,
        FcsReading.HardPositive => 0.3,
        _ => 0,
    };

    /// <summary>The mean over N triplets.</summary>
    /// <param name="anchor">N x D, any length.</param>
    /// <param name="augmented">N x D.</param>
    /// <param name="flipped">N x D, the copy mirrored.</param>
    /// <param name="videos">N labels: equal ones are no other video; null: each row is another.</param>
    /// <param name="reading">Which.</param>
    /// <param name="margin">m; <see cref="FcsReading.Consistent"/> and <see cref="FcsReading.Attract"/> have none.</param>
    /// <returns>Scalar.</returns>
    public static Tensor Loss(Tensor anchor, Tensor augmented, Tensor flipped, Tensor? videos, FcsReading reading, double margin)
    {
        var (a, p, f) = (Cosine.Unit(anchor), Cosine.Unit(augmented), Cosine.Unit(flipped));
        var (ap, af) = (Cosine.Pairs(a, p), Cosine.Pairs(a, f)); // N
        var rows = reading switch
        {
            FcsReading.Ranked => (af - ap + margin).Relu(),
            FcsReading.CatchUp => (ap - af + margin).Relu(),
            FcsReading.Consistent => (ap - af).Abs(),
            FcsReading.Attract => 1 - ((ap + af + Cosine.Pairs(p, f)) / 3),
            FcsReading.HardPositive => (HardestNegative(a, p, f, videos) - af + margin).Relu(),
            _ => throw new ArgumentOutOfRangeException(nameof(reading), reading, "no such reading"),
        };
        return rows.Mean();
    }

    // Of the clips of other videos the one most like each anchor; -infinity, and so no loss, where there is none.
    private static Tensor HardestNegative(Tensor a, Tensor p, Tensor f, Tensor? videos)
    {
        var labels = videos ?? Tensor.Arange(0, a.Size(0), dtype: ScalarType.Int64, device: a.Device);
        var same = PairMasks.Of(labels, labels).Positive.Repeat([1, 3]); // N x 3N
        return Cosine.Matrix(a, Tensor.Cat([a, p, f])).MaskedFill(same, double.NegativeInfinity).Amax([1]);
    }
}
