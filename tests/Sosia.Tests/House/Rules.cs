using System.Text.RegularExpressions;

namespace Sosia.Tests.House;

/// <summary>The rules that every file of the repository keeps; each gives what breaks it.</summary>
internal static partial class Rules
{
    public const int LongestFile = 400;

    public static IEnumerable<string> TooLong(TextFile file) =>
        file.Text.AsSpan().TrimEnd('\n').Count('\n') + 1 is var lines and > LongestFile ? [$"{file.Path}: {lines} lines, more than {LongestFile}"] : [];

    /// <summary>Folders, files and types that are named after no idea.</summary>
    public static IEnumerable<string> EmptyNames(TextFile file) =>
        file.Path.Split('/').Select(part => part.Split('.')[0])
            .Concat(Declared().Matches(file.Text).Select(match => match.Groups["name"].Value)).Distinct()
            .Where(name => EmptyName().IsMatch(name)).Select(name => $"{file.Path}: {name} says nothing; name the idea");

    /// <summary>Paths of one machine and hosts of package registries.</summary>
    public static IEnumerable<string> MachinePaths(TextFile file) =>
        Machine().Matches(file.Text).Select(match => $"{file.Path}: {match.Value} is of one machine");

    /// <summary>What the code blocks of a document call and the program lacks.</summary>
    /// <param name="document">Its lines "./sosia COMMAND ..." are looked at.</param>
    /// <param name="help">What COMMAND --help prints, null when there is no such command.</param>
    public static IEnumerable<string> UnknownCommands(TextFile document, Func<string, string?> help) =>
        CodeBlock().Matches(document.Text).SelectMany(block => block.Groups["code"].Value.Split('\n'))
            .Select(line => line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Where(words => words is ["./sosia", _, ..] && !words[1].StartsWith('-'))
            .SelectMany(words => help(words[1]) is { } text
                ? words.Where(word => word.StartsWith("--", StringComparison.Ordinal) && !text.Contains(word, StringComparison.Ordinal))
                    .Select(word => $"{document.Path}: {words[1]} has no {word}")
                : [$"{document.Path}: there is no command {words[1]}"]);

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Declared();

    [GeneratedRegex(@"^(\w*[a-z0-9])?(Utils?|Utility|Utilities|Helpers?|Common|Manager|Base|Misc|Stuff)$", RegexOptions.ExplicitCapture)]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"(?<![\w.~])/(home|root|work|Users)/\w+|\b[A-Z]:\\\w+|\b(pkg\.dev|nuget\.org|pypi\.org|npmjs\.(com|org))\b", RegexOptions.ExplicitCapture)]
    private static partial Regex Machine();

    [GeneratedRegex(@"^```\w*\n(?<code>.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CodeBlock();
}
