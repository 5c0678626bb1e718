namespace Sosia.Learning.Evaluation;

/// <summary>How often each class was taken for each: of clips, or of the pixels of class maps.</summary>
public sealed class ConfusionMatrix
{
    private readonly long[,] counts;
    private readonly long[] examples;

    private ConfusionMatrix(int classes) => (counts, examples) = (new long[classes, classes], new long[classes]);

    /// <summary>Number of classes.</summary>
    public int Classes => examples.Length;

    /// <summary>For each class the share of its examples that was predicted right, 0 to 1; NaN where it does not occur.</summary>
    public double[] ClassAccuracies => PerClass(c => (double)counts[c, c] / examples[c]);

    /// <summary>Mean over the classes that occur (reported for Diving48 and FineGym); NaN where none does.</summary>
    public double MeanClassAccuracy => Mean(ClassAccuracies);

    /// <summary>For each class intersection over union, 0 to 1; NaN where it neither occurs nor is predicted.</summary>
    public double[] IntersectionsOverUnion => PerClass(c => (double)counts[c, c] / (examples[c] + Predicted(c) - counts[c, c]));

    /// <summary>Mean over the classes that occur or are predicted.</summary>
    public double MeanIntersectionOverUnion => Mean(IntersectionsOverUnion);

    /// <summary>For each class twice the intersection over the sum of both, 0 to 1; NaN where it neither occurs nor is predicted.</summary>
    public double[] Dice => PerClass(c => 2.0 * counts[c, c] / (examples[c] + Predicted(c)));

    /// <summary>Mean over the classes that occur or are predicted.</summary>
    public double MeanDice => Mean(Dice);

    /// <summary>Examples of a class that were taken for a class.</summary>
    public long this[int truth, int predicted] => counts[truth, predicted];

    /// <summary>Counts examples.</summary>
    /// <param name="truth">The right class of each.</param>
    /// <param name="predicted">The class that it was taken for; -1: none, which is wrong.</param>
    /// <param name="classes">How many there are.</param>
    /// <param name="ignore">Examples of this class are left out.</param>
    /// <exception cref="ArgumentException">There are not as many of both, or there is no such class.</exception>
    public static ConfusionMatrix Of(IReadOnlyCollection<int> truth, IReadOnlyCollection<int> predicted, int classes, int? ignore = null)
    {
        if (truth.Count != predicted.Count)
        {
            throw new ArgumentException($"{predicted.Count} predictions for {truth.Count} examples", nameof(predicted));
        }

        var matrix = new ConfusionMatrix(classes);
        foreach (var (right, guess) in truth.Zip(predicted).Where(pair => pair.First != ignore))
        {
            if (right < 0 || right >= classes || guess < -1 || guess >= classes)
            {
                throw new ArgumentException($"class {right} taken for class {guess}, of {classes}", nameof(truth));
            }

            matrix.examples[right]++;
            if (guess >= 0)
            {
                matrix.counts[right, guess]++;
            }
        }

        return matrix;
    }

    private long Predicted(int predicted) => Enumerable.Range(0, Classes).Sum(truth => counts[truth, predicted]);

    private double[] PerClass(Func<int, double> value) => [.. Enumerable.Range(0, Classes).Select(value)]; // 0 / 0 is NaN

    private static double Mean(double[] values) => values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(double.NaN).Average();
}
