using Xunit;

namespace Sosia.Matching.Tests;

public class QuantiserTests
{
    public static TheoryData<string, int> Cases()
    {
        var cases = new TheoryData<string, int>();
        foreach (var shape in SearchCases.Shapes)
        {
            foreach (var dimension in new[] { 1, 7, 100, 256, 768 })
            {
                cases.Add(shape, dimension);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_are_unit_vectors_or_zero_and_residuals_are_not_too_small(string shape, int dimension)
    {
        var values = SearchCases.Values(new Random(dimension), shape, 50, dimension);
        var rows = Quantiser.Rows(dimension, values);

        for (var row = 0; row < rows.Count; row++)
        {
            var x = Real(rows, row);
            var residual = Length(x.Zip(Copy(rows, row), static (a, b) => a - b));
            var isZero = values.AsSpan(row * dimension, dimension).IndexOfAnyExcept(0f) < 0;

            Assert.InRange(Length(x), isZero ? 0 : 0.998, isZero ? 0 : Quantiser.MaxLength);
            Assert.InRange(rows.Residual.Span[row], residual, (residual * 1.000001) + float.Epsilon);
            Assert.DoesNotContain(sbyte.MinValue, rows.Int8.Span.Slice(row * dimension, dimension).ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_bounds_hold(string shape, int dimension)
    {
        var random = new Random(dimension + 1);
        var rows = Quantiser.Rows(dimension, SearchCases.Values(random, shape, 40, dimension));
        for (var query = 0; query < 8; query++)
        {
            var scan = new ScanQuery(rows.Float16.Span.Slice(query * dimension, dimension));
            int[] sums = [scan.Coarse.Levels.Sum(static level => level)];
            for (var row = 0; row < rows.Count; row++)
            {
                var score = SearchCases.Score(rows, query, rows, row);
                var int8 = rows.Int8.Span.Slice(row * dimension, dimension);
                var coarse = new int[1];
                Int8Dot.Tile(SimdLevel.Scalar, int8, dimension, scan.Coarse.Levels, sums, coarse);
                AssertBound(score, coarse[0], scan.Coarse.Scale, scan.Coarse.Error);
                AssertBound(score, Int8Dot.Fine(SimdLevel.Scalar, int8, scan.Fine.Levels), scan.Fine.Scale, scan.Fine.Error);

                void AssertBound(float score, int dot, float scale, ErrorBound error)
                {
                    var slack = (rows.Residual.Span[row] * error.Slope) + error.Fixed;
                    Assert.InRange(score, (dot * rows.Scale.Span[row] * scale) - slack, (dot * rows.Scale.Span[row] * scale) + slack);
                }
            }
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Values_that_are_no_numbers_are_refused_by_row(float value)
    {
        var error = Assert.Throws<ArgumentException>(() => Quantiser.Rows(2, [1, 2, 3, value]));

        Assert.StartsWith("row 1 cannot be stored: value 1 of 2 is ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lengths_and_dimensions_are_checked()
    {
        Assert.Throws<ArgumentException>(() => Quantiser.Rows(3, new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiser.Rows(0, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantiser.Rows(Quantiser.MaxDimension + 1, []));
        Assert.Equal(0, Quantiser.Rows(5, []).Count);
    }

    [Fact]
    public void Huge_and_denormal_rows_keep_their_direction()
    {
        var rows = Quantiser.Rows(2, [3e38f, -3e38f, 3e-45f, 3e-45f]);

        Assert.Equal([(Half)Math.Sqrt(0.5), -(Half)Math.Sqrt(0.5), (Half)Math.Sqrt(0.5), (Half)Math.Sqrt(0.5)], rows.Float16.ToArray());
        Assert.Equal<sbyte>([127, -127, 127, 127], rows.Int8.ToArray());
    }

    private static double[] Real(VectorRows rows, int row) =>
        [.. rows.Float16.Span.Slice(row * rows.Dimension, rows.Dimension).ToArray().Select(static value => (double)value)];

    private static double[] Copy(VectorRows rows, int row) =>
        [.. rows.Int8.Span.Slice(row * rows.Dimension, rows.Dimension).ToArray().Select(level => (double)rows.Scale.Span[row] * level)];

    private static double Length(IEnumerable<double> x) => Math.Sqrt(x.Sum(static value => value * value));
}
