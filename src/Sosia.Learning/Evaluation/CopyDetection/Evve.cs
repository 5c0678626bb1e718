namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>An event of EVVE.</summary>
/// <param name="Name">Of its file.</param>
/// <param name="Queries">Not in the database.</param>
/// <param name="Positives">Videos of the database that show the event.</param>
/// <param name="Nulls">Videos of the database that were looked at and do not show it; ranked like those of other events.</param>
public sealed record EvveEvent(string Name, IReadOnlySet<string> Queries, IReadOnlySet<string> Positives, IReadOnlySet<string> Nulls);

/// <summary>What EVVE gives.</summary>
/// <param name="Queries">Trapezoid average precision of each query with results; ties are counted as for ranks.</param>
/// <param name="Events">For each event the sum over its queries, over the number of its readable queries; NaN where there are none.</param>
/// <param name="Missing">Unreadable videos are left out.</param>
public sealed record EvveFigures(IReadOnlyList<QueryPrecision> Queries, IReadOnlyDictionary<string, double> Events, Missing Missing)
{
    /// <summary>Mean over all queries (ViSiL).</summary>
    public double OverQueries => Retrieval.Mean(Queries.Select(query => query.Value));

    /// <summary>Mean over the events that have readable queries (LAMV).</summary>
    public double OverEvents => Retrieval.Mean(Events.Values.Where(value => !double.IsNaN(value)));

    /// <summary>Groups of equal scores that hold a positive, in all queries.</summary>
    public int Ties => Queries.Sum(query => query.Ties);
}

/// <summary>EVVE (Revaud et al. 2013).</summary>
/// <param name="Events">By name.</param>
/// <param name="Database">Of all events.</param>
public sealed record Evve(IReadOnlyList<EvveEvent> Events, IReadOnlySet<string> Database)
{
    /// <summary>Reads a folder of <c>event.dat</c>: lines of a video, a label (1 positive, 0 or -1 not) and <c>query</c> or <c>database</c>.</summary>
    /// <exception cref="AnnotationException">There are none, or one is something else.</exception>
    public static Evve Read(string folder)
    {
        var events = AnnotationFile.Files(folder, "*.dat").Select(ReadEvent).ToList();
        return new Evve(events, events.SelectMany(one => one.Positives.Concat(one.Nulls)).ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>Measures the queries; positives and ranking are those of the readable videos.</summary>
    /// <param name="results">For each query its list; equal scores keep its order.</param>
    /// <param name="readable">Videos and queries that could be read; null: all.</param>
    /// <exception cref="ArgumentException">A video stands twice in a list, or a score is NaN.</exception>
    public EvveFigures Measure(IReadOnlyDictionary<string, IReadOnlyList<ScoredVideo>> results, IReadOnlySet<string>? readable = null)
    {
        var videos = new VideoSet(Database, readable ?? Database);
        var (queries, events) = (new List<QueryPrecision>(), new OrderedDictionary<string, double>(StringComparer.Ordinal));
        foreach (var one in Events)
        {
            var values = one.Queries.Where(results.ContainsKey).Select(query => Precision(one, query, results[query], videos)).ToList();
            var count = one.Queries.Count(query => readable?.Contains(query) ?? true);
            queries.AddRange(values);
            events.Add(one.Name, count == 0 ? double.NaN : values.Where(value => readable?.Contains(value.Query) ?? true).Sum(value => value.Value) / count);
        }

        var absent = Events.SelectMany(one => one.Queries).Where(query => !results.ContainsKey(query));
        return new EvveFigures(queries, events, new Missing([.. absent], videos.Missing, videos.Treatment));
    }

    /// <summary>The ranks of relevant entries, from 0; equal scores keep the order of the list.</summary>
    public static IReadOnlyList<int> Ranks(IReadOnlyList<Judged> list) =>
        [.. list.OrderByDescending(entry => entry.Score).Index().Where(entry => entry.Item.Relevant).Select(entry => entry.Index)];

    private static QueryPrecision Precision(EvveEvent one, string query, IReadOnlyList<ScoredVideo> list, VideoSet videos)
    {
        var positives = one.Positives.Count(videos.Contains);
        var judged = Retrieval.Judge(query, list, videos.Contains, one.Positives.Contains);
        return new QueryPrecision(
            query, AveragePrecision.Trapezoid(Ranks(judged), positives), positives, AveragePrecision.Ranked(judged, positives).Ties);
    }

    private static EvveEvent ReadEvent(string path)
    {
        var (queries, positives, nulls) = (New(), New(), New());
        foreach (var line in AnnotationFile.Lines(path))
        {
            var (video, set) = line.Parts(3) switch
            {
                [var id, "1", "query"] => (id, queries),
                [var id, "1", "database"] => (id, positives),
                [var id, "0" or "-1", "database"] => (id, nulls),
                _ => throw line.Wrong($"a video, 1, 0 or -1, and query (with 1) or database belong here: {AnnotationLine.Shown(line.Text)}"),
            };
            if (queries.Contains(video) || positives.Contains(video) || nulls.Contains(video))
            {
                throw line.Wrong($"video {AnnotationLine.Shown(video)} twice");
            }

            set.Add(video);
        }

        return new EvveEvent(Path.GetFileNameWithoutExtension(path), queries, positives, nulls);

        static HashSet<string> New() => new(StringComparer.Ordinal);
    }
}
