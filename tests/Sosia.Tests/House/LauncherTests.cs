using Xunit;

namespace Sosia.Tests.House;

/// <summary>./sosia builds when the sources changed and only then, and says what is missing.</summary>
public sealed class LauncherTests : IDisposable
{
    private readonly Sandbox sandbox = new();

    public void Dispose() => sandbox.Dispose();

    [Fact]
    public void BuildsOnce()
    {
        Assert.Contains("building Sosia (once) ...", Run("list").Error);
        Assert.Equal("", Run("list").Error);
        Assert.Equal(1, sandbox.Builds);
    }

    [Fact]
    public void LaterStartsCallNothingButTheProgram()
    {
        Run("list");
        var before = sandbox.Calls.Length;
        Run("list");
        Assert.Equal([$"{sandbox.At(".build/cli/current/Sosia.Cli.dll")} list"], sandbox.Calls[before..]);
    }

    [Theory]
    [InlineData("changed")]
    [InlineData("changed at the same second")]
    [InlineData("added with an old date")]
    [InlineData("removed")]
    [InlineData("renamed")]
    [InlineData("of the build")]
    public void BuildsAgainWhenAFileIs(string what)
    {
        sandbox.Write("src/A/B.cs", "second");
        Run("list");
        var (a, b) = (sandbox.At("src/A/A.cs"), sandbox.At("src/A/B.cs"));
        switch (what)
        {
            case "changed":
                File.WriteAllText(a, "other");
                break;
            case "changed at the same second":
                var written = File.GetLastWriteTimeUtc(a);
                File.WriteAllText(a, "third"); // as long as before
                File.SetLastWriteTimeUtc(a, written);
                break;
            case "added with an old date":
                sandbox.Write("src/A/C.cs", "new");
                File.SetLastWriteTimeUtc(sandbox.At("src/A/C.cs"), DateTime.UnixEpoch);
                break;
            case "removed":
                File.Delete(b);
                break;
            case "renamed":
                File.Move(b, sandbox.At("src/A/D.cs"));
                break;
            default:
                sandbox.Write("Directory.Build.props", "<Project></Project>");
                break;
        }

        Run("list");
        Run("list");
        Assert.Equal(2, sandbox.Builds);
    }

    [Fact]
    public void ObjectsOfAnEditorDoNotCount()
    {
        Run("list");
        sandbox.Write("src/A/obj/x.cs", "x");
        sandbox.Write("src/A/bin/x.dll", "x");
        Run("list");
        Assert.Equal(1, sandbox.Builds);
    }

    [Fact]
    public void ArgumentsAndFolderReachTheProgramAsTheyAre() =>
        Assert.Equal($"{Path.GetTempPath().TrimEnd('/')}|find|a b||-x|new\nline|*|", Run("find", "a b", "", "-x", "new\nline", "*").Out);

    [Fact]
    public void RunsThroughALink()
    {
        File.CreateSymbolicLink(sandbox.At("link"), "tools/../sosia");
        File.CreateSymbolicLink(sandbox.At("tools/again"), sandbox.At("link"));
        Assert.EndsWith("|list|", sandbox.Run(sandbox.At("tools/again"), ["list"]).Out);
        Assert.Equal(1, sandbox.Builds);
    }

    [Fact]
    public void ConcurrentFirstStartsBuildOnce()
    {
        var all = Enumerable.Range(0, 4).Select(_ => sandbox.Start(sandbox.At("sosia"), ["list"], ("SLOW", "1"))).ToList();
        Assert.All(all.Select(one => one.Wait()), answer => Assert.EndsWith("|list|", answer.Out));
        Assert.Equal(1, sandbox.Builds);
    }

    [Fact]
    public void ABrokenBuildIsShownAndLeavesNothing()
    {
        var answer = Run(["list"], ("BROKEN", "A.cs(1,1): error CS1002: ; expected"));
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("A.cs(1,1): error CS1002: ; expected", answer.Error);
        Assert.False(Path.Exists(sandbox.At(".build/cli/current")));
        Assert.EndsWith("|list|", Run("list").Out);
        Assert.Empty(Directory.GetFiles(sandbox.At(".build/cli"), "half", SearchOption.AllDirectories));
    }

    [Fact]
    public void AnOlderBuildNeverRunsForNewerSources()
    {
        Run("list");
        sandbox.Write("src/A/A.cs", "broken");
        var answer = Run(["list"], ("BROKEN", "error"));
        Assert.Equal((4, ""), (answer.Code, answer.Out));
    }

    [Fact]
    public void WithoutTheAheadCompilerItBuildsPlainly()
    {
        var answer = Run(["list"], ("BROKEN", "error NU1101: Unable to find package Microsoft.NETCore.App.Crossgen2.linux-x64"));
        Assert.Contains("building without it", answer.Error);
        Assert.Contains("-p:PublishReadyToRun=true", sandbox.Calls[0]);
        Assert.Contains("-p:PublishReadyToRun=false", sandbox.Calls[1]);
    }

    [Theory]
    [InlineData("ffmpeg")]
    [InlineData("ffprobe")]
    public void WithoutFfmpegItSaysHowToGetIt(string tool)
    {
        Run("list");
        File.Delete(sandbox.At($"tools/{tool}"));
        var answer = Run("list");
        Assert.Equal((4, ""), (answer.Code, answer.Out));
        Assert.Contains("sudo apt-get install ffmpeg", answer.Error);
        Assert.EndsWith("|doctor|", Run("doctor").Out);
        Assert.EndsWith("|--version|", Run("--version").Out);
    }

    [Fact]
    public void OldBuildsGo()
    {
        for (var change = 0; change < 6; change++)
        {
            sandbox.Write("src/A/A.cs", new string('x', change));
            Run("list");
        }

        Assert.Equal(3, Directory.GetDirectories(sandbox.At(".build/cli")).Count(folder => new DirectoryInfo(folder).LinkTarget is null));
    }

    private Answer Run(params string[] arguments) => Run(arguments, []);

    private Answer Run(string[] arguments, params (string Name, string Value)[] environment) => sandbox.Run(sandbox.At("sosia"), arguments, environment);
}
