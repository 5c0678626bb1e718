using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Matching;

namespace Sosia.Evaluating;

/// <summary>
/// A query's answer from the database of a benchmark: what the product finds, and for the rest of a ranking the likeness of clips (ours): a video
/// that shares a stretch has 1 + the match's score, any other the Chamfer similarity of the query's distinct clips, at most 128, to its clips, -1 to 1.
/// </summary>
public sealed class VideoSearch
{
    private const int MostClips = 128;
    private const double Found = 1; // above every likeness

    private readonly EmbeddedVideoSet database;
    private readonly MatchingOptions options;
    private readonly int threads;
    private readonly CancellationToken stop;
    private readonly Dictionary<long, Match> matches;
    private readonly IReadOnlyList<ClipSequence> looks;

    internal VideoSearch(EmbeddedVideoSet database, Finder finder, Query query, MatchingOptions options, CancellationToken stop)
    {
        (this.database, this.options, threads, this.stop) = (database, options, finder.Threads, stop);
        matches = finder.Find(query, stop).Matches.ToDictionary(match => match.Video.Id);
        looks = [.. query.Looks.Select(look => look.Clips).Where(clips => clips.Count > 0).Select(clips => Distinct(clips, options))];
    }

    /// <summary>The stretches that a video shares with the query, what proves most first; none of a video that could not be read.</summary>
    public IReadOnlyList<CopiedSegment> Segments(string id) =>
        database.Contains(id) && matches.TryGetValue(database.Number(id), out var match) ? match.Segments : [];

    /// <summary>The scores of those videos that could be read, in the order given.</summary>
    public IReadOnlyList<ScoredVideo> Scores(IEnumerable<string> ids) =>
        [.. ids.Where(database.Contains).AsParallel().AsOrdered().WithDegreeOfParallelism(threads).WithCancellation(stop).Select(id => new ScoredVideo(id, Score(database.Number(id))))];

    private double Score(long video) => matches.TryGetValue(video, out var match) ? Found + match.Score : Likeness(database.Snapshot.Clips(video));

    private double Likeness(ClipSequence reference) =>
        looks.Select(query => Chamfer.Score(PairMatcher.Matrix(query, reference, options))).DefaultIfEmpty(0).Max();

    private static ClipSequence Distinct(ClipSequence clips, MatchingOptions options)
    {
        var voters = Candidates.Voters(clips, options);
        var rows = VectorRows.Join(clips.Rows.Kind, clips.Rows.Dimension, [.. voters.Select(clip => clips.Rows.Slice(clip, 1))]);
        return new ClipSequence(rows, voters.Select(clip => clips.Spans.Span[clip]).ToArray()).Thinned(MostClips);
    }
}
