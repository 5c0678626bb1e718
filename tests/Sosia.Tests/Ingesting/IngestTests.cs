using Sosia.Library;
using Sosia.Matching;
using Xunit;

namespace Sosia.Tests.Ingesting;

/// <summary>A file is looked at, recognised, and read only when its content is new.</summary>
[Collection("videos")]
public sealed class IngestTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Fact]
    public void AFolderIsTakenWithWhatLiesInside()
    {
        Fill("one.mp4", "deep/two.mp4");
        shelf.Write("notes.txt", "no video by its name");
        var result = shelf.Add();
        Assert.Equal(("added 2", 4.0), (Counts(result), Math.Round(result.Seconds, 1)));
        Assert.Equal(["one.mp4", "two.mp4"], shelf.Files);
        Assert.All(shelf.Videos, v => Assert.Equal((8, 96, 64, "h264"), (v.Clips, v.Width, v.Height, v.Codec)));
    }

    [Fact]
    public void AddingAgainStartsNoDecoder()
    {
        Fill("one.mp4", "two.mp4", "three.mp4");
        shelf.Add();
        using var tools = new FakeTools();
        Assert.Equal("unchanged 3", Counts(shelf.Add()));
        Assert.Equal(0, tools.Starts);
        shelf.Put(videos.Short(9), "new.mp4");
        Assert.Equal("unchanged 3, failed 1", Counts(shelf.Add()));
        Assert.Equal(1, tools.Starts);
    }

    [Fact]
    public void TheSameBytesAtASecondPathAreOneVideo()
    {
        Fill("one.mp4");
        shelf.Add();
        shelf.Put(videos.Short(0), "again/copy.mp4");
        Assert.Equal("unchanged 1, same 1", Counts(shelf.Add()));
        Assert.Equal(["one.mp4"], shelf.Embedder.Names);
        Assert.Single(shelf.Videos);
        Assert.Equal(["copy.mp4", "one.mp4"], shelf.Files);
        Assert.Equal("unchanged 2", Counts(shelf.Add()));
    }

    [Fact]
    public void ARenamedFileIsNotReadAgain()
    {
        Fill("one.mp4", "two.mp4");
        shelf.Add();
        File.Move(shelf.At("one.mp4"), shelf.At("renamed.mp4"));
        using var tools = new FakeTools();
        Assert.Equal("unchanged 1, moved 1", Counts(shelf.Add()));
        Assert.Equal(0, tools.Starts);
        Assert.Equal(["renamed.mp4", "two.mp4"], shelf.Files);
    }

    [Fact]
    public void AFileWithOtherContentIsAnotherVideo()
    {
        Fill("one.mp4", "two.mp4");
        shelf.Add();
        var old = shelf.Videos.Select(v => v.Content).ToHashSet();
        shelf.Put(videos.Short(7), "one.mp4");
        Assert.Equal("added 1, unchanged 1", Counts(shelf.Add()));
        Assert.Equal(["one.mp4", "two.mp4"], shelf.Files);
        Assert.Equal(2, shelf.Videos.Count); // what was overwritten is gone
        Assert.Single(shelf.Videos, v => !old.Contains(v.Content));
    }

    [Fact]
    public void OverwritingAVideoWithTheBytesOfAnotherLeavesOne()
    {
        Fill("one.mp4", "two.mp4");
        shelf.Add();
        shelf.Put(videos.Short(1), "one.mp4");
        File.SetLastWriteTimeUtc(shelf.At("one.mp4"), DateTime.UtcNow.AddSeconds(5));
        Assert.Equal("unchanged 1, same 1", Counts(shelf.Add()));
        Assert.Equal(2, Assert.Single(shelf.Videos).Files.Count);
    }

    [Fact]
    public void ATouchedFileIsRecognisedByItsContent()
    {
        Fill("one.mp4");
        shelf.Add();
        File.SetLastWriteTimeUtc(shelf.At("one.mp4"), DateTime.UtcNow.AddHours(1));
        using var tools = new FakeTools();
        var before = Assert.Single(shelf.Videos).Files[0].Stamp;
        Assert.Equal("unchanged 1", Counts(shelf.Add()));
        Assert.Equal(0, tools.Starts);
        Assert.NotEqual(before.ModifiedNanoseconds, Assert.Single(shelf.Videos).Files[0].Stamp.ModifiedNanoseconds);
    }

    [Fact]
    public void ADeletedFileIsMissingUntilItComesBack()
    {
        Fill("one.mp4", "two.mp4");
        shelf.Add();
        File.Delete(shelf.At("one.mp4"));
        Assert.Equal("unchanged 1, missing 1", Counts(shelf.Add()));
        Assert.Equal(["one.mp4 (missing)", "two.mp4"], shelf.Files);
        Assert.Equal([shelf.At("one.mp4")], shelf.Read(LibraryListings.Of).Videos.SelectMany(v => v.Missing));
        Assert.Equal("unchanged 1", Counts(shelf.Add()));
        Fill("one.mp4");
        using var tools = new FakeTools();
        Assert.Equal("unchanged 2", Counts(shelf.Add()));
        Assert.Equal((0, "one.mp4"), (tools.Starts, shelf.Files[0]));
    }

    [Fact]
    public void WhatIsElsewhereIsNotMissing()
    {
        Fill("here/one.mp4", "here too/two.mp4");
        shelf.Add();
        File.Delete(shelf.At("here too/two.mp4"));
        Assert.Equal("unchanged 1", Counts(shelf.Add([shelf.At("here")])));
        Assert.Equal(["one.mp4", "two.mp4"], shelf.Files);
    }

    [Fact]
    public void LinksAreOneFile()
    {
        Fill("one.mp4");
        Link(shelf.At("one.mp4"), shelf.At("hard.mp4"));
        File.CreateSymbolicLink(shelf.At("soft.mp4"), shelf.At("one.mp4"));
        Assert.Equal("added 1", Counts(shelf.Add()));
        Assert.Single(shelf.Files);
        using var tools = new FakeTools();
        Assert.Equal("unchanged 1", Counts(shelf.Add([shelf.At("hard.mp4")])));
        Assert.Equal("unchanged 1", Counts(shelf.Add([shelf.At("soft.mp4")])));
        Assert.Equal("unchanged 1", Counts(shelf.Add([shelf.At("one.mp4")])));
        Assert.Equal((0, 1), (tools.Starts, shelf.Files.Length));
    }

    [Fact]
    public void AnotherEmbedderIsRefused()
    {
        Fill("one.mp4");
        shelf.Add();
        using var library = VideoLibrary.OpenWrite(shelf.Library);
        var other = new WatchedEmbedder { Identity = new EmbedderIdentity("eyes@1", VectorKind.Bits256, 256, "eyes") };
        var refused = Assert.Throws<LibraryException>(() => Ingest.Add(library, other, [shelf.Folder], new IngestOptions([], 1)));
        Assert.Equal(LibraryFault.WrongEmbedder, refused.Fault);
        Assert.Contains("pdq-64@4", refused.Message);
        Assert.Contains("eyes@1", refused.Message);
        Assert.Empty(other.Names);
    }

    [Fact]
    public void ExcludedNamesAndFoldersAreLeftOut()
    {
        Fill("one.mp4", "trailers/two.mp4", "deep/trailers/three.mp4", "deep/four.tmp.mp4");
        Assert.Equal("added 1", Counts(shelf.Add(new IngestOptions(["**/trailers/**", "*.tmp.mp4"], 1))));
        Assert.Equal(["one.mp4"], shelf.Files);
        Assert.Equal("added 1, unchanged 1", Counts(shelf.Add(new IngestOptions([shelf.At("trailers"), "three.*"], 1))));
        Assert.Equal(["four.tmp.mp4", "one.mp4"], shelf.Files);
    }

    // Each name gets another clip: short clip 0, 1, 2 ...
    private void Fill(params string[] names)
    {
        foreach (var (i, name) in names.Index()) shelf.Put(videos.Short(i), name);
    }

    private static void Link(string file, string name)
    {
        using var child = Sosia.Video.ChildProcess.Start("ln", ["--", file, name]);
        Assert.Equal(0, child.Wait().ExitCode);
    }

    /// <summary>What is not zero.</summary>
    internal static string Counts(IngestResult result) => string.Join(", ", new[]
    {
        ("added", result.Added), ("unchanged", result.Unchanged), ("same", result.SameContent), ("moved", result.Moved),
        ("missing", result.Missing), ("damaged", result.Damaged.Count), ("failed", result.Failures.Count),
    }.Where(part => part.Item2 > 0).Select(part => $"{part.Item1} {part.Item2}"));
}
