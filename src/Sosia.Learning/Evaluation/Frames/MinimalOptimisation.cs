namespace Sosia.Learning.Evaluation.Frames;

/// <summary>The dual problem of a support vector machine, solved two weights at a time (Platt 1998; choice of the two: Fan et al. 2005, WSS 2, as in LIBSVM).</summary>
internal sealed class MinimalOptimisation(double[][] frames, double[] signs, double gamma, double c)
{
    private const double Enough = 1e-6; // by which the conditions of the optimum may be missed
    private const double Tiny = 1e-12; // least curvature
    private const int StepsPerFrame = 1000;

    private readonly double[] gradient = [.. Enumerable.Repeat(-1.0, frames.Length)];

    /// <summary>Weights, from 0 to C.</summary>
    public double[] Alpha { get; } = new double[frames.Length];

    /// <summary>Solves.</summary>
    /// <returns>The offset.</returns>
    public double Solve()
    {
        for (var step = 0; step < StepsPerFrame * Math.Max(frames.Length, StepsPerFrame) && Choose() is { } pair; step++)
        {
            Move(pair.I, pair.J, pair.Row);
        }

        return Offset();
    }

    // The frame that violates its condition most, and the one with which most is won; null at the optimum. Row: the kernel of the first.
    private (int I, int J, double[] Row)? Choose()
    {
        var i = Enumerable.Range(0, frames.Length).Where(MayRise).MaxBy(one => -signs[one] * gradient[one]);
        var most = -signs[i] * gradient[i];
        var row = Row(i);
        var (best, gain) = (-1, 0.0);
        for (var j = 0; j < frames.Length; j++)
        {
            var gap = most + (signs[j] * gradient[j]);
            if (MayFall(j) && gap > Enough)
            {
                var won = gap * gap / Math.Max(2 - (2 * row[j]), Tiny); // K(x, x) = 1
                (best, gain) = won > gain ? (j, won) : (best, gain);
            }
        }

        return best < 0 ? null : (i, best, row);
    }

    // Along y_i alpha_i + y_j alpha_j = constant, up to the borders.
    private void Move(int i, int j, double[] rowI)
    {
        var rowJ = Row(j);
        var gap = (-signs[i] * gradient[i]) + (signs[j] * gradient[j]);
        var step = gap / Math.Max(2 - (2 * rowI[j]), Tiny);
        step = Math.Min(step, signs[i] > 0 ? c - Alpha[i] : Alpha[i]);
        step = Math.Min(step, signs[j] > 0 ? Alpha[j] : c - Alpha[j]);
        Alpha[i] = Within(Alpha[i] + (signs[i] * step));
        Alpha[j] = Within(Alpha[j] - (signs[j] * step));
        for (var k = 0; k < frames.Length; k++)
        {
            gradient[k] += signs[k] * step * (rowI[k] - rowJ[k]);
        }
    }

    // Of frames between the borders the decision is their sign; without any, the middle of what the others allow.
    private double Offset()
    {
        var free = Enumerable.Range(0, frames.Length).Where(i => Alpha[i] > 0 && Alpha[i] < c).Select(i => -signs[i] * gradient[i]).ToList();
        if (free.Count > 0)
        {
            return free.Average();
        }

        var lower = Enumerable.Range(0, frames.Length).Where(MayRise).Max(i => -signs[i] * gradient[i]);
        var upper = Enumerable.Range(0, frames.Length).Where(MayFall).Min(i => -signs[i] * gradient[i]);
        return (lower + upper) / 2;
    }

    private bool MayRise(int i) => signs[i] > 0 ? Alpha[i] < c : Alpha[i] > 0;

    private bool MayFall(int i) => signs[i] > 0 ? Alpha[i] > 0 : Alpha[i] < c;

    // Rounding must leave a weight at its border there.
    private double Within(double alpha) => alpha < Tiny * c ? 0 : alpha > c * (1 - Tiny) ? c : alpha;

    private double[] Row(int i) => Array.ConvertAll(frames, frame => PairMachine.Kernel(frames[i], frame, gamma));
}
