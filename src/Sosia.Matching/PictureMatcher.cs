namespace Sosia.Matching;

/// <summary>A picture, or a video of one picture, against a video (ours): it cannot be aligned in time, so its best clip decides alone.</summary>
public static class PictureMatcher
{
    private const int PictureClips = 2;

    /// <summary>Whether a sequence is too short to be aligned.</summary>
    public static bool IsPicture(ClipSequence clips) => clips.Count <= PictureClips;

    /// <summary>The stretches of the reference that show the picture, each with its check; one verdict at most where nothing is near.</summary>
    /// <param name="query">A picture, or a video.</param>
    /// <param name="reference">A video, or a picture.</param>
    /// <param name="options">Thresholds.</param>
    public static IReadOnlyList<SegmentVerdict> Examine(ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var matrix = PairMatcher.Matrix(query, reference, options);
        var runs = Runs(BestColumn(matrix), (float)options.AloneSimilarity).DefaultIfEmpty(Best(BestColumn(matrix)));
        return [.. runs.Select(run => Verdict(run, query, reference, matrix, options))];
    }

    // The picture's similarity to each clip of the other video.
    private static float[] BestColumn(SimilarityMatrix matrix)
    {
        var turned = matrix.Columns >= matrix.Rows ? matrix : matrix.Transposed();
        var best = new float[turned.Columns];
        for (var r = 0; r < best.Length; r++)
        {
            best[r] = Enumerable.Range(0, turned.Rows).Max(q => turned[q, r]);
        }

        return best;
    }

    private static IEnumerable<(int First, int Last)> Runs(float[] similarity, float floor)
    {
        for (var first = 0; first < similarity.Length; first++)
        {
            if (similarity[first] < floor)
            {
                continue;
            }

            var last = first;
            while (last + 1 < similarity.Length && similarity[last + 1] >= floor)
            {
                last++;
            }

            yield return (first, last);
            first = last;
        }
    }

    private static (int First, int Last) Best(float[] similarity)
    {
        var at = Array.IndexOf(similarity, similarity.Max());
        return (at, at);
    }

    private static SegmentVerdict Verdict((int First, int Last) run, ClipSequence query, ClipSequence reference, SimilarityMatrix matrix, MatchingOptions options)
    {
        var pictureIsQuery = matrix.Columns >= matrix.Rows;
        var (picture, video) = pictureIsQuery ? (query, reference) : (reference, query);
        var score = BestColumn(matrix).AsSpan(run.First, run.Last - run.First + 1).ToArray().Max();
        var shown = new Stretch(video.Spans.Span[run.First].Start, video.Spans.Span[run.Last].End);
        var whole = new Stretch(picture.Spans.Span[0].Start, picture.Spans.Span[^1].End);
        var segment = new MatchedSegment(pictureIsQuery ? whole : shown, pictureIsQuery ? shown : whole, Math.Max(0, score), 1, 1, 1);
        return new SegmentVerdict(segment, [new SegmentCheck("similarity of one picture", score, options.AloneSimilarity, score >= options.AloneSimilarity)]);
    }
}
