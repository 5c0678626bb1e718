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
    /// <param name="query">N clips; those of low quality do not vote.</param>
    /// <param name="blocks">The library's rows.</param>
    /// <param name="locate">Tells the video and clip of a block's row.</param>
    /// <param name="wanted">Which videos may be candidates.</param>
    /// <param name="options">Thresholds.</param>
    /// <param name="threads">For the scan.</param>
    public static IReadOnlyList<Candidate> Of(
        ClipSequence query, IReadOnlyList<VectorRows> blocks, Func<int, int, ClipPlace> locate, Func<long, bool> wanted, MatchingOptions options, int threads = 1)
    {
        var votes = new Dictionary<long, Votes>();
        for (var start = 0; start < query.Count; start += QueriesAtOnce)
        {
            var first = start;
            var rows = query.Rows.Slice(start, Math.Min(QueriesAtOnce, query.Count - start));
            ExactSearch.Within(blocks, rows, options.HitSimilarity, threads, hit => Vote(votes, query, first + hit.Query, locate(hit.Block, hit.Row), hit.Similarity, wanted, options));
        }

        var needed = Math.Min(options.MinHits, Math.Max(1, GoodClips(query, options)));
        return [.. votes.Where(v => v.Value.Hits >= needed)
            .Select(v => new Candidate(v.Key, v.Value.Hits, v.Value.Best, v.Value.Tiles))
            .OrderByDescending(c => c.Hits).ThenBy(c => c.Video)];
    }

    private static int GoodClips(ClipSequence query, MatchingOptions options)
    {
        var good = 0;
        foreach (var span in query.Spans.Span)
        {
            good += span.Quality >= options.MinQuality ? 1 : 0;
        }

        return good;
    }

    private static void Vote(
        Dictionary<long, Votes> votes, ClipSequence query, int clip, ClipPlace place, float similarity, Func<long, bool> wanted, MatchingOptions options)
    {
        if (query.Spans.Span[clip].Quality < options.MinQuality || !wanted(place.Video))
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
