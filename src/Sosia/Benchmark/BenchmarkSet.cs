using Sosia.Library;
using Sosia.Video;

namespace Sosia;

/// <summary>Copies, originals, and the truth about them, looked at before anything is read.</summary>
public sealed class BenchmarkSet
{
    private BenchmarkSet(BenchmarkOptions options, IReadOnlyList<TrueCopy> truth, IReadOnlyList<FailedFile> missing) =>
        (Options, Truth, Missing) = (options, truth, missing);

    /// <summary>What was asked for.</summary>
    public BenchmarkOptions Options { get; }

    /// <summary>The rows whose files are there.</summary>
    public IReadOnlyList<TrueCopy> Truth { get; }

    /// <summary>Rows that name a file which is not there, as <c>truth.csv:LINE</c>; they are left out.</summary>
    public IReadOnlyList<FailedFile> Missing { get; }

    /// <summary>The copies, each once.</summary>
    public IEnumerable<string> Copies => Truth.Select(t => t.Copy).Distinct(StringComparer.Ordinal);

    /// <summary>Reads the truth and looks for the files.</summary>
    /// <exception cref="UsageException">A folder is not there, the truth is broken, or none of its files is there.</exception>
    public static BenchmarkSet Open(BenchmarkOptions options)
    {
        if (options.Originals.Prepend(options.Copies).FirstOrDefault(folder => !Directory.Exists(folder)) is { } absent)
        {
            throw new UsageException($"no such folder: {Printable.Text(absent)}");
        }

        var path = options.Truth ?? Path.Combine(options.Copies, TruthFile.Name);
        var rows = TruthFile.Read(path);
        var missing = rows.Select(row => (Row: row, Absent: Absent(options, row))).Where(r => r.Absent is not null)
            .Select(r => (r.Row, Failure: new FailedFile($"{Path.GetFullPath(path)}:{r.Row.Line}", $"no such file: {r.Absent}"))).ToDictionary(r => r.Row, r => r.Failure);
        return missing.Count < rows.Count
            ? new BenchmarkSet(options, [.. rows.Where(r => !missing.ContainsKey(r))], [.. missing.Values])
            : throw new UsageException($"{Printable.Text(path)}: none of its files is there; {Printable.Text(missing[rows[0]].Reason)}");
    }

    /// <summary>Where a copy lies.</summary>
    public string CopyPath(string copy) => Path.GetFullPath(Path.Combine(Options.Copies, copy));

    /// <summary>Whether a file lies in the folder of the copies: copies that are made below the originals are none of them.</summary>
    public bool IsCopy(string path) => path.StartsWith(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Options.Copies)) + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>Where an original lies.</summary>
    /// <param name="original">As <see cref="Name"/> has it.</param>
    public string OriginalPath(string original) => Path.GetFullPath(Path.Combine(Options.Originals[0], original));

    /// <summary>The name of an original: its path below the first folder, or the whole path.</summary>
    public string Name(string path)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(Options.Originals[0])) + Path.DirectorySeparatorChar;
        return path.StartsWith(root, StringComparison.Ordinal) ? path[root.Length..] : path;
    }

    /// <summary>Names of the originals of a library by path: a video that lies under several has one name, that of a source where it is one; those that are gone have none.</summary>
    internal Dictionary<string, string> Names(IReadOnlyList<StoredVideo> videos)
    {
        var sources = Truth.Select(t => OriginalPath(t.Source)).ToHashSet(StringComparer.Ordinal);
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var video in videos)
        {
            string[] paths = [.. video.Files.Where(f => !f.Missing).Select(f => f.Stamp.Path)];
            foreach (var path in paths)
            {
                names[path] = Name(Array.Find(paths, sources.Contains) ?? paths[0]);
            }
        }

        return names;
    }

    private static string? Absent(BenchmarkOptions options, TrueCopy row) =>
        new[] { Path.Combine(options.Copies, row.Copy), Path.Combine(options.Originals[0], row.Source) }.FirstOrDefault(path => !File.Exists(path));
}
