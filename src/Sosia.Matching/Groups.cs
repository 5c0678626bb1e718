namespace Sosia.Matching;

/// <summary>Two videos that match.</summary>
/// <param name="A">A video.</param>
/// <param name="B">Another.</param>
/// <param name="Score">The higher, the more alike.</param>
public readonly record struct ScoredPair(long A, long B, double Score);

/// <summary>A group: each member matches the representative itself.</summary>
/// <param name="Representative">The video that stands for the group.</param>
/// <param name="Members">At least one; the best match first. Without the representative.</param>
public sealed record Star(long Representative, IReadOnlyList<long> Members);

/// <summary>
/// Groups of videos: stars round a representative, never chains (ours). In a chain, A matches B and B matches C, and the two ends need have nothing
/// in common;
/// whoever keeps the representative of a star and deletes its members loses nothing that was not matched.
/// </summary>
public static class Groups
{
    /// <summary>
    /// Representatives are chosen one after the other: the video with the most matches among those not yet covered, of equal ones the preferred, then
    /// the lowest id;
    /// it covers all it matches. Then each other video joins the representative that it matches best (of equal ones the lowest id).
    /// </summary>
    /// <remarks>
    /// No two representatives match. A video is in one group at most, and every video that has a pair is in one, except a representative whose
    /// matches
    /// all joined others that they match better: it stands alone and is not returned. Pairs across groups, and between two members, stay with the
    /// caller.
    /// The order of the pairs does not matter; of a pair given twice, either way round, the higher score counts.
    /// </remarks>
    /// <param name="pairs">The matches.</param>
    /// <param name="preference">Of a video, say its length: among videos with as many matches the highest represents.</param>
    /// <returns>By falling number of members, then by rising representative.</returns>
    /// <exception cref="ArgumentException">A video is paired with itself, or a score is not finite.</exception>
    public static IReadOnlyList<Star> Stars(IReadOnlyList<ScoredPair> pairs, Func<long, double> preference)
    {
        var matches = Matches(pairs);
        var representatives = Representatives(matches, preference);
        var members = representatives.ToDictionary(static id => id, static _ => new List<(double Score, long Id)>());
        foreach (var (id, scores) in matches)
        {
            if (!members.ContainsKey(id))
            {
                var representative = Best(scores, members.ContainsKey);
                members[representative].Add((scores[representative], id));
            }
        }

        var stars = members.Where(static star => star.Value.Count > 0).Select(static star => new Star(star.Key, BestFirst(star.Value)));
        return [.. stars.OrderByDescending(static star => star.Members.Count).ThenBy(static star => star.Representative)];
    }

    private static Dictionary<long, Dictionary<long, double>> Matches(IReadOnlyList<ScoredPair> pairs)
    {
        var matches = new Dictionary<long, Dictionary<long, double>>();
        foreach (var (a, b, score) in pairs)
        {
            if (a == b || !double.IsFinite(score))
            {
                throw new ArgumentException($"videos {a} and {b} with score {score} are no pair", nameof(pairs));
            }

            Add(a, b, score);
            Add(b, a, score);
        }

        return matches;

        void Add(long from, long to, double score)
        {
            if (!matches.TryGetValue(from, out var scores))
            {
                matches[from] = scores = [];
            }

            scores[to] = scores.TryGetValue(to, out var known) ? Math.Max(known, score) : score;
        }
    }

    /// <summary>The match with the highest score, of equal ones the lowest id, among those that represent; there always is one.</summary>
    private static long Best(Dictionary<long, double> scores, Predicate<long> represents)
    {
        var best = (Score: double.NegativeInfinity, Id: long.MaxValue);
        foreach (var (id, score) in scores)
        {
            if (represents(id) && (score > best.Score || (score == best.Score && id < best.Id)))
            {
                best = (score, id);
            }
        }

        return best.Id;
    }

    private static List<long> BestFirst(List<(double Score, long Id)> members) =>
        [.. members.OrderByDescending(static m => m.Score).ThenBy(static m => m.Id).Select(static m => m.Id)];

    private static List<long> Representatives(Dictionary<long, Dictionary<long, double>> matches, Func<long, double> preference)
    {
        var representatives = new List<long>();
        var covered = new HashSet<long>();
        var open = matches.ToDictionary(static video => video.Key, static video => video.Value.Count);
        var queue = new PriorityQueue<long, Rank>();
        foreach (var (id, count) in open)
        {
            queue.Enqueue(id, new Rank(count, preference(id), id));
        }

        while (queue.TryDequeue(out var id, out var rank))
        {
            if (covered.Contains(id))
            {
                continue;
            }

            if (rank.Open != open[id])
            {
                queue.Enqueue(id, rank with { Open = open[id] }); // some of its matches were covered meanwhile
                continue;
            }

            representatives.Add(id);
            foreach (var video in matches[id].Keys.Append(id))
            {
                Cover(video);
            }
        }

        return representatives;

        void Cover(long video)
        {
            if (covered.Add(video))
            {
                foreach (var match in matches[video].Keys)
                {
                    open[match]--;
                }
            }
        }
    }

    /// <summary>Orders the choice of representatives: the first one comes first.</summary>
    private readonly record struct Rank(int Open, double Preference, long Id) : IComparable<Rank>
    {
        public int CompareTo(Rank other) =>
            other.Open != Open ? other.Open.CompareTo(Open)
            : other.Preference.CompareTo(Preference) is var preferred and not 0 ? preferred
            : Id.CompareTo(other.Id);
    }
}
