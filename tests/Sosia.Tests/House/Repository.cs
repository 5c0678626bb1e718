using System.Runtime.CompilerServices;

namespace Sosia.Tests.House;

/// <summary>One text file of the repository; the path is relative to its root, with slashes.</summary>
internal sealed record TextFile(string Path, string Text);

/// <summary>The files of the repository that these tests stand in.</summary>
internal static class Repository
{
    private static readonly string[] Built = ["bin", "obj", ".git", ".build", ".sosia", ".vs", ".idea", "TestResults", "BenchmarkDotNet.Artifacts"];
    private static readonly string[] Texts =
        [".cs", ".csproj", ".slnx", ".props", ".targets", ".json", ".md", ".txt", ".sh", ".html", ".css", ".js", ".tsv", ".csv", ".yml", ".editorconfig", ".gitignore", ""];

    public static string Root { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "..", ".."));

    /// <summary>All text files but those that are built.</summary>
    public static IReadOnlyList<TextFile> Files { get; } = [.. Walk(Root).Select(path => new TextFile(Path.GetRelativePath(Root, path), File.ReadAllText(path)))];

    public static IEnumerable<TextFile> Under(string folder, string extension) =>
        Files.Where(file => file.Path.StartsWith(folder, StringComparison.Ordinal) && file.Path.EndsWith(extension, StringComparison.Ordinal));

    public static TextFile At(string path) => Files.Single(file => file.Path == path);

    private static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Where(file => Texts.Contains(Path.GetExtension(file)))
            .Concat(Directory.EnumerateDirectories(folder).Where(inner => !Built.Contains(Path.GetFileName(inner))).SelectMany(Walk));

    private static string Here([CallerFilePath] string path = "") => path;
}
