namespace Sosia.Reports;

/// <summary>Pictures of a video for the report.</summary>
/// <param name="Jpeg">One JPEG: the pictures side by side, picture i taken at <c>(i + 1/2) / Pictures</c> of the duration.</param>
/// <param name="Pictures">How many.</param>
/// <param name="Aspect">Width of one picture over its height.</param>
public sealed record Thumbnails(byte[] Jpeg, int Pictures, double Aspect = 16.0 / 9);

/// <summary>What became of one copy that the demo made.</summary>
public enum DemoOutcome
{
    /// <summary>Found, with the right seconds.</summary>
    Found,

    /// <summary>Not found, and the embedder is known not to see it.</summary>
    BeyondEmbedder,

    /// <summary>Not found, or found wrongly: a defect.</summary>
    Wrong,
}

/// <summary>One line of the demo's self-check.</summary>
/// <param name="Edit">What was done to the copy: "mirrored".</param>
/// <param name="Copy">The file.</param>
/// <param name="Expected">What should be found.</param>
/// <param name="Found">What was found.</param>
/// <param name="Outcome">The verdict.</param>
public sealed record DemoCheck(string Edit, string Copy, string Expected, string Found, DemoOutcome Outcome);

/// <summary>What the HTML report shows; everything but the title may be left out.</summary>
public sealed record ReportModel
{
    /// <summary>So many of the best pairs are shown with pictures and matrix; the rest as rows.</summary>
    public const int PairsInDetail = 200;

    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Lines below it: library, embedder, when.</summary>
    public IReadOnlyList<string> Subtitle { get; init; } = [];

    /// <summary>The video that was looked for.</summary>
    public VideoRef? Query { get; init; }

    /// <summary>Pairs that belong to no group.</summary>
    public IReadOnlyList<VideoPair> Pairs { get; init; } = [];

    /// <summary>Groups with their pairs.</summary>
    public IReadOnlyList<DuplicateGroup> Groups { get; init; } = [];

    /// <summary>Whether two videos are copies; null in a report of many pairs.</summary>
    public bool? Copies { get; init; }

    /// <summary>The conditions behind <see cref="Copies"/>.</summary>
    public IReadOnlyList<Check> Checks { get; init; } = [];

    /// <summary>The demo's self-check.</summary>
    public IReadOnlyList<DemoCheck> Demo { get; init; } = [];

    /// <summary>By video id. Wanted for <see cref="VideosInDetail"/> only; those that do not fit into the page are left out.</summary>
    public IReadOnlyDictionary<long, Thumbnails> Thumbnails { get; init; } = new Dictionary<long, Thumbnails>();

    /// <summary>By the ids of A and B. Wanted for <see cref="Detailed"/> only.</summary>
    public IReadOnlyDictionary<(long A, long B), MatrixPicture> Matrices { get; init; } = new Dictionary<(long A, long B), MatrixPicture>();

    /// <summary>The report of a search.</summary>
    /// <param name="result">What was found; the query gets id 0.</param>
    public static ReportModel Of(FindResult result)
    {
        var query = new VideoRef(0, result.QueryPath, result.QueryDuration);
        return new ReportModel
        {
            Title = $"Copies of {Path.GetFileName(result.QueryPath)}",
            Query = query,
            Pairs = [.. result.Matches.Select(match => new VideoPair(query, match.Video, match.Score, match.Segments))],
        };
    }

    /// <summary>The report of all copies in a library.</summary>
    /// <param name="result">The groups.</param>
    public static ReportModel Of(DuplicatesResult result) => new() { Title = "Copies in the library", Groups = result.Groups };

    /// <summary>The report of one pair with every check.</summary>
    /// <param name="explanation">The pair.</param>
    public static ReportModel Of(Explanation explanation)
    {
        // Two videos that are in no library both have the id 0, and each has its own pictures.
        var b = explanation is { A.Id: 0, B.Id: 0 } ? explanation.B with { Id = -1 } : explanation.B;
        return new ReportModel
        {
            Title = "Are these two videos copies?",
            Pairs = [new VideoPair(explanation.A, b, explanation.Score, explanation.Segments)],
            Copies = explanation.Copies,
            Checks = explanation.Checks,
            Matrices = explanation.Matrix is { } matrix
                ? new Dictionary<(long A, long B), MatrixPicture> { [(explanation.A.Id, b.Id)] = matrix }
                : new Dictionary<(long A, long B), MatrixPicture>(),
        };
    }

    /// <summary>The best pairs, best first: those that are worth pictures.</summary>
    public IReadOnlyList<VideoPair> Detailed() =>
        [.. Groups.SelectMany(group => group.Pairs).Concat(Pairs).OrderByDescending(pair => pair.Score).Take(PairsInDetail)];

    /// <summary>The videos of <see cref="Detailed"/>, and the query: those that are worth a filmstrip. Each once.</summary>
    public IReadOnlyList<VideoRef> VideosInDetail() =>
        [.. new[] { Query }.OfType<VideoRef>().Concat(Detailed().SelectMany(pair => new[] { pair.A, pair.B })).DistinctBy(video => video.Id)];
}
