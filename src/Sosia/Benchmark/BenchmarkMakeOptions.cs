using Sosia.Video;

namespace Sosia;

/// <summary>Options of <see cref="BenchmarkMaker.Make"/>.</summary>
/// <param name="Folder">Gets the copies, truth.csv and benchmark.json; new, empty, or begun with the same options.</param>
public sealed record BenchmarkMakeOptions(string Folder)
{
    /// <summary>Decides every draw.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Copies of each video.</summary>
    public int PerVideo { get; init; } = 3;

    /// <summary>Names of the edits to draw from; empty: all, or with <see cref="Stretches"/> those that leave a stretch its length and its likeness.</summary>
    public IReadOnlyList<string> Edits { get; init; } = [];

    /// <summary>Seconds: where there are any, every copy is a stretch of one of these lengths, edited, within another video.</summary>
    public IReadOnlyList<double> Stretches { get; init; } = [];

    /// <summary>Seconds: of longer videos an excerpt is copied.</summary>
    public double Longest { get; init; } = 40;

    /// <summary>Copies made at a time.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>What is wrong with them, in a line; null where nothing is.</summary>
    public string? Fault
    {
        get
        {
            var all = Video.Edits.All.ToDictionary(edit => edit.Name, StringComparer.Ordinal);
            return this switch
            {
                { PerVideo: < 1 or > 10_000 } => "the number of copies of each video is one from 1 to 10000",
                { Longest: not (>= 2 and <= 3600) } => "the longest excerpt is one of 2 to 3600 s",
                { Jobs: < 1 } => "the number of jobs is one from 1 on",
                _ when Stretches.Any(length => length is not (>= 0.2 and <= 600)) => "stretches are from 0.2 to 600 s long",
                _ when Edits.FirstOrDefault(name => !all.ContainsKey(name)) is { } unknown => $"no edit is named {unknown}; `sosia benchmark make --list` shows those there are",
                _ when Stretches.Count > 0 && Edits.FirstOrDefault(name => !KeepsLength(all[name])) is { } other =>
                    $"a stretch of a given length cannot be edited by {other}: it mixes two videos or changes the length",
                _ => null,
            };
        }
    }

    private static bool KeepsLength(Edit edit) => !edit.TakesTwo && edit.Name is not ("trim" or "speed" or "reverse" or "chain");
}

/// <summary>What making a benchmark did.</summary>
/// <param name="Folder">Where it lies; absolute.</param>
/// <param name="Originals">The folder that truth.csv names its sources from; absolute.</param>
/// <param name="Sources">Videos that copies are made of.</param>
/// <param name="Made">Copies made now.</param>
/// <param name="Kept">Copies that stood from before.</param>
/// <param name="Skipped">Files that no copies are made of, each with the reason: pictures, too short, too small.</param>
/// <param name="Failures">Files that could not be read and copies that could not be made, each with the reason.</param>
public sealed record BenchmarkMade(
    string Folder,
    string Originals,
    int Sources,
    int Made,
    int Kept,
    IReadOnlyList<(string Path, string Reason)> Skipped,
    IReadOnlyList<(string Path, string Reason)> Failures);
