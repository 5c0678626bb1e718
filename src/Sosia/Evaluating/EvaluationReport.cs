namespace Sosia.Evaluating;

/// <summary>A figure.</summary>
/// <param name="Name">As the literature calls it: <c>DSVR mAP</c>.</param>
/// <param name="Value">NaN where nothing could be measured.</param>
/// <param name="Count">How many things it was measured on.</param>
/// <param name="Of">What these are: <c>queries</c>.</param>
public sealed record EvaluationRow(string Name, double Value, int Count, string Of);

/// <summary>A video of a benchmark that could not be used.</summary>
/// <param name="Id">In the benchmark.</param>
/// <param name="IsQuery">Whether it is one of the queries; it may be in the database, too.</param>
/// <param name="Reason">No such file, or what is wrong with it.</param>
/// <param name="Path">The file that failed; null where there is none.</param>
public sealed record UnreadVideo(string Id, bool IsQuery, string Reason, string? Path);

/// <summary>A video and the clusters that it is in.</summary>
/// <param name="Video">Its name in the folder.</param>
/// <param name="Class">Its class; null where it has none.</param>
/// <param name="Finch">Its cluster in each partition of FINCH, the finest first.</param>
/// <param name="KMeans">Its cluster of k-means; null where there are no classes that say how many.</param>
public sealed record ClusteredVideo(string Video, string? Class, IReadOnlyList<int> Finch, int? KMeans);

/// <summary>What an evaluation gives.</summary>
/// <param name="Protocol">Its name on the command line.</param>
/// <param name="Embedder">Name and version of what made the vectors.</param>
/// <param name="Rows">The figures.</param>
/// <param name="Videos">Different videos that the benchmark asks for, queries among them.</param>
/// <param name="Missing">Those of them that could not be used, by id.</param>
/// <param name="MissingRule">What became of these.</param>
/// <param name="Notes">What else a reader of the figures has to know.</param>
public sealed record EvaluationReport(
    string Protocol,
    string Embedder,
    IReadOnlyList<EvaluationRow> Rows,
    int Videos,
    IReadOnlyList<UnreadVideo> Missing,
    string MissingRule,
    IReadOnlyList<string> Notes)
{
    /// <summary>Videos that were embedded in this run, mirror images counted for themselves; the others were in the cache.</summary>
    public int Embedded { get; init; }

    /// <summary>What <see cref="UnreadVideo.IsQuery"/> is true of.</summary>
    public string Queries { get; init; } = "queries";

    /// <summary>Videos in clusters, where these were asked for.</summary>
    public IReadOnlyList<ClusteredVideo> Clusters { get; init; } = [];
}
