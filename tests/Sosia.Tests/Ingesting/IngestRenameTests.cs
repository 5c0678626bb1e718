using Xunit;

namespace Sosia.Tests.Ingesting;

/// <summary>Names and contents that change places: no video is lost, and none is read twice.</summary>
[Collection("videos")]
public sealed class IngestRenameTests : IDisposable
{
    private readonly Shelf shelf = new();
    private readonly TestVideos videos;

    public IngestRenameTests(TestVideos videos)
    {
        this.videos = videos;
        foreach (var (i, name) in new[] { "a.mp4", "b.mp4" }.Index())
        {
            shelf.Put(videos.Short(i), name);
            File.SetLastWriteTimeUtc(shelf.At(name), new DateTime(2026, 1, 1 + i, 0, 0, 0, DateTimeKind.Utc));
        }

        shelf.Add();
    }

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void AFileThatIsRenamedAndReplacedIsNotLost()
    {
        Rename("a.mp4", "c.mp4");
        shelf.Put(videos.Short(2), "a.mp4");
        shelf.Add();
        AssertHolds(("a.mp4", 2), ("b.mp4", 1), ("c.mp4", 0));
        AssertNothingToDo(3);
    }

    [Fact]
    public void AFileThatIsReplacedIsFoundUnderAnEarlierNameToo()
    {
        Rename("b.mp4", "0.mp4");
        shelf.Put(videos.Short(2), "b.mp4");
        shelf.Add();
        Assert.DoesNotContain("0.mp4", shelf.Embedder.Names);
        AssertHolds(("0.mp4", 1), ("a.mp4", 0), ("b.mp4", 2));
        AssertNothingToDo(3);
    }

    [Fact]
    public void AChainOfRenamesStartsNoDecoder()
    {
        Rename("b.mp4", "c.mp4");
        Rename("a.mp4", "b.mp4");
        using (var tools = new FakeTools())
        {
            Assert.Empty(shelf.Add().Failures);
            Assert.Equal(0, tools.Starts);
        }

        AssertHolds(("b.mp4", 0), ("c.mp4", 1));
        AssertNothingToDo(2);
    }

    [Fact]
    public void TwoFilesThatChangePlacesStartNoDecoder()
    {
        Rename("a.mp4", "other");
        Rename("b.mp4", "a.mp4");
        Rename("other", "b.mp4");
        using (var tools = new FakeTools())
        {
            Assert.Empty(shelf.Add().Failures);
            Assert.Equal(0, tools.Starts);
        }

        AssertHolds(("a.mp4", 1), ("b.mp4", 0));
        AssertNothingToDo(2);
    }

    [Fact]
    public void ACopyOfTheSameTimeDoesNotTakeTheNameOfATouchedFile()
    {
        shelf.Put(videos.Short(0), "c.mp4");
        File.SetLastWriteTimeUtc(shelf.At("c.mp4"), File.GetLastWriteTimeUtc(shelf.At("a.mp4")));
        File.SetLastWriteTimeUtc(shelf.At("a.mp4"), DateTime.UtcNow);
        shelf.Add();
        AssertHolds(("a.mp4", 0), ("b.mp4", 1), ("c.mp4", 0));
        AssertNothingToDo(3);
    }

    [Fact]
    public void WhatBecameJunkStandsForItsVideoNoLonger()
    {
        shelf.Write("a.mp4", "junk");
        Assert.Equal("unchanged 1, failed 1", IngestTests.Counts(shelf.Add()));
        AssertHolds(("b.mp4", 1));
        shelf.Put(videos.Short(0), "a.mp4");
        Assert.Equal("added 1, unchanged 1", IngestTests.Counts(shelf.Add()));
        AssertHolds(("a.mp4", 0), ("b.mp4", 1));
    }

    private void Rename(string from, string to) => File.Move(shelf.At(from), shelf.At(to));

    // Each name with the number of the clip that it holds.
    private void AssertHolds(params (string Name, int Short)[] expected)
    {
        var found = shelf.Videos.SelectMany(v => v.Files, (v, f) => (Path.GetFileName(f.Stamp.Path), v.Content, f.Missing)).OrderBy(f => f.Item1, StringComparer.Ordinal);
        Assert.Equal(expected.Select(e => (e.Name, FileIdentity.Content(videos.Short(e.Short)), false)), found);
        Assert.Equal(expected.Select(e => e.Short).Distinct().Count(), shelf.Videos.Count);
        Assert.Empty(shelf.Read(library => library.Verify()));
    }

    private void AssertNothingToDo(int files) => Assert.Equal($"unchanged {files}", IngestTests.Counts(shelf.Add()));
}
