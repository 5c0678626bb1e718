namespace Sosia.Matching;

/// <summary>How far the scan of an int8 copy can be from the score of the vectors themselves. Ours.</summary>
/// <remarks>
/// Let x be a row and q a query (float16, taken as real numbers), x' = s b and q' = t a their copies in integers, r >= |x - x'|, e >= |q - q'|,
/// L >= |x|. Then
/// <code>
///   q.x - q'.x' = q.(x - x') + (q - q').x'
///   |q.x - q'.x'| &lt;= |q| r + e |x'| &lt;= |q| r + e (L + r) = (|q| + e) r + e L          (Cauchy-Schwarz; |x'| &lt;= |x| + r)
/// </code>
/// The score S is q.x summed in float32 (<see cref="Float16Dot"/>). Products of two float16 are exact there, additions never underflow, and a term
/// passes through at most n = ceil(D / 16) + 4 of them, so with u = 2^-24
/// <code>
///   |S - q.x| &lt;= n u / (1 - n u) |q| L                                                 (Higham 2002, eq. 3.5)
/// </code>
/// The scan computes, in float32, <c>bound = a.b * s * t + Slope * r + Fixed</c>. With |q|, |x| &lt;= L &lt; 1.001, e &lt;= |q| and r &lt;= |x| (what
/// rounding to nearest gives) every intermediate is below 10; the conversion of a.b, three products and two additions are six roundings, or
/// five where they are fused: together less than 60 u. 64 u stands in Fixed for them, 2^-18, unless q is zero, when all terms are exactly zero.
/// So <c>S &lt;= bound</c>: a row whose bound is below a score that k others reach cannot be among the best k.
/// </remarks>
/// <param name="Slope">Times the residual of a row: |q| + e.</param>
/// <param name="Fixed">The same for every row.</param>
internal readonly record struct ErrorBound(float Slope, float Fixed)
{
    private const double UnitRoundoff = 1.0 / (1 << 24);

    /// <param name="length">|q|, not rounded down.</param>
    /// <param name="error">e: |q - q'|, not rounded down.</param>
    /// <param name="dimension">D.</param>
    public static ErrorBound Of(double length, double error, int dimension)
    {
        if (length == 0)
        {
            return default;
        }

        var additions = (((dimension + 15) / 16) + 4) * UnitRoundoff;
        var summation = additions / (1 - additions) * length * Quantiser.MaxLength;
        return new ErrorBound(RoundUp(length + error), RoundUp((error * Quantiser.MaxLength) + summation + (64 * UnitRoundoff)));
    }

    /// <summary>
    /// The next float above a non-negative number that a sum of up to 65,536 doubles gave: 2^-36 of it covers the roundings of that sum
    /// (65,536 * 2^-53 = 2^-37) and of the root.
    /// </summary>
    public static float RoundUp(double value) => value == 0 ? 0 : MathF.BitIncrement((float)(value * (1 + (1.0 / (1L << 36)))));
}
