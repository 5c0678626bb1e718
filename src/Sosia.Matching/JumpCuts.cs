namespace Sosia.Matching;

/// <summary>
/// Cuts a path where the copy leaves something out or puts something in (ours): the temporal network bridges gaps of a few clips, so that a path over a
/// jump cut is one, but no one line fits it. A piece between two jumps is a copied stretch of its own.
/// </summary>
public static class JumpCuts
{
    private const double Jump = 0.6; // seconds by which the reference must run ahead or fall back, and stay
    private const int Around = 8; // points on each side that must agree about it

    /// <summary>The pieces of a path, in its order; the path itself where nothing jumps.</summary>
    /// <param name="points">Of a path.</param>
    /// <param name="query">One span a row.</param>
    /// <param name="reference">One span a column.</param>
    public static IReadOnlyList<ArraySegment<PathPoint>> Pieces(PathPoint[] points, ReadOnlySpan<ClipSpan> query, ReadOnlySpan<ClipSpan> reference)
    {
        var ahead = RunningAhead(points, query, reference);
        var pieces = new List<ArraySegment<PathPoint>>();
        Split(0, points.Length);
        return pieces;

        void Split(int start, int end)
        {
            var cut = LargestJump(ahead.AsSpan(start, end - start));
            if (cut < 0)
            {
                pieces.Add(new ArraySegment<PathPoint>(points, start, end - start));
                return;
            }

            Split(start, start + cut);
            Split(start + cut, end);
        }
    }

    // Seconds by which the reference is ahead of the local speed; constant along a line.
    private static double[] RunningAhead(PathPoint[] points, ReadOnlySpan<ClipSpan> query, ReadOnlySpan<ClipSpan> reference)
    {
        var speed = LocalSpeed(points, query, reference);
        var ahead = new double[points.Length];
        for (var i = 0; i < points.Length; i++)
        {
            ahead[i] = reference[points[i].R].Start - (speed * query[points[i].Q].Start);
        }

        return ahead;
    }

    // The median over distances so short that one jump lies in a third of them at most.
    private static double LocalSpeed(PathPoint[] points, ReadOnlySpan<ClipSpan> query, ReadOnlySpan<ClipSpan> reference)
    {
        var reach = Math.Clamp(points.Length / 4, 1, Around);
        var slopes = new List<double>(points.Length);
        for (var i = 0; i + reach < points.Length; i++)
        {
            var seconds = query[points[i + reach].Q].Start - query[points[i].Q].Start;
            if (seconds > 0)
            {
                slopes.Add((reference[points[i + reach].R].Start - reference[points[i].R].Start) / seconds);
            }
        }

        slopes.Sort();
        return slopes.Count == 0 ? 1 : slopes[slopes.Count / 2];
    }

    private static int LargestJump(ReadOnlySpan<double> ahead)
    {
        var (cut, largest) = (-1, Jump);
        for (var i = 2; i <= ahead.Length - 2; i++)
        {
            var jump = Math.Abs(Median(ahead[i..Math.Min(ahead.Length, i + Around)]) - Median(ahead[Math.Max(0, i - Around)..i]));

            // The step itself lies between two points; without it a slow drift would be cut.
            if (jump > largest && Math.Abs(ahead[i] - ahead[i - 1]) > Jump / 2)
            {
                (cut, largest) = (i, jump);
            }
        }

        return cut;
    }

    private static double Median(ReadOnlySpan<double> values)
    {
        Span<double> sorted = stackalloc double[Around];
        values.CopyTo(sorted);
        sorted = sorted[..values.Length];
        sorted.Sort();
        return sorted[sorted.Length / 2];
    }
}
