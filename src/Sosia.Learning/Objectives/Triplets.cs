using Sosia.Torch;

namespace Sosia.Learning.Objectives;

/// <summary>Three rows of a batch: the anchor is to be nearer to the positive than to the negative.</summary>
/// <param name="Anchor">Row.</param>
/// <param name="Positive">Row of the same label.</param>
/// <param name="Negative">Row of another.</param>
/// <param name="Admissible">How many negatives there were to draw from; 0: the nearest was taken.</param>
public readonly record struct Triplet(int Anchor, int Positive, int Negative, int Admissible = 0);

/// <summary>The triplets of SLIC (Khorasgani et al. 2022, section 3, and code) and their loss, by cosine distance.</summary>
public static class Triplets
{
    /// <summary>1 - cosine of each row with each; a zero vector has distance 1 to all.</summary>
    /// <param name="embeddings">N x D, of any length.</param>
    /// <returns>N x N.</returns>
    public static Tensor Distances(Tensor embeddings)
    {
        var unit = Cosine.Unit(embeddings);
        return 1 - Cosine.Matrix(unit, unit);
    }

    /// <summary>
    /// All pairs of a label, labels ascending, each with a negative that is drawn among those with d(a, p) + margin - d(a, n) above 0; where there is none,
    /// with the nearest.
    /// </summary>
    /// <remarks>The nearest negative is ours: the code takes its place in the list of negatives for a row of the batch.</remarks>
    /// <param name="embeddings">N x D, of any length; no gradient flows through the choice.</param>
    /// <param name="labels">N clusters.</param>
    /// <param name="margin">Of the loss.</param>
    /// <param name="draw">Uniform in [0, 1), once for each pair.</param>
    /// <returns>None where all labels are different, or all the same.</returns>
    public static IReadOnlyList<Triplet> Choose(Tensor embeddings, IReadOnlyList<long> labels, double margin, Func<double> draw)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var distances = Distances(embeddings.Detach()).To(ScalarType.Float64).ToArray<double>();
        var rows = Enumerable.Range(0, labels.Count).ToArray();
        var triplets = new List<Triplet>();
        foreach (var own in rows.GroupBy(row => labels[row]).OrderBy(group => group.Key).Select(group => group.ToArray()))
        {
            var others = Array.FindAll(rows, row => labels[row] != labels[own[0]]);
            if (others.Length > 0)
            {
                triplets.AddRange(Pairs(own).Select(pair => WithNegative(pair, others)));
            }
        }

        return triplets;

        Triplet WithNegative((int Anchor, int Positive) pair, int[] others)
        {
            double To(int row) => distances[(pair.Anchor * labels.Count) + row];
            var u = draw();
            var admissible = Array.FindAll(others, row => To(pair.Positive) + margin - To(row) > 0);
            var negative = admissible.Length > 0 ? admissible[(int)(u * admissible.Length)] : others.MinBy(To);
            return new Triplet(pair.Anchor, pair.Positive, negative, admissible.Length);
        }
    }

    /// <summary>max(0, d(a, p) - d(a, n) + margin), the mean over all triplets, also over those that cost nothing.</summary>
    /// <param name="embeddings">N x D, of any length.</param>
    /// <param name="triplets">Rows of them.</param>
    /// <param name="margin">At least.</param>
    /// <returns>Scalar; 0 without triplets.</returns>
    public static Tensor Loss(Tensor embeddings, IReadOnlyList<Triplet> triplets, double margin)
    {
        var unit = Cosine.Unit(embeddings);
        var anchor = Rows(triplet => triplet.Anchor); // T x D
        var nearer = Cosine.Pairs(anchor, Rows(triplet => triplet.Positive)) - Cosine.Pairs(anchor, Rows(triplet => triplet.Negative));
        return (margin - nearer).Relu().Sum() / Math.Max(1, triplets.Count);

        Tensor Rows(Func<Triplet, int> row)
        {
            long[] numbers = [.. triplets.Select(triplet => (long)row(triplet))];
            return unit.IndexSelect(0, Tensor.Of(numbers, numbers.Length).To(unit.Device));
        }
    }

    private static IEnumerable<(int Anchor, int Positive)> Pairs(int[] rows) =>
        rows.SelectMany((anchor, i) => rows[(i + 1)..].Select(positive => (anchor, positive)));
}
