using Sosia.Evaluating;
using Sosia.Tests.Commands;
using Sosia.Tests.House;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>`sosia evaluate` as a shell starts it.</summary>
[Collection("videos")]
public sealed class EvaluateCommandTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void EmbedsOnceAndNamesWhatIsMissing()
    {
        shelf.Put(videos.Short(1), "Q1.mp4");
        shelf.Put(videos.Short(1), "below/copy.mp4");
        shelf.Write("broken.mp4", "no video");
        shelf.Write("=1+1.mp4", "no video either");
        shelf.Write("files/annotation.json", """{"Q1": {"ND": ["copy", "=1+1"]}}""");
        shelf.Write("files/youtube_ids.txt", "Q1\ncopy\nbroken\nabsent\n=1+1\n");
        string[] command = ["evaluate", "fivr-200k", "--annotations", "files", "--videos", ".", "--model", "pdq", "--cache", "cache"];

        var first = Shell.Run(shelf.Folder, [.. command, "--json", "--csv", "out.csv"]);
        Assert.True(first.Code == 1, first.ToString());
        Assert.Equal(("sosia.evaluation/1", 5, 1), (first.Json.GetProperty("schema").GetString(), first.Json.GetProperty("videos").GetInt32(), first.Json.GetProperty("embedded").GetInt32()));
        Assert.Equal(["=1+1", "absent", "broken"], first.Json.GetProperty("missing").EnumerateArray().Select(video => video.GetProperty("id").GetString()));
        Assert.Equal(1, first.Json.GetProperty("figures")[0].GetProperty("value").GetDouble());
        Assert.Contains("failed: ", first.Error, StringComparison.Ordinal);
        Assert.Contains("figure,\"DSVR mAP\",1,1,\"queries\"", File.ReadAllText(shelf.At("out.csv")), StringComparison.Ordinal);
        Assert.Contains("missing,\"'=1+1\",,,", File.ReadAllText(shelf.At("out.csv")), StringComparison.Ordinal);

        var second = Shell.Run(shelf.Folder, [.. command, "--missing", "count"]);
        Assert.Contains("5 videos; embedded now: 0", second.Out, StringComparison.Ordinal);
        Assert.Contains("absent: no such file", second.Out, StringComparison.Ordinal);
        Assert.Contains("DSVR mAP       0.5000  1 queries", second.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongUsageIsSaidInALine()
    {
        shelf.Put(videos.Short(1), "a.mp4");
        shelf.Write("files/annotation.json", "{]");
        shelf.Write("files/youtube_ids.txt", "a");
        string Said(params string[] arguments)
        {
            var answer = Shell.Run(shelf.Folder, ["evaluate", .. arguments, "--videos", ".", "--model", "pdq"]);
            Assert.True(answer.Code == 2, answer.ToString());
            return Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }

        Assert.Contains("there is no protocol fivr: choose one of fivr-5k, fivr-200k", Said("fivr", "--annotations", "files"), StringComparison.Ordinal);
        Assert.Contains("cannot read annotation.json, line 1", Said("fivr-200k", "--annotations", "files"), StringComparison.Ordinal);
        Assert.Contains("test_groundtruth", Said("svd", "--annotations", "files"), StringComparison.Ordinal);
        Assert.Contains("no such file or folder", Said("svd", "--annotations", "nowhere"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(shelf.At(".sosia-evaluate")));
    }

    [Fact]
    public void HelpAndDocumentationNameEveryProtocolWithItsFiles()
    {
        var help = Shell.Run(shelf.Folder, "evaluate", "--help").Out;
        var page = Repository.At("docs/evaluation.md").Text;
        Assert.All(Protocol.All, protocol =>
        {
            Assert.Contains($"{protocol.Name}: {protocol.Files}", help, StringComparison.Ordinal);
            Assert.Contains($"`{protocol.Name}`", page, StringComparison.Ordinal);
        });
    }
}
