namespace Sosia.Learning.Evaluation;

/// <summary>What DAVIS says of a sequence of per-frame values, of one object (DAVIS-2017 code, as shipped with dense-ulearn-vos).</summary>
/// <param name="Mean">Of the values.</param>
/// <param name="Recall">Share of values above 0.5.</param>
/// <param name="Decay">Mean of the first quarter minus mean of the last.</param>
public readonly record struct SequenceStatistics(double Mean, double Recall, double Decay)
{
    private const double Good = 0.5;
    private const int Quarters = 4;

    /// <summary>Statistics of J or F.</summary>
    /// <param name="values">Of every frame but the first and the last; at least one.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    public static SequenceStatistics Of(IReadOnlyList<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("a sequence without values", nameof(values));
        }

        var ends = Ends(values.Count);
        return new SequenceStatistics(values.Average(), values.Average(value => value > Good ? 1.0 : 0), Quarter(0) - Quarter(Quarters - 1));

        double Quarter(int i) => values.Skip(ends[i]).Take(ends[i + 1] - ends[i] + 1).Average();
    }

    /// <summary>Ends of the four stretches, both included: neighbours share a value. Beyond 255 values the code's numbers overflow; ours do not.</summary>
    /// <param name="count">n values.</param>
    /// <returns>Five numbers of values, from 0 to n - 1.</returns>
    public static int[] Ends(int count) =>
        [.. Enumerable.Range(0, Quarters + 1).Select(i => (int)Math.Round(1 + (i * (count - 1.0) / Quarters), MidpointRounding.AwayFromZero) - 1)];
}
