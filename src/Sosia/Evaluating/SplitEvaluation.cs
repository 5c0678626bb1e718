namespace Sosia.Evaluating;

/// <summary>
/// An encoder measured on every split of a data set, and the means of its figures over them: UCF101 and HMDB51 have three. The features of a video,
/// which is in more than one split, are computed once: where no folder keeps them, they are in a temporary one.
/// </summary>
/// <param name="name">What the splits are called together in the report.</param>
/// <param name="splits">From split 1 on, by the same tasks. Not for clusters: they are of the videos of a split, which no mean goes over.</param>
public sealed class SplitEvaluation(string name, IReadOnlyList<EncoderEvaluationRequest> splits)
{
    /// <summary>Measures on one split after the other.</summary>
    /// <param name="progress">Told after each video of a split.</param>
    /// <param name="stop">Ends it; features that are kept stay.</param>
    /// <exception cref="UsageException">Clusters are asked for, or in a split no training video, or no test video, can be read.</exception>
    public EvaluationReport Measure(IProgress<IngestProgress>? progress = null, CancellationToken stop = default)
    {
        if (splits.Any(split => split.Tasks.Contains(EncoderTask.Clusters)))
        {
            throw new UsageException("--tasks clusters has no mean over splits: choose one by --split");
        }

        if (splits.All(split => split.Cache is not null))
        {
            return Joined([.. splits.Select(split => new EncoderEvaluation(split).Measure(progress, stop))]);
        }

        var place = Directory.CreateTempSubdirectory("sosia-evaluate-");
        try
        {
            return Joined([.. splits.Select(split => new EncoderEvaluation(split with { Cache = split.Cache ?? place.FullName }).Measure(progress, stop))]);
        }
        finally
        {
            place.Delete(recursive: true);
        }
    }

    private EvaluationReport Joined(IReadOnlyList<EvaluationReport> reports) => new(
        name,
        reports[0].Embedder,
        [.. reports.SelectMany((report, i) => report.Rows.Select(row => row with { Name = FormattableString.Invariant($"split {i + 1}: {row.Name}") })), .. Means(reports)],
        splits.SelectMany(split => split.Set.Training.Concat(split.Set.Test)).Select(video => video.Name).Distinct(StringComparer.Ordinal).Count(),
        Missing(reports),
        reports[0].MissingRule,
        [.. Notes(reports)])
    {
        Embedded = reports.Sum(report => report.Embedded),
        Queries = reports[0].Queries,
    };

    private static IEnumerable<EvaluationRow> Means(IReadOnlyList<EvaluationReport> reports) => reports[0].Rows.Select((row, i) => row with
    {
        Name = FormattableString.Invariant($"mean of {reports.Count} splits: {row.Name}"),
        Value = reports.Average(report => report.Rows[i].Value),
        Count = reports.Sum(report => report.Rows[i].Count),
    });

    // Each video once: one for training in a split is for the test in another.
    private static List<UnreadVideo> Missing(IReadOnlyList<EvaluationReport> reports) =>
    [
        .. reports.SelectMany(report => report.Missing)
            .GroupBy(video => video.Id, StringComparer.Ordinal)
            .Select(videos => videos.First() with { IsQuery = videos.Any(video => video.IsQuery) }),
    ];

    // What is true of every split is said once.
    private static IEnumerable<string> Notes(IReadOnlyList<EvaluationReport> reports)
    {
        var common = reports.Select(report => report.Notes).Aggregate((all, notes) => [.. all.Intersect(notes, StringComparer.Ordinal)]);
        return common.Concat(reports.SelectMany((report, i) => report.Notes.Except(common, StringComparer.Ordinal).Select(note => FormattableString.Invariant($"split {i + 1}: {note}"))));
    }
}
