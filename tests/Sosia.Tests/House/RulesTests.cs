using System.Diagnostics;
using Xunit;

namespace Sosia.Tests.House;

/// <summary>The repository keeps its rules, and each rule finds what breaks it.</summary>
public class RulesTests
{
    private static readonly string[] Documents = ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md"];

    [Fact]
    public void FilesAreShort()
    {
        var sources = Repository.Under("src/", ".cs").Where(file => !file.Path.EndsWith(".g.cs", StringComparison.Ordinal)).ToList(); // nobody reads what was generated
        Assert.NotEmpty(sources);
        Assert.Empty(sources.SelectMany(Rules.TooLong));
    }

    [Fact]
    public void NamesNameAnIdea() => Assert.Empty(Repository.Under("src/", ".cs").SelectMany(Rules.EmptyNames));

    [Fact]
    public void NoMachineShows() => Assert.Empty(Repository.Files.SelectMany(Rules.MachinePaths));

    [Fact]
    public void DocumentsCallCommandsThatExist() =>
        Assert.Empty(Documents.Select(Repository.At).SelectMany(document => Rules.UnknownCommands(document, Help)));

    [Fact]
    public void TheTwoCommandsStandFirstInTheReadme()
    {
        var readme = Repository.At("README.md").Text;
        var block = readme[readme.IndexOf("```", StringComparison.Ordinal)..];
        Assert.Matches(@"\A```sh\n(git clone .*\n)?(cd .*\n)?\./sosia demo\b.*\n\./test\b", block);
    }

    [Theory]
    [InlineData(400, 0)]
    [InlineData(401, 1)]
    public void ALongFileIsFound(int lines, int faults) =>
        Assert.Equal(faults, Rules.TooLong(new("a.cs", string.Concat(Enumerable.Repeat("x\n", lines)))).Count());

    [Theory]
    [InlineData("src/Sosia/Utils/Crop.cs", "")]
    [InlineData("src/Sosia/StringHelper.cs", "")]
    [InlineData("src/Sosia/Crop.cs", "internal static class CropHelpers { }")]
    [InlineData("src/Sosia/Crop.cs", "public abstract record EmbedderBase;")]
    [InlineData("src/Sosia.Common/Crop.cs", "", false)]
    [InlineData("src/Sosia/Database.cs", "class Database { } // a helper class for managers", false)]
    [InlineData("src/Sosia/Commonness.cs", "class LongestCommonSubsequence;", false)]
    public void AnEmptyNameIsFound(string path, string text, bool found = true) => Assert.Equal(found ? 1 : 0, Rules.EmptyNames(new(path, text)).Count());

    [Theory]
    [InlineData("File.Open(\"/{0}/anna/a.mp4\")", "home")]
    [InlineData("see /{0}/shared/x", "work")]
    [InlineData("C:{0}videos", "\\")]
    [InlineData("https://api.{0}.org/v3", "nuget")]
    public void AMachinePathIsFound(string text, string part) => Assert.Single(Rules.MachinePaths(new("a.cs", string.Format(null, text, part))));

    [Theory]
    [InlineData("https://example.org/{0}/sosia")]
    [InlineData("./{0}/file and ~/{0}/file")]
    [InlineData("/videos/{0}.mp4")]
    public void AnInnocentPathIsNot(string text) => Assert.Empty(Rules.MachinePaths(new("a.cs", string.Format(null, text, "home"))));

    [Theory]
    [InlineData("./sosia find a.mp4 --jsno", "a.md: find has no --jsno")]
    [InlineData("./sosia seek a.mp4", "a.md: there is no command seek")]
    [InlineData("./sosia find a.mp4 --json   # as JSON, --pretty", null)]
    [InlineData("./sosia --version", null)]
    public void AnUnknownCommandIsFound(string line, string? fault) =>
        Assert.Equal(fault is null ? [] : [fault],
            Rules.UnknownCommands(new("a.md", $"Text ./sosia nothing\n```sh\n{line}\n```\n"), command => command == "find" ? "--json --library" : null));

    private static string? Help(string command)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Sosia.Cli.dll"), command, "--help"])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var help = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 && help.Contains(command, StringComparison.Ordinal) ? help : null;
    }
}
