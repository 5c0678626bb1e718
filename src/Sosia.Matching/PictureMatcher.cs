using System.Numerics.Tensors;

namespace Sosia.Matching;

/// <summary>A picture, or a video of one picture, against a video (ours): it cannot be aligned in time, so its best clip decides alone.</summary>
public static class PictureMatcher
{
    private const int PictureClips = 2;
    private const int MostRuns = 100;

    /// <summary>Whether a sequence is too short to be aligned.</summary>
    public static bool IsPicture(ClipSequence clips) => clips.Count <= PictureClips;

    /// <summary>The stretches that show the picture, each with its check, the best of very many; one verdict where nothing is near.</summary>
    /// <param name="query">A picture, or a video.</param>
    /// <param name="reference">A video, or a picture.</param>
    /// <param name="options">Thresholds.</param>
    public static IReadOnlyList<SegmentVerdict> Examine(ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var matrix = PairMatcher.Matrix(query, reference, options);
        var best = Best(matrix.Columns >= matrix.Rows ? matrix : matrix.Transposed());
        return [.. Runs(best, (float)options.AloneSimilarity)
            .DefaultIfEmpty(Only(best))
            .OrderByDescending(run => run.Similarity)
            .Take(MostRuns)
            .Select(run => Verdict(run, query, reference, options))];
    }

    // The picture's similarity to each clip of the other video.
    private static float[] Best(SimilarityMatrix matrix)
    {
        var best = matrix.Cells[..matrix.Columns];
        for (var row = 1; row < matrix.Rows; row++)
        {
            TensorPrimitives.Max(best, matrix.Cells.AsSpan(row * matrix.Columns, matrix.Columns), best);
        }

        return best;
    }

    private readonly record struct Run(int First, int Last, float Similarity);

    private static IEnumerable<Run> Runs(float[] similarity, float floor)
    {
        for (var first = 0; first < similarity.Length; first++)
        {
            var run = new Run(first, first - 1, floor);
            while (run.Last + 1 < similarity.Length && similarity[run.Last + 1] >= floor)
            {
                run = new Run(first, run.Last + 1, Math.Max(run.Similarity, similarity[run.Last + 1]));
            }

            if (run.Last >= first)
            {
                yield return run;
                first = run.Last;
            }
        }
    }

    private static Run Only(float[] similarity)
    {
        var at = TensorPrimitives.IndexOfMax<float>(similarity);
        return new Run(at, at, similarity[at]);
    }

    private static SegmentVerdict Verdict(Run run, ClipSequence query, ClipSequence reference, MatchingOptions options)
    {
        var pictureIsQuery = reference.Count >= query.Count;
        var (picture, video) = pictureIsQuery ? (query, reference) : (reference, query);
        var shown = new Stretch(video.Spans.Span[run.First].Start, video.Spans.Span[run.Last].End);
        var whole = new Stretch(picture.Spans.Span[0].Start, picture.Spans.Span[^1].End);
        var segment = new MatchedSegment(pictureIsQuery ? whole : shown, pictureIsQuery ? shown : whole, Math.Clamp(run.Similarity, 0, 1), 1, 1, 1, 1);
        var needed = options.AloneSimilarity;
        return new SegmentVerdict(segment, [new SegmentCheck("similarity of one picture", run.Similarity, needed, run.Similarity >= needed)]);
    }
}
