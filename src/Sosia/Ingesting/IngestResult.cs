namespace Sosia;

/// <summary>Options of <see cref="Ingest.Add"/>.</summary>
/// <param name="Exclude">Patterns of paths to leave out.</param>
/// <param name="Threads">Videos read at a time.</param>
/// <param name="Retry">Whether files that failed before, and have not changed since, are tried again.</param>
public sealed record IngestOptions(IReadOnlyList<string> Exclude, int Threads, bool Retry = false);

/// <summary>How far an ingest is.</summary>
/// <param name="Done">Files seen so far.</param>
/// <param name="Total">Files found.</param>
/// <param name="Seconds">Seconds of video embedded.</param>
public sealed record IngestProgress(int Done, int Total, double Seconds);

/// <summary>What an ingest did.</summary>
public sealed record IngestResult
{
    /// <summary>Videos that are new to the library.</summary>
    public int Added { get; init; }

    /// <summary>Files that the library knew already, unchanged.</summary>
    public int Unchanged { get; init; }

    /// <summary>Files whose content the library holds already: another copy, byte for byte.</summary>
    public int SameContent { get; init; }

    /// <summary>Files that were renamed or moved.</summary>
    public int Moved { get; init; }

    /// <summary>Known files that are gone since the last look.</summary>
    public int Missing { get; init; }

    /// <summary>Seconds of video embedded.</summary>
    public double Seconds { get; init; }

    /// <summary>Files that were used although something in them is broken, each with what.</summary>
    public required IReadOnlyList<(string Path, string Damage)> Damaged { get; init; }

    /// <summary>Files that could not be read, each with the reason.</summary>
    public required IReadOnlyList<(string Path, string Reason)> Failures { get; init; }

    /// <summary>Paths of those failures that are remembered from before: the files have not changed, and were not tried again.</summary>
    public IReadOnlyList<string> FailedBefore { get; init; } = [];
}
