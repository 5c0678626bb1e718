using System.Globalization;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Commands;

/// <summary>`sosia benchmark make` as a shell sees it.</summary>
[Collection("videos")]
public sealed class BenchmarkMakeTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void MakesCopiesGoesOnAndTellsWhatWasWrong()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(1), "below/b, c.mp4");
        shelf.Put(videos.Frame(videos.Harbour, 1, "photograph.png"), "p.gif");
        shelf.Write("bad\u001b[31m.mp4", "no video");
        var first = Make("--per-video", "4");
        Assert.Equal(1, first.Code);
        Assert.Contains("bad\\e[31m.mp4: not a video", first.Error);
        Assert.Contains("skipped: ", first.Error);
        Assert.StartsWith("8 copies of 2 videos made: ", first.Out);

        var truth = TruthRows();
        Assert.Equal("copy_file,copy_start,copy_end,source_file,source_start,source_end,edits,speed,mirrored", truth[0]);
        Assert.Contains(truth, row => row.Contains(",\"below/b, c.mp4\",", StringComparison.Ordinal));
        var copies = Directory.GetFiles(shelf.At("out"), "*.mp4").Order().ToArray();
        Assert.Equal(copies.Select(Path.GetFileName), truth.Skip(1).Select(row => row.Split(',')[0]).Distinct());
        Assert.All(truth.Skip(1), row => Assert.InRange(Probe.Read(Path.Combine(shelf.At("out"), row.Split(',')[0])).Duration, Number(row.Split(',')[2]) - 0.3, 9));

        // One that is missing is made again, byte for byte; the others are left as they are.
        var (bytes, time) = (File.ReadAllBytes(copies[3]), File.GetLastWriteTimeUtc(copies[2]));
        File.Delete(copies[3]);
        Assert.StartsWith("1 copies of 2 videos made, 7 from before: ", Make("--per-video", "4").Out);
        Assert.Equal(bytes, File.ReadAllBytes(copies[3]));
        Assert.Equal(time, File.GetLastWriteTimeUtc(copies[2]));
        Assert.Equal(truth, TruthRows());

        var other = Make("--per-video", "5");
        Assert.Equal(2, other.Code);
        Assert.Contains("was begun with other options", other.Error);
    }

    [Fact]
    public void StoppedItKeepsWhatStandsAndGoesOn()
    {
        shelf.Put(videos.Harbour, "a.mp4");
        shelf.Put(videos.Market, "b.mkv");
        string[] arguments = ["benchmark", "make", ".", "--out", "out", "--per-video", "6", "--edits", "blur,noise,crop", "--jobs", "1"];
        using var shell = Shell.Start(shelf.Folder, [], arguments);
        SpinWait.SpinUntil(() => Directory.Exists(shelf.At("out")) && Directory.GetFiles(shelf.At("out"), "*.mp4").Length > 0, TimeSpan.FromMinutes(1));
        shell.Send("INT");
        var stopped = shell.Wait();
        Assert.True(stopped.Code == 130, stopped.ToString());
        Assert.False(File.Exists(shelf.At("out/truth.csv")));
        Assert.Empty(Directory.GetFiles(shelf.At("out/.made"), "*.mp4"));
        var again = Shell.Run(shelf.Folder, arguments);
        Assert.Matches("^[0-9]+ copies of 2 videos made, [0-9]+ from before: ", again.Out);
        Assert.Equal(13, TruthRows().Length);
    }

    [Fact]
    public void StretchesAndJson()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(1), "b.mp4");
        var answer = Make("--stretch", "1,1.2", "--edits", "reencode", "--per-video", "1", "--json");
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(("sosia.benchmark-made/1", 2, 2, 0), (
            answer.Json.GetProperty("schema").GetString(), answer.Json.GetProperty("sources").GetInt32(), answer.Json.GetProperty("made").GetInt32(),
            answer.Json.GetProperty("kept").GetInt32()));
        Assert.Equal(shelf.At("out/truth.csv"), answer.Json.GetProperty("truth").GetString());
        var rows = TruthRows();
        Assert.Equal(7, rows.Length); // stretch, before and after, of each
        Assert.Equal(["stretch:1.2:reencode", "stretch:1:reencode"], rows.Skip(1).Select(row => row.Split(',')[6]).Distinct().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("nothing to copy", "--out", "out")]
    [InlineData("--out DIR", ".")]
    [InlineData("no such file or folder: nowhere", "nowhere", "--out", "out")]
    [InlineData("there is no video to copy", ".", "--out", "out")]
    [InlineData("no edit is named melt", ".", "--out", "out", "--edits", "crop,melt")]
    [InlineData("x is no number", ".", "--out", "out", "--stretch", "1,x")]
    [InlineData("the number of copies", ".", "--out", "out", "--per-video", "0")]
    [InlineData("is not empty and was not made by", ".", "--out", "full")]
    public void WrongUsageIsExplained(string message, params string[] arguments)
    {
        shelf.Write("full/notes.txt", "mine");
        if (arguments.Contains("full"))
        {
            shelf.Put(videos.Short(0), "a.mp4");
        }

        var answer = Shell.Run(shelf.Folder, ["benchmark", "make", .. arguments]);
        Assert.Equal(2, answer.Code);
        Assert.Contains(message, answer.Error);
        Assert.Equal("mine", File.ReadAllText(shelf.At("full/notes.txt")));
        Assert.False(Directory.Exists(shelf.At("out")));
    }

    [Fact]
    public void TheListNamesEveryEdit()
    {
        var list = Shell.Run(shelf.Folder, "benchmark", "make", "--list");
        Assert.Equal(0, list.Code);
        Assert.Equal(Edits.All.Select(edit => edit.Name), list.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')[0]));
        var table = Shell.Run(shelf.Folder, "benchmark", "make", "--list", "--markdown");
        Assert.Equal(EditTable.Markdown, table.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }

    private Answer Make(params string[] more) => Shell.Run(shelf.Folder, ["benchmark", "make", ".", "--out", "out", "--threads", "2", .. more]);

    private string[] TruthRows() => File.ReadAllText(shelf.At("out/truth.csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
