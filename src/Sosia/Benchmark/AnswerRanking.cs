using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia;

/// <summary>
/// All answers of a benchmark in one list by falling confidence: the curve of precision over recall, and the thresholds on it. Equal confidences
/// come in together, true and false ones, so that no order of theirs is luck.
/// </summary>
public sealed class AnswerRanking
{
    private readonly IReadOnlyList<BenchmarkPair> pairs;
    private readonly List<Point> points = [];

    /// <summary>Ranks the answers of these pairs.</summary>
    /// <exception cref="ArgumentException">A confidence is no number.</exception>
    public AnswerRanking(IReadOnlyList<BenchmarkPair> pairs)
    {
        if (pairs.Any(p => p.Answer is { } answer && double.IsNaN(answer.Confidence)))
        {
            throw new ArgumentException("a confidence is no number", nameof(pairs));
        }

        this.pairs = pairs;
        Wanted = pairs.Count(p => p.IsTrue);
        var (found, wrong) = (0, 0);
        foreach (var equal in pairs.Where(p => p.Answer is not null).GroupBy(p => p.Answer!.Confidence).OrderByDescending(g => g.Key))
        {
            found += equal.Count(p => p.IsTrue);
            wrong += equal.Count(p => !p.IsTrue);
            points.Add(new Point(equal.Key, found, wrong));
        }
    }

    private readonly record struct Point(double Confidence, int Found, int False);

    /// <summary>True pairs, answered or not.</summary>
    public int Wanted { get; }

    /// <summary>Micro average precision over all pairs of copy and original (Pizzi et al. 2022), as VSC2022 has it: see <see cref="AveragePrecision.Threshold"/>.</summary>
    public double MicroAveragePrecision() => AveragePrecision.Threshold(
        [.. pairs.Where(p => p.Answer is not null).Select(p => new Judged(p.Answer!.Confidence, p.IsTrue))], Wanted);

    /// <summary>The confidence down to which the most is found while so large a share of the answers is true; infinity where there is none.</summary>
    public double ThresholdAtPrecision(double precision) => Lowest(p => p.Found >= precision * (p.Found + p.False));

    /// <summary>The confidence down to which so many answers are false at most; infinity where there is none.</summary>
    public double ThresholdAtFalse(int answers) => Lowest(p => p.False <= answers);

    private double Lowest(Func<Point, bool> holds) => points.Where(p => p.Found > 0 && holds(p)).Select(p => p.Confidence).DefaultIfEmpty(double.PositiveInfinity).Min();
}
