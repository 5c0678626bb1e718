using System.Globalization;

namespace Sosia.Vectors;

/// <summary><c>|got - expected| &lt;= Absolute + Relative * |expected|</c>, for every element.</summary>
public sealed record Tolerance(double Relative, double Absolute)
{
    /// <summary>Throws at the first difference.</summary>
    /// <exception cref="VectorMismatchException">Another number of elements, or a value outside.</exception>
    public void Compare(string name, ReadOnlySpan<double> got, VectorTensor expected)
    {
        if (got.Length != expected.Count)
        {
            throw new VectorMismatchException($"'{name}' has {got.Length} elements, expected {expected.Count}");
        }

        if (expected.Samples is { } samples)
        {
            CompareSamples(name, got, expected, samples);
            return;
        }

        for (var i = 0; i < got.Length; i++)
        {
            var wanted = expected.Type == "float32" ? expected.Floats[i] : (double)expected.Integers[i];
            Require(got[i], wanted, name, expected.Position(i));
        }
    }

    private void CompareSamples(string name, ReadOnlySpan<double> got, VectorTensor expected, TensorSamples samples)
    {
        for (var i = 0; i < samples.Index.Length; i++)
        {
            Require(got[samples.Index[i]], samples.Value[i], name, expected.Position(samples.Index[i]));
        }

        double sum = 0, squares = 0, deviations = 0;
        foreach (var value in got)
        {
            sum += value;
            squares += value * value;
        }

        var mean = sum / got.Length;
        foreach (var value in got)
        {
            deviations += (value - mean) * (value - mean);
        }

        Require(mean, samples.Mean, name, " (mean)");
        Require(Math.Sqrt(deviations / got.Length), samples.Deviation, name, " (std)");
        Require(Math.Sqrt(squares), samples.Norm, name, " (norm)");
    }

    private void Require(double got, double wanted, string name, string position)
    {
        // Written so that NaN fails; equal infinities agree.
        if (!(Math.Abs(got - wanted) <= Absolute + (Relative * Math.Abs(wanted))) && !got.Equals(wanted))
        {
            throw new VectorMismatchException(string.Create(CultureInfo.InvariantCulture, $"'{name}'{position}: got {got:G9}, expected {wanted:G9}"));
        }
    }
}
