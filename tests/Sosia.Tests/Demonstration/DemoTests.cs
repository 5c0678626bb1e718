using Sosia.Matching;
using Sosia.Reports;
using Sosia.Tests.Commands;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Demonstration;

/// <summary>The demo judges answers by what it made, and its own videos pass.</summary>
[Collection("videos")]
public sealed class DemoTests(TestVideos videos)
{
    private static readonly DemoVideos Made = new(["/o/a.mp4", "/o/b.mp4"], [Copy("trim", "/c/a-trim.mp4", "/o/a.mp4"), Copy("crop", "/c/b-crop.mp4", "/o/b.mp4")]);

    [Theory]
    [InlineData(0.0, DemoOutcome.Found)]
    [InlineData(0.9, DemoOutcome.Found)]
    [InlineData(1.2, DemoOutcome.Wrong)]
    public void TheSecondsMustBeRight(double late, DemoOutcome outcome)
    {
        var checks = Checks(Pair("/c/a-trim.mp4", "/o/a.mp4", new Stretch(late, 5), new Stretch(2 + late, 7)));
        Assert.Equal(outcome, Assert.Single(checks, c => c.Edit == "trim").Outcome);
    }

    [Fact]
    public void ThePairIsToldEitherWay()
    {
        var pair = Pair("/c/a-trim.mp4", "/o/a.mp4", new Stretch(0, 5), new Stretch(2, 7));
        Assert.Equal(Checks(pair), Checks(pair.Turned()));
    }

    [Fact]
    public void AMirroredAnswerToAPlainCopyIsWrong()
    {
        var pair = Pair("/c/a-trim.mp4", "/o/a.mp4", new Stretch(0, 5), new Stretch(2, 7));
        pair = pair with { Segments = [pair.Segments[0] with { Variant = QueryVariant.Mirrored }] };
        Assert.Equal(DemoOutcome.Wrong, Checks(pair)[0].Outcome);
    }

    [Fact]
    public void WhatIsNotFoundIsSaid()
    {
        var checks = Checks();
        Assert.Equal([("trim", DemoOutcome.Wrong), ("crop", DemoOutcome.BeyondEmbedder)], checks.Select(c => (c.Edit, c.Outcome)));
        Assert.All(Checks(Embedders.Trunk), check => Assert.Equal(DemoOutcome.Wrong, check.Outcome)); // no edit is beyond the network
    }

    [Fact]
    public void AFalseMatchIsWrong()
    {
        var checks = Checks(Pair("/c/a-trim.mp4", "/o/b.mp4", new Stretch(0, 5), new Stretch(2, 7)), Pair("/o/a.mp4", "/o/b.mp4", new Stretch(0, 5), new Stretch(2, 7)));
        Assert.Equal(2, checks.Count(c => c is { Edit: "none", Outcome: DemoOutcome.Wrong }));
    }

    // The encoder says more than a pipe holds: it ends only when that is read.
    [Fact]
    public void EveryCheckIsALineOfATableThatSaysWhatThePageSays()
    {
        using var shelf = new Shelf();
        var answer = Shell.Run(shelf.Folder, [("SOSIA_FFMPEG", FakeFfmpeg.Copying(shelf, videos.Short(0)))], "demo");
        Assert.DoesNotContain("could not write", answer.Error);
        var rows = answer.Out.Split('\n').Where(line => line.StartsWith('│')).Select(line => line.Split('│', StringSplitOptions.TrimEntries)[1..^1]).ToArray();
        Assert.All(rows[1..], cells => Assert.DoesNotContain("", cells));
        Assert.Equal(10, rows[1..].Count(cells => cells[0] != "none"));
        Assert.All(rows[1..], cells => Assert.Contains(cells[^1], new[] { "found", "WRONG" })); // nothing is beyond the default model
        Assert.Equal("WRONG", Assert.Single(rows, cells => cells[0] == "mirror")[^1]); // all files are the same short video
        Assert.Equal(1, answer.Code);
        var page = File.ReadAllText(shelf.At("sosia-demo/report.html"));
        Assert.All(rows[1..], cells => Assert.True(page.Contains(cells[1], StringComparison.Ordinal) && page.Contains($">{cells[^1].ToLowerInvariant()}</span>", StringComparison.Ordinal), cells[1]));
    }

    // Longer than all other tests together: everything is rendered, encoded, edited, indexed and compared.
    [Fact]
    [Trait("Category", "Long")]
    public void TheDemoFindsItsCopies()
    {
        using var shelf = new Shelf();
        var answer = Shell.Run(shelf.Folder, "demo", "--json");
        Assert.True(answer.Code == 0, answer.ToString());
        var outcomes = answer.Json.GetProperty("checks").EnumerateArray().ToDictionary(c => c.GetProperty("edit").GetString()!, c => c.GetProperty("outcome").GetString());
        Assert.Equal(10, outcomes.Count);
        Assert.All(outcomes, o => Assert.Equal("found", o.Value));
        Assert.EndsWith("</html>", File.ReadAllText(answer.Json.GetProperty("report").GetString()!).TrimEnd(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(16, Directory.GetFiles(shelf.At("sosia-demo/videos"), "*", SearchOption.AllDirectories).Length);
    }

    private static IReadOnlyList<DemoCheck> Checks(params VideoPair[] pairs) => Checks(Embedders.Pdq, pairs);

    private static IReadOnlyList<DemoCheck> Checks(IEmbedder embedder, params VideoPair[] pairs) => Demo.Checks(
        Made, new DuplicatesResult([.. pairs.Select(p => new DuplicateGroup(p.A, [p.A, p.B], [p]))]), embedder);

    private static DemoCopy Copy(string edit, string path, string original) =>
        new(edit, path, [new DemoStretch(original, new CopiedStretch(0, 0, 5, 2, 7, 1, false))]);

    private static VideoPair Pair(string a, string b, Stretch inA, Stretch inB) =>
        new(new VideoRef(1, a, 10), new VideoRef(2, b, 10), 0.9, [new CopiedSegment(inA, inB, 0.9, 1, QueryVariant.Plain)]);
}
