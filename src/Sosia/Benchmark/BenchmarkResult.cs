namespace Sosia;

/// <summary>What a benchmark is made of.</summary>
/// <param name="Copies">Folder of the copies.</param>
/// <param name="Originals">Folders of originals: the first holds the sources, the others what is to be told from them.</param>
/// <param name="Threads">For reading and searching.</param>
public sealed record BenchmarkOptions(string Copies, IReadOnlyList<string> Originals, int Threads)
{
    /// <summary>The truth; null: <c>truth.csv</c> beside the copies.</summary>
    public string? Truth { get; init; }

    /// <summary>Numbers of false answers at which recall is told.</summary>
    public IReadOnlyList<int> FalseAnswers { get; init; } = [0, 10];

    /// <summary>How copies are looked for beside plain.</summary>
    public VariantChoice Variants { get; init; } = VariantChoice.Mirrored;

    /// <summary>Folder in which the libraries of the originals are kept for another time; null: they are gone afterwards.</summary>
    public string? Cache { get; init; }
}

/// <summary>What a model costs.</summary>
public sealed record BenchmarkCost
{
    /// <summary>Videos in its library.</summary>
    public required int Videos { get; init; }

    /// <summary>Seconds of video in its library.</summary>
    public required double LibrarySeconds { get; init; }

    /// <summary>Bytes of its library.</summary>
    public required long LibraryBytes { get; init; }

    /// <summary>Seconds of original video that were read in this run; 0 where the library was kept from another one.</summary>
    public required double ReadSeconds { get; init; }

    /// <summary>Seconds of processor for reading them: decoding in ffmpeg, embedding, writing.</summary>
    public required double ReadProcessorSeconds { get; init; }

    /// <summary>Seconds of video of the copies.</summary>
    public required double CopySeconds { get; init; }

    /// <summary>Seconds of processor for reading the copies: each plain and in every variant.</summary>
    public required double CopyProcessorSeconds { get; init; }

    /// <summary>Seconds by the clock for searching all copies.</summary>
    public required double SearchSeconds { get; init; }

    /// <summary>Seconds of processor an hour of original video; NaN where none was read.</summary>
    public double ProcessorSecondsAnHour => AnHour(ReadProcessorSeconds, ReadSeconds);

    /// <summary>Seconds of processor an hour of copies.</summary>
    public double CopyProcessorSecondsAnHour => AnHour(CopyProcessorSeconds, CopySeconds);

    /// <summary>Bytes of library an hour of original video.</summary>
    public double BytesAnHour => AnHour(LibraryBytes, LibrarySeconds);

    private static double AnHour(double value, double seconds) => seconds > 0 ? value / seconds * 3600 : double.NaN;
}

/// <summary>What a benchmark says of a model.</summary>
/// <param name="Model">What a user calls it.</param>
/// <param name="Identity">Its exact name.</param>
/// <param name="Scores">All that is measured of its answers.</param>
/// <param name="Cost">Time and bytes.</param>
/// <param name="Pairs">All pairs of copy and original that are true or answered.</param>
/// <param name="Failures">Files that it could not read; a copy among them counts as not found.</param>
public sealed record BenchmarkedModel(
    string Model, string Identity, BenchmarkScores Scores, BenchmarkCost Cost, IReadOnlyList<BenchmarkPair> Pairs, IReadOnlyList<FailedFile> Failures)
{
    /// <summary>How the copies were looked for beside plain.</summary>
    public IReadOnlyList<QueryVariant> Variants { get; init; } = [QueryVariant.Mirrored];
}

/// <summary>Models side by side.</summary>
/// <param name="Set">What they were measured on.</param>
/// <param name="Models">In the order in which they were asked for.</param>
public sealed record BenchmarkResult(BenchmarkSet Set, IReadOnlyList<BenchmarkedModel> Models);
