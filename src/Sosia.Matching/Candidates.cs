namespace Sosia.Matching;

/// <summary>Where a row of a library lies.</summary>
/// <param name="Video">The video's id.</param>
/// <param name="Clip">Its clip, in the order of times.</param>
public readonly record struct ClipPlace(long Video, int Clip);

/// <summary>A video of the library that deserves to be aligned with the query.</summary>
/// <param name="Video">Its id.</param>
/// <param name="Hits">Distinct query clips that hit it.</param>
/// <param name="Best">The largest similarity among the hits.</param>
/// <param name="Tiles">The tiles of the similarity matrix that hold a hit.</param>
public sealed record Candidate(long Video, int Hits, float Best, IReadOnlySet<(int Q, int R)> Tiles)
{
    /// <summary>Clips along each side of a tile.</summary>
    public const int TileClips = 512;
}

/// <summary>From a query's clips to the videos worth aligning: each good clip votes once for each video that it hits.</summary>
public static class Candidates
{
    private const int QueriesAtOnce = 1024;

    /// <summary>The videos that enough clips of the query hit, most hits first, ties by id.</summary>
    /// <param name="query">N clips; only <see cref="Voters"/> vote.</param>
    /// <param name="blocks">The library's rows.</param>
    /// <param name="locate">Tells the video and clip of a block's row.</param>
    /// <param name="wanted">Which videos may be candidates.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="threads">For the scan.</param>
    /// <param name="stop">Ends the scan.</param>
    public static IReadOnlyList<Candidate> Of(
        ClipSequence query,
        IReadOnlyList<VectorRows> blocks,
        Func<int, int, ClipPlace> locate,
        Func<long, bool> wanted,
        MatchingOptions options,
        int threads = 1,
        CancellationToken stop = default)
    {
        var votes = new Dictionary<long, Votes>();
        var voters = Voters(query, options);
        foreach (var some in voters.Chunk(QueriesAtOnce))
        {
            var rows = VectorRows.Join(query.Rows.Kind, query.Rows.Dimension, [.. some.Select(clip => query.Rows.Slice(clip, 1))]);
            ExactSearch.Within(
                blocks, rows, options.HitSimilarity, threads, hit => Vote(votes, some[hit.Query], locate(hit.Block, hit.Row), hit.Similarity, wanted), stop);
        }

        var needed = Needed(query, options);
        return [.. votes.Where(v => v.Value.Hits >= needed)
            .Select(v => new Candidate(v.Key, v.Value.Hits, v.Value.Best, v.Value.Tiles))
            .OrderByDescending(c => c.Hits).ThenBy(c => c.Video)];
    }

    /// <summary>How many clips of a query must hit a video: all that vote, where they are few.</summary>
    public static int Needed(ClipSequence query, MatchingOptions options) => Math.Min(options.MinHits, Math.Max(1, Voters(query, options).Count));

    /// <summary>The clips that vote: of good quality, and another picture than the voter before. A scene that stands still has one vote.</summary>
    public static IReadOnlyList<int> Voters(ClipSequence query, MatchingOptions options)
    {
        var voters = new List<int>();
        for (var clip = 0; clip < query.Count; clip++)
        {
            var isGood = query.Spans.Span[clip].Quality >= options.MinQuality;
            if (isGood && (voters.Count == 0 || Similarity.Of(query.Rows, voters[^1], query.Rows, clip) < options.DistinctSimilarity))
            {
                voters.Add(clip);
            }
        }

        return voters;
    }

    private static void Vote(Dictionary<long, Votes> votes, int clip, ClipPlace place, float similarity, Func<long, bool> wanted)
    {
        if (!wanted(place.Video))
        {
            return;
        }

        if (!votes.TryGetValue(place.Video, out var tally))
        {
            votes.Add(place.Video, tally = new Votes());
        }

        tally.Add(clip, place.Clip, similarity);
    }

    private sealed class Votes
    {
        private int lastClip = -1;

        public int Hits { get; private set; }

        public float Best { get; private set; } = float.NegativeInfinity;

        public HashSet<(int Q, int R)> Tiles { get; } = [];

        // Hits arrive by rising query clip.
        public void Add(int queryClip, int clip, float similarity)
        {
            Hits += queryClip == lastClip ? 0 : 1;
            lastClip = queryClip;
            Best = Math.Max(Best, similarity);
            Tiles.Add((queryClip / Candidate.TileClips, clip / Candidate.TileClips));
        }
    }
}
