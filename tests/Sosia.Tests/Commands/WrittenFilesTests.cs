using System.Text.RegularExpressions;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>Reports are whole or not there; nobody's video is ever touched.</summary>
[Collection("videos")]
public sealed partial class WrittenFilesTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void ReportsAreWrittenWhole()
    {
        var (copy, _) = videos.Copy("trim", videos.Harbour);
        shelf.Write("old.html", "an older report");
        Ok("find", copy, "--library", videos.Library, "--html", "find.html", "--csv", "find.csv");
        Ok("explain", copy, videos.Harbour, "--library", videos.Library, "--html", "old.html");
        foreach (var page in new[] { "find.html", "old.html" })
        {
            var text = File.ReadAllText(shelf.At(page));
            Assert.StartsWith("<!DOCTYPE html>", text, StringComparison.OrdinalIgnoreCase);
            Assert.EndsWith("</html>", text.TrimEnd(), StringComparison.OrdinalIgnoreCase);
            Assert.Contains("harbour.mp4", text);
            Assert.Equal(2, Strips().Matches(text).DistinctBy(m => m.Value).Count()); // one a video
        }

        var rows = File.ReadAllLines(shelf.At("find.csv"));
        Assert.True(rows.Length >= 2 && rows[1].Contains("harbour.mp4", StringComparison.Ordinal), string.Join('\n', rows));
        Assert.Empty(Directory.GetFiles(shelf.Folder, "*.part"));
    }

    [Fact]
    public void TwoVideosOutsideTheLibraryHaveTheirOwnPictures()
    {
        var text = Ok("explain", videos.Copy("trim", videos.Harbour).Path, videos.Copy("mirror", videos.Market).Path, "--library", videos.Library, "--html", "two.html").Out;
        Assert.Contains("no copies of one another", text);
        Assert.Equal(2, Strips().Matches(File.ReadAllText(shelf.At("two.html"))).DistinctBy(m => m.Value).Count());
    }

    [Fact]
    public void AReportThatCannotBeWrittenLeavesNothing()
    {
        Directory.CreateDirectory(shelf.At("taken"));
        var answer = Shell.Run(shelf.Folder, "duplicates", "--library", videos.Library, "--html", "taken");
        Assert.Equal(4, answer.Code);
        Assert.DoesNotContain("   at ", answer.Error);
        Assert.Equal(["taken"], Directory.GetFileSystemEntries(shelf.Folder).Select(Path.GetFileName));
        Assert.Equal(4, Shell.Run(shelf.Folder, "duplicates", "--library", videos.Library, "--csv", "nowhere/x.csv").Code);
    }

    [Theory]
    [InlineData("find", "--html", "nowhere/x.html")]
    [InlineData("find", "--csv", "nowhere/x.csv")]
    [InlineData("find", "--csv", "x.csv", "--html", "taken")]
    [InlineData("find", "--csv", "taken")]
    [InlineData("explain", "--html", "nowhere/x.html")]
    public void AWrongPathIsSaidBeforeTheWork(string command, params string[] options)
    {
        Directory.CreateDirectory(shelf.At("taken"));
        string[] subject = command == "find" ? ["nowhere.mp4"] : ["nowhere.mp4", "nowhere.mp4"]; // the work would end with 1
        var answer = Shell.Run(shelf.Folder, [command, .. subject, "--library", videos.Library, .. options]);
        Assert.True(answer.Code == 4, answer.ToString());
        Assert.Equal(["taken"], Directory.GetFileSystemEntries(shelf.Folder).Select(Path.GetFileName));
    }

    [Fact]
    public void AResultIsShownThoughItsReportFails()
    {
        File.CreateSymbolicLink(shelf.At("x.csv.part"), "/dev/full");
        var answer = Shell.Run(shelf.Folder, "find", videos.Copy("trim", videos.Harbour).Path, "--library", videos.Library, "--csv", "x.csv");
        Assert.True(answer.Code == 4, answer.ToString());
        Assert.Contains("harbour.mp4", answer.Out);
        Assert.False(File.Exists(shelf.At("x.csv")));
    }

    [Fact]
    public void TheDemoOnOwnVideosLeavesThemAsTheyAre()
    {
        shelf.Put(videos.Harbour, "harbour.mp4");
        shelf.Put(videos.Copy("reencode", videos.Harbour).Path, "deep/copy.mp4");
        var before = State(shelf.Folder);
        using var elsewhere = new Shelf();
        for (var run = 0; run < 2; run++) // the second one finds the files of the first
        {
            var answer = Shell.Run(elsewhere.Folder, "demo", shelf.Folder);
            Assert.True(answer.Code == 0, answer.ToString());
            Assert.Contains("copy.mp4", answer.Out);
            Assert.Contains("1 groups, 2 files", answer.Out);
            Assert.Contains("</html>", File.ReadAllText(elsewhere.At("sosia-demo/report.html")), StringComparison.OrdinalIgnoreCase);
            Assert.Equal(before, State(shelf.Folder));
        }
    }

    [Theory]
    [InlineData(".sosia")]
    [InlineData("demo-library")] // the demo's own name, but not the demo's library
    public void TheDemoDeletesNoLibraryButItsOwn(string library)
    {
        shelf.Put(videos.Short(0), "own/a.mp4");
        Ok("add", "--model", "pdq", "own", "--library", library);
        for (var run = 0; run < 2; run++)
        {
            var answer = Shell.Run(shelf.Folder, "demo", "own", "--output", ".");
            Assert.True(answer.Code == (library == ".sosia" ? 0 : 2), answer.ToString());
            Assert.Contains("a.mp4", Ok("list", "--library", library).Out);
        }
    }

    [Fact]
    public void RemovingDeletesNoFile()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(0), "deep/twin.mp4");
        shelf.Put(videos.Short(1), "deep/b.mp4");
        shelf.Add();
        var before = State(shelf.Folder);
        Assert.Contains("1 videos and 2 files", Ok("remove", "deep").Out); // twin's video still lies under a.mp4
        Assert.Equal(["a.mp4"], shelf.Files);
        Assert.Contains("1 videos and 1 files", Ok("remove", "a.mp4").Out);
        Assert.Empty(shelf.Videos);
        Assert.Equal(before, State(shelf.Folder));
        Assert.Contains("2 added", Ok("add", "--model", "pdq", ".").Out);
        Assert.Equal(2, Shell.Run(shelf.Folder, "remove", "a.mp4", "nowhere.mp4").Code);
        Assert.Equal(3, shelf.Files.Length); // all or nothing
    }

    private Answer Ok(params string[] arguments)
    {
        var answer = Shell.Run(shelf.Folder, arguments);
        Assert.True(answer.Code == 0, answer.ToString());
        return answer;
    }

    // The beginning of a JPEG in base64.
    [GeneratedRegex("/9j/[A-Za-z0-9+/]{1000}")]
    private static partial Regex Strips();

    // Names, sizes and times of everything; folders too.
    private static string[] State(string folder) => [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Append(new DirectoryInfo(folder))
        .Select(f => $"{f.FullName} {(f as FileInfo)?.Length} {f.LastWriteTimeUtc.Ticks} {f.UnixFileMode}").Order(StringComparer.Ordinal)];
}
