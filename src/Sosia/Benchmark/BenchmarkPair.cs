namespace Sosia;

/// <summary>An answer of a search: an original that was examined for a copy.</summary>
/// <param name="Copy">The copy's name.</param>
/// <param name="Original">The original's name.</param>
/// <param name="Confidence">Answers are ranked by it.</param>
/// <param name="Shown">Whether a user sees it.</param>
/// <param name="Segments">Those that are shown, or the surest of the rejected ones; best first, at least one.</param>
public sealed record BenchmarkAnswer(string Copy, string Original, double Confidence, bool Shown, IReadOnlyList<CopiedSegment> Segments);

/// <summary>A copy and an original: what is true of them, and what was answered. One of both is there.</summary>
/// <param name="Copy">The copy's name.</param>
/// <param name="Original">The original's name.</param>
/// <param name="Truth">The stretches that the copy shows of it; empty for a false answer.</param>
/// <param name="Answer">Null where the original was not even examined.</param>
public sealed record BenchmarkPair(string Copy, string Original, IReadOnlyList<TrueCopy> Truth, BenchmarkAnswer? Answer)
{
    /// <summary>Whether the copy shows something of the original.</summary>
    public bool IsTrue => Truth.Count > 0;

    /// <summary>Whether a user sees it.</summary>
    public bool IsShown => Answer is { Shown: true };

    /// <summary>The kind of edit of a true one.</summary>
    public string Kind => Truth[0].Kind;

    /// <summary>Seconds of the longest stretch that a true one shows.</summary>
    public double LongestStretch => Truth.Max(t => t.Stretch.Length);

    /// <summary>Whether it is answered with this confidence or more.</summary>
    public bool IsFoundAt(double threshold) => Answer is { } answer && answer.Confidence >= threshold;

    /// <summary>
    /// All pairs that are true or answered, by names. Several rows of the truth about a pair are one, and so are several answers: they have the
    /// confidence of the surest, are shown where one is, and have the segments of those that are.
    /// </summary>
    /// <param name="truth">Names of the originals as the answers have them.</param>
    /// <param name="answers">In any order.</param>
    public static IReadOnlyList<BenchmarkPair> Of(IEnumerable<TrueCopy> truth, IEnumerable<BenchmarkAnswer> answers)
    {
        var rows = truth.ToLookup(t => (t.Copy, Original: t.Source));
        var answered = answers.ToLookup(a => (a.Copy, a.Original));
        return [.. rows.Select(r => r.Key).Union(answered.Select(a => a.Key))
            .OrderBy(key => key.Copy, StringComparer.Ordinal).ThenBy(key => key.Original, StringComparer.Ordinal)
            .Select(key => new BenchmarkPair(key.Copy, key.Original, [.. rows[key]], Joined([.. answered[key]])))];
    }

    private static BenchmarkAnswer? Joined(BenchmarkAnswer[] answers)
    {
        if (answers.Length < 2)
        {
            return answers.FirstOrDefault();
        }

        var shown = answers.Any(a => a.Shown);
        return answers[0] with
        {
            Confidence = answers.Max(a => a.Confidence),
            Shown = shown,
            Segments = [.. answers.Where(a => a.Shown == shown).OrderByDescending(a => a.Confidence).SelectMany(a => a.Segments)],
        };
    }
}
