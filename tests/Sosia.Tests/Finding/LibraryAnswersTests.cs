using Sosia.Library;
using Xunit;

namespace Sosia.Tests.Finding;

/// <summary>Answers about what lies in the library: itself, its twins, what was deleted, duplicates, and why.</summary>
[Collection("videos")]
public sealed class LibraryAnswersTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void AFileDoesNotFindItselfButItsTwin()
    {
        var harbour = shelf.Put(videos.Harbour, "harbour.mp4");
        var market = shelf.Put(videos.Market, "market.mkv");
        var twin = shelf.Put(videos.Harbour, "twin.mp4");
        shelf.Add();
        using var finder = Finder();
        Assert.Equal([twin], finder.Find(harbour).Matches.Select(m => m.Video.Path));
        Assert.Equal([harbour], finder.Find(twin).Matches.Select(m => m.Video.Path));
        Assert.Empty(finder.Find(market).Matches);
    }

    [Fact]
    public void DuplicatesHoldCopiesAndFilesOfEqualBytes()
    {
        var harbour = shelf.Put(videos.Harbour, "harbour.mp4");
        var copy = shelf.Put(videos.Copy("trim", videos.Harbour).Path, "trimmed.mp4");
        var market = shelf.Put(videos.Market, "market.mkv");
        var twin = shelf.Put(videos.Market, "twin.mkv");
        shelf.Put(videos.Tower, "tower.mp4");
        shelf.Add();
        using var finder = Finder();
        var groups = finder.Duplicates().Groups.OrderBy(g => g.Representative.Path, StringComparer.Ordinal).ToList();
        Assert.Equal(2, groups.Count);
        Assert.Equal(harbour, groups[0].Representative.Path); // the longer one
        Assert.Equal([harbour, copy], groups[0].Members.Select(m => m.Path));
        Assert.NotEmpty(Assert.Single(groups[0].Pairs).Segments);
        Assert.Equal([market, twin], groups[1].Members.Select(m => m.Path).Order());
        var same = Assert.Single(groups[1].Pairs);
        Assert.Equal((1.0, groups[1].Representative.Duration), (same.Score, same.Segments[0].Query.Length));

        using var many = Finder(threads: 3);
        Assert.Equal(Sosia.Reports.TextReport.Duplicates(finder.Duplicates()), Sosia.Reports.TextReport.Duplicates(many.Duplicates()));
    }

    [Fact]
    public void WhatIsGoneFromTheDiskIsNoDuplicate()
    {
        var harbour = shelf.Put(videos.Harbour, "harbour.mp4");
        var copy = shelf.Put(videos.Copy("reencode", videos.Harbour).Path, "copy.mp4");
        var another = shelf.Put(videos.Copy("trim", videos.Harbour).Path, "trim.mp4");
        shelf.Add();
        File.Delete(harbour);
        shelf.Add();
        using (var finder = Finder())
        {
            var members = Assert.Single(finder.Duplicates().Groups).Members;
            Assert.Equal([copy, another], members.Select(m => m.Path).Order());
            Assert.Contains(harbour, finder.Find(another).Matches.Select(m => m.Video.Path)); // still known
        }

        File.Delete(another);
        shelf.Add();
        using var last = Finder();
        Assert.Empty(last.Duplicates().Groups);
    }

    [Fact]
    public void OverwritingAVideoByItsOwnCopyLeavesNothingBehind()
    {
        var path = shelf.Put(videos.Harbour, "harbour.mp4");
        shelf.Add();
        shelf.Put(videos.Copy("reencode", videos.Harbour).Path, "harbour.mp4");
        shelf.Add();
        using var finder = Finder();
        Assert.Empty(finder.Duplicates().Groups);
        Assert.Empty(finder.Find(path).Matches);
        Assert.Equal([path], finder.Find(videos.Harbour).Matches.Select(m => m.Video.Path));
    }

    [Fact]
    public void AnExplanationHasItsNumbers()
    {
        var harbour = shelf.Put(videos.Harbour, "harbour.mp4");
        var (copy, _) = videos.Copy("mirror", videos.Harbour);
        shelf.Put(videos.Market, "market.mkv");
        shelf.Put(videos.Black, "black.mp4");
        shelf.Add();
        using var finder = Finder();

        var yes = finder.Explain(harbour, copy); // the second one is in no library
        Assert.True(yes.Copies);
        Assert.Equal((0L, true), (yes.B.Id, Assert.Single(yes.Segments).Mirrored));
        Assert.InRange(yes.Score, 0.5, 1);
        Assert.NotNull(yes.Matrix);
        Assert.Contains(yes.Checks, check => check is { Passed: true, Name: "mirrored: clips that hit" });

        var no = finder.Explain(harbour, Id("market.mkv"));
        Assert.Equal((false, 0.0, 0), (no.Copies, no.Score, no.Segments.Count));
        Assert.Contains(no.Checks, check => check is { Passed: false, Name: "plain: clips that hit" });

        var black = finder.Explain(Id("black.mp4"), harbour);
        Assert.False(black.Copies);
        Assert.Contains(black.Checks, check => check is { Passed: false, Value: 0, Name: "clips that can prove something" });
        Assert.All([.. yes.Checks, .. no.Checks, .. black.Checks], check => Assert.True(check is { Value: not null, Threshold: not null }, check.ToString()));
        Assert.All(yes.Checks.Where(c => c.Name.Contains("clips")), check => Assert.Equal(check.Passed, check.Value >= check.Threshold));
    }

    private string Id(string name) => shelf.Read(library => library.FindFile(shelf.At(name))!.VideoId).ToString(null, null);

    private Finder Finder(int threads = 1)
    {
        using var library = VideoLibrary.OpenRead(shelf.Library);
        return new Finder(library, shelf.Embedder, threads);
    }
}
