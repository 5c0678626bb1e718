using System.Xml.Linq;
using Sosia.Tests.Commands;
using Sosia.Tests.House;
using Xunit;

namespace Sosia.Tests.Demonstration;

/// <summary>The program in samples/ is short, built, and does what it says.</summary>
[Collection("videos")]
public sealed class SampleTests(TestVideos videos)
{
    private const int LongestProgram = 24;

    [Fact]
    public void ItIsShort() => Assert.InRange(Repository.At("samples/FindCopies/Program.cs").Text.TrimEnd().Split('\n').Length, 10, LongestProgram);

    [Fact]
    public void ItIsInTheSolution() => Assert.Contains(
        "samples/FindCopies/FindCopies.csproj", XDocument.Parse(Repository.At("Sosia.slnx").Text).Descendants("Project").Select(p => p.Attribute("Path")?.Value));

    [Fact]
    public void ItPrintsTheCopy()
    {
        using var shelf = new Shelf();
        var harbour = shelf.Put(videos.Harbour, "harbour.mp4");
        shelf.Put(videos.Market, "market.mkv");
        var (copy, truth) = videos.Copy("trim", videos.Harbour);
        foreach (var added in new[] { 2, 0 })
        {
            using var sample = Shell.Start(shelf.Folder, [], "FindCopies.dll", [shelf.Folder, copy]);
            var answer = sample.Wait();
            Assert.Equal((0, ""), (answer.Code, answer.Error));
            Assert.Contains($"{added} videos added, 0 failed", answer.Out);
            Assert.Contains($"{harbour}: 0.0 s of the query is ", answer.Out);
            Assert.DoesNotContain("market", answer.Out);
            var told = double.Parse(answer.Out.Split("query is ")[1].Split(' ')[0], null);
            Assert.Equal(truth[0].SourceStart, told, TestVideos.Tolerance);
        }
    }
}
