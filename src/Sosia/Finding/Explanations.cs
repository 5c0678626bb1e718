using Sosia.Matching;

namespace Sosia;

/// <summary>Every question that a pair is asked, with its numbers.</summary>
public static class Explanations
{
    /// <summary>Asks everything that <see cref="Finder"/> asks, and keeps the answers.</summary>
    /// <param name="a">One video.</param>
    /// <param name="b">The other.</param>
    /// <param name="clipsA">Its clips.</param>
    /// <param name="mirroredA">Its clips, mirrored; null where nobody can tell them.</param>
    /// <param name="clipsB">The clips of the other.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="stop">Ends it.</param>
    public static Explanation Of(
        VideoRef a, VideoRef b, ClipSequence clipsA, ClipSequence? mirroredA, ClipSequence clipsB, MatchingOptions options, CancellationToken stop = default)
    {
        var plain = Side(clipsA, clipsB, options, stop);
        var mirrored = mirroredA is null ? null : Side(mirroredA, clipsB, options, stop);
        var segments = PairSegments.Accepted([(QueryVariant.Plain, plain.Verdicts), (QueryVariant.Mirrored, mirrored?.Verdicts ?? [])]);
        Check[] checks =
            [.. Quality(a, clipsA, options), .. Quality(b, clipsB, options), .. Checks(plain, "plain"), .. mirrored is null ? [] : Checks(mirrored, "mirrored")];
        var shown = mirrored is null || segments.Any(s => !s.Mirrored) || mirrored.Hits <= plain.Hits ? clipsA : mirroredA!;
        var matrix = clipsA.Count == 0 || clipsB.Count == 0 ? null : MatrixPicture.Of(shown, clipsB, options, stop);
        return new Explanation(a, b, segments.Count > 0, PairSegments.Score(segments), segments, checks, matrix);
    }

    private sealed record SideAnswer(int Hits, int Needed, float Best, IReadOnlyList<SegmentVerdict> Verdicts, MatchingOptions Options);

    private static SideAnswer Side(ClipSequence query, ClipSequence reference, MatchingOptions options, CancellationToken stop)
    {
        var hits = Candidates.Of(query, [reference.Rows], (_, row) => new ClipPlace(1, row), _ => true, options with { MinHits = 1 }, stop: stop);
        var needed = Candidates.Needed(query, options);
        var candidate = hits.Count == 0 ? null : hits[0];
        IReadOnlyList<SegmentVerdict> verdicts = candidate is null || candidate.Hits < needed ? [] : PairMatcher.Examine(query, reference, candidate, options, stop);
        return new SideAnswer(candidate?.Hits ?? 0, needed, candidate?.Best ?? 0, verdicts, options);
    }

    private static IEnumerable<Check> Quality(VideoRef video, ClipSequence clips, MatchingOptions options)
    {
        var good = 0;
        foreach (var span in clips.Spans.Span)
        {
            good += span.Quality >= options.MinQuality ? 1 : 0;
        }

        yield return new Check(
            "clips that can prove something", good > 0, good, 1,
            $"{good} of {clips.Count} clips of {Path.GetFileName(video.Path)} have quality {options.MinQuality} or more; the others (black, flat, blurred) neither vote nor score");
    }

    private static IEnumerable<Check> Checks(SideAnswer side, string way)
    {
        yield return new Check(
            $"{way}: clips that hit", side.Hits >= side.Needed, side.Hits, side.Needed,
            $"distinct clips of A that have a clip of B at similarity {side.Options.HitSimilarity:0.00} or more; the best is {side.Best:0.000}");
        if (side.Hits >= side.Needed)
        {
            yield return new Check(
                $"{way}: stretches that align", side.Verdicts.Count > 0, side.Verdicts.Count, 1, "runs of clips that follow one another in both videos");
        }

        foreach (var verdict in side.Verdicts)
        {
            foreach (var check in verdict.Checks)
            {
                yield return new Check($"{way}: {check.Name}", check.Passed, check.Value, check.Needed, Place(verdict.Segment));
            }
        }
    }

    private static string Place(MatchedSegment s) =>
        $"A {s.Query.Start:0.0} to {s.Query.End:0.0} s, B {s.Reference.Start:0.0} to {s.Reference.End:0.0} s, {s.Evidence} distinct clips";
}
