namespace Sosia;

/// <summary>How many of some true pairs are found.</summary>
/// <param name="Name">What they have in common: an edit, a length.</param>
/// <param name="Wanted">How many there are.</param>
/// <param name="AtPrecision">Found down to the confidence at which 99 % of all answers are true.</param>
/// <param name="AtFalse">Found down to the confidence at which so many answers are false as was asked for, in the order of the question.</param>
/// <param name="Shown">Found as Sosia shows them.</param>
public sealed record BenchmarkRecall(string Name, int Wanted, int AtPrecision, IReadOnlyList<int> AtFalse, int Shown);

/// <summary>All that is measured of a model's answers. Pure: from truth and answers alone.</summary>
public sealed record BenchmarkScores
{
    /// <summary>The precision at which kinds of edits and lengths are compared.</summary>
    public const double Precision = 0.99;

    private const double LowerPrecision = 0.9;

    private static readonly (double To, string Name)[] Lengths =
        [(1.5, "to 1.5 s"), (3, "1.5 to 3 s"), (6, "3 to 6 s"), (12, "6 to 12 s"), (double.PositiveInfinity, "over 12 s")];

    /// <summary>Over all pairs of copy and original: see <see cref="AnswerRanking.MicroAveragePrecision"/>.</summary>
    public required double MicroAveragePrecision { get; init; }

    /// <summary>All true pairs.</summary>
    public required BenchmarkRecall All { get; init; }

    /// <summary>True pairs found down to the confidence at which 90 % of all answers are true.</summary>
    public required int AtLowerPrecision { get; init; }

    /// <summary>False answers that a user sees.</summary>
    public required int FalseShown { get; init; }

    /// <summary>The confidence at 99 % precision; infinity where there is none.</summary>
    public required double Threshold { get; init; }

    /// <summary>By kind of edit, by name.</summary>
    public required IReadOnlyList<BenchmarkRecall> Edits { get; init; }

    /// <summary>By seconds of the longest copied stretch, the shortest first; classes without a pair are left out.</summary>
    public required IReadOnlyList<BenchmarkRecall> StretchLengths { get; init; }

    /// <summary>The seconds of what is shown.</summary>
    public required SegmentScores Segments { get; init; }

    /// <summary>Where what is shown begins and ends.</summary>
    public required EdgeErrors Edges { get; init; }

    /// <summary>Measures.</summary>
    /// <param name="pairs">All that are true or answered.</param>
    /// <param name="falseAnswers">Numbers of false answers at which recall is told.</param>
    public static BenchmarkScores Of(IReadOnlyList<BenchmarkPair> pairs, IReadOnlyList<int> falseAnswers)
    {
        var ranking = new AnswerRanking(pairs);
        var threshold = ranking.ThresholdAtPrecision(Precision);
        double[] atFalse = [.. falseAnswers.Select(ranking.ThresholdAtFalse)];
        BenchmarkRecall Recall(string name, IReadOnlyCollection<BenchmarkPair> some) => new(
            name, some.Count, some.Count(p => p.IsFoundAt(threshold)), [.. atFalse.Select(t => some.Count(p => p.IsFoundAt(t)))], some.Count(p => p.IsShown));
        BenchmarkPair[] wanted = [.. pairs.Where(p => p.IsTrue)];
        var lower = ranking.ThresholdAtPrecision(LowerPrecision);
        return new BenchmarkScores
        {
            MicroAveragePrecision = ranking.MicroAveragePrecision(),
            All = Recall("all", wanted),
            AtLowerPrecision = wanted.Count(p => p.IsFoundAt(lower)),
            FalseShown = pairs.Count(p => !p.IsTrue && p.IsShown),
            Threshold = threshold,
            Edits = [.. wanted.GroupBy(p => p.Kind, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => Recall(g.Key, [.. g]))],
            StretchLengths = [.. wanted.GroupBy(LengthClass).OrderBy(g => g.Key).Select(g => Recall(Lengths[g.Key].Name, [.. g]))],
            Segments = SegmentScores.Of(pairs),
            Edges = EdgeErrors.Of(pairs),
        };
    }

    private static int LengthClass(BenchmarkPair pair) => Array.FindIndex(Lengths, c => pair.LongestStretch <= c.To);
}
