using System.IO.Enumeration;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>The published files as the user has them: the folder, or the files themselves.</summary>
public sealed class Annotations
{
    // Where the published archives keep them.
    private static readonly string[] Folders = ["annotation", "annotations", "annots"];

    private readonly IReadOnlyList<string> paths;

    /// <summary>Looks whether they are there.</summary>
    /// <exception cref="UsageException">One is not.</exception>
    public Annotations(IReadOnlyList<string> paths)
    {
        this.paths = paths;
        if (paths.FirstOrDefault(path => !Path.Exists(path)) is { } missing)
        {
            throw new UsageException($"--annotations {Printable.Text(missing)}: there is no such file or folder");
        }
    }

    /// <summary>The one file that has one of these names.</summary>
    /// <param name="names">With <c>*</c> for any text.</param>
    /// <exception cref="UsageException">There is none, or there are several.</exception>
    public string File(params string[] names) =>
        FileOrNull(names) ?? throw new UsageException($"{string.Join(" or ", names)} is not among --annotations: give the file, or the folder that holds it");

    /// <summary>The same, or null where there is none.</summary>
    /// <exception cref="UsageException">There are several.</exception>
    public string? FileOrNull(params string[] names)
    {
        var found = paths.SelectMany(path => Directory.Exists(path) ? Within(path, names) : IsNamed(path, names) ? [path] : [])
            .Distinct(StringComparer.Ordinal).ToList();
        return found.Count <= 1
            ? found.FirstOrDefault()
            : throw new UsageException($"--annotations: several files {string.Join(" or ", names)}; give one: {string.Join(", ", found.Select(Printable.Text))}");
    }

    /// <summary>The folder of files of a kind: given itself, or the one that holds its <c>annotation</c>.</summary>
    /// <param name="pattern">Of their names.</param>
    /// <exception cref="UsageException">There is none.</exception>
    public string Folder(string pattern) =>
        paths.Where(Directory.Exists)
            .SelectMany(path => Folders.Select(folder => Path.Combine(path, folder)).Append(path))
            .FirstOrDefault(folder => Directory.Exists(folder) && Directory.EnumerateFiles(folder, pattern).Any())
        ?? throw new UsageException($"--annotations: no folder that holds {pattern}");

    // Beside one another, or one folder below.
    private static IEnumerable<string> Within(string folder, string[] names)
    {
        var here = Files(folder, names);
        return here.Count > 0 ? here : Directory.GetDirectories(folder).Order(StringComparer.Ordinal).SelectMany(below => Files(below, names));
    }

    private static List<string> Files(string folder, string[] names) =>
        [.. Directory.GetFiles(folder).Where(file => IsNamed(file, names)).Order(StringComparer.Ordinal)];

    private static bool IsNamed(string path, string[] names) =>
        names.Any(name => FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(path.AsSpan()), ignoreCase: false));
}
