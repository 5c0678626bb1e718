namespace Sosia.Matching;

/// <summary>The parts of ViSiL's loss and their gradients.</summary>
/// <param name="Triplet">Mean over the triplets of <c>max(0, negative - positive + margin)</c>.</param>
/// <param name="Regulariser">Sum of what the filtered cells exceed [-1, 1] by, not weighted.</param>
/// <param name="Total">Triplet plus weighted regulariser.</param>
/// <param name="PositiveGradient">Of the total; one a triplet.</param>
/// <param name="NegativeGradient">Of the total; one a triplet.</param>
/// <param name="FilteredGradient">Of the total; one a cell.</param>
public sealed record VisilLossResult(
    double Triplet, double Regulariser, double Total, float[] PositiveGradient, float[] NegativeGradient, float[] FilteredGradient);

/// <summary>
/// ViSiL's loss (Kordopatis-Zilos et al. 2019, section 3.5): a triplet hinge on video scores, and a price for cells outside [-1, 1].
/// </summary>
public static class VisilLoss
{
    /// <summary>Margin of the authors' master branch; their pytorch branch has 1.</summary>
    public const float DefaultMargin = 0.5f;

    /// <summary>The loss and its gradients.</summary>
    /// <param name="positive">Scores of the anchors with their positives.</param>
    /// <param name="negative">Scores of the same anchors with their negatives.</param>
    /// <param name="filtered">Cells of the filtered matrices before they are clamped.</param>
    /// <param name="weight">Of the regulariser.</param>
    /// <param name="margin">By how much a positive must be ahead.</param>
    /// <exception cref="ArgumentException">There are no triplets, or the numbers of scores differ.</exception>
    public static VisilLossResult Of(
        ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, ReadOnlySpan<float> filtered, float weight, float margin = DefaultMargin)
    {
        if (positive.IsEmpty || positive.Length != negative.Length)
        {
            throw new ArgumentException($"{positive.Length} positive and {negative.Length} negative scores: the same number is needed, at least 1");
        }

        var (triplet, negativeGradient) = Hinge(positive, negative, margin);
        var (regulariser, filteredGradient) = Excess(filtered, weight);
        var positiveGradient = Array.ConvertAll(negativeGradient, static g => -g);
        return new VisilLossResult(triplet, regulariser, triplet + (weight * regulariser), positiveGradient, negativeGradient, filteredGradient);
    }

    private static (double Loss, float[] NegativeGradient) Hinge(ReadOnlySpan<float> positive, ReadOnlySpan<float> negative, float margin)
    {
        var loss = 0.0;
        var gradient = new float[negative.Length];
        for (var i = 0; i < gradient.Length; i++)
        {
            var missing = (double)negative[i] - positive[i] + margin;
            if (missing > 0)
            {
                loss += missing / gradient.Length;
                gradient[i] = 1f / gradient.Length;
            }
        }

        return (loss, gradient);
    }

    private static (double Sum, float[] Gradient) Excess(ReadOnlySpan<float> filtered, float weight)
    {
        var sum = 0.0;
        var gradient = new float[filtered.Length];
        for (var i = 0; i < gradient.Length; i++)
        {
            sum += Math.Max(0, Math.Abs((double)filtered[i]) - 1);
            gradient[i] = Math.Abs(filtered[i]) > 1 ? MathF.CopySign(weight, filtered[i]) : 0;
        }

        return (sum, gradient);
    }
}
