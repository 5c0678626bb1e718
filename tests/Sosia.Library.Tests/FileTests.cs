namespace Sosia.Library.Tests;

/// <summary>Files, moves, removals, failures and the lives of a library.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly VideoLibrary library;
    private readonly long first;
    private readonly long second;

    public FileTests()
    {
        library = VideoLibrary.Create(temporary.Library, Sample.Bits);
        first = library.Add(1);
        second = library.Add(2);
        library.Flush();
    }

    public void Dispose()
    {
        library.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public void AVideoHasManyFiles()
    {
        library.AddFile(first, Sample.File(7));
        Assert.Equal([Sample.File(1), Sample.File(7)], library.Video(first)!.Files.Select(file => file.Stamp));
        Assert.Equal(first, library.FindFile("/videos/7.mp4")!.VideoId);
        Assert.Null(library.FindFile("/videos/8.mp4"));
        Assert.Throws<ArgumentException>(() => library.AddFile(99, Sample.File(8)));
    }

    [Fact]
    public void TheSameContentUnderAnotherNameIsTheSameVideo()
    {
        var ticket = library.BeginVideo();
        library.Append(ticket, Sample.Rows(Sample.Bits, 1, 3), Sample.Spans(1, 3));
        Assert.Equal(first, library.Complete(ticket, Sample.Facts(1), Sample.File(7)));
        Assert.False(library.FlushDue);

        var third = library.Add(3);
        Assert.Equal(third, library.Complete(library.BeginVideo(), Sample.Facts(3), Sample.File(8)));
        library.AddFile(third, Sample.File(9));
        library.Flush();
        Assert.Equal(3, library.Videos().Count);
        Assert.Equal([Sample.File(1), Sample.File(7)], library.Video(first)!.Files.Select(file => file.Stamp));
        Assert.Equal([Sample.File(3), Sample.File(8), Sample.File(9)], library.Video(third)!.Files.Select(file => file.Stamp));
        library.AssertWhole();
    }

    [Fact]
    public void APathThatHoldsOtherContentNowBelongsToTheOtherVideo()
    {
        var id = library.Complete(library.BeginVideo(), Sample.Facts(3), Sample.File(1) with { Bytes = 5 });
        library.Flush();
        Assert.Empty(library.Video(first)!.Files);
        Assert.Equal(5, Assert.Single(library.Video(id)!.Files).Stamp.Bytes);
    }

    [Fact]
    public void AMovedFileIsFoundByItsSamples()
    {
        var file = Assert.Single(library.FindBySample(1001, "sample1"));
        Assert.Empty(library.FindBySample(1002, "sample1"));
        library.MarkMissing(file.Id);
        Assert.True(library.FindFile(file.Stamp.Path)!.Missing);
        library.MoveFile(file.Id, file.Stamp with { Path = "/moved.mp4" });
        Assert.Equal(new StoredFile(file.Id, first, file.Stamp with { Path = "/moved.mp4" }, Missing: false), library.FindFile("/moved.mp4"));
        Assert.Null(library.FindFile(file.Stamp.Path));

        library.RestampFile(file.Id, file.Stamp with { Path = "/moved.mp4", ModifiedNanoseconds = 9 });
        Assert.Equal(9, library.FindFile("/moved.mp4")!.Stamp.ModifiedNanoseconds);
        library.MoveFile(file.Id, file.Stamp with { Path = Sample.File(2).Path }); // Over another one.
        Assert.Equal(first, library.FindFile(Sample.File(2).Path)!.VideoId);
        Assert.Empty(library.Video(second)!.Files);
        Assert.Throws<ArgumentException>(() => library.MoveFile(99, file.Stamp));
        Assert.Throws<ArgumentException>(() => library.MarkMissing(99));
    }

    [Fact]
    public void RemovedVideosAreGoneFromSnapshotsMadeLater()
    {
        using var before = library.Snapshot();
        library.RemoveVideo(first);
        using var after = library.Snapshot();
        Assert.Equal([first, second], before.VideoIds);
        Sample.AssertRows(Sample.Bits, 1, before.Clips(first));
        Assert.Equal([second], after.VideoIds);
        Assert.Equal(Sample.Count(2), after.Rows);
        Assert.Null(library.Video(first));
        Assert.Null(library.FindFile(Sample.File(1).Path));
        Assert.Equal((1, 1, Sample.Count(1)), (library.Status().Videos, library.Status().RemovedVideos, (int)library.Status().RemovedClips));
        Assert.Throws<ArgumentException>(() => library.RemoveVideo(first));

        Assert.Equal(3, library.Add(1)); // The same content again is a new video.
        library.Flush();
        library.AssertWhole();
    }

    [Fact]
    public void TheLastFileTakesItsVideoAlongOnlyWhenTold()
    {
        library.RemoveFile(library.Video(first)!.Files[0].Id);
        Assert.Empty(library.Video(first)!.Files);
        using (var snapshot = library.Snapshot()) Assert.Equal([second], snapshot.VideoIds);
        Assert.Throws<ArgumentException>(() => library.RemoveFile(99));
        Assert.Equal(1, library.RemoveVideosWithoutFiles());
        Assert.Equal([second], library.Videos().Select(video => video.Id));
        library.AssertWhole();
    }

    [Fact]
    public void ManyFilesGoTogetherOrNotAtAll()
    {
        library.AddFile(second, Sample.File(8));
        long[] files = [.. library.Videos().SelectMany(video => video.Files).Select(file => file.Id)];
        Assert.Throws<ArgumentException>(() => library.RemoveFiles([.. files, 99]));
        Assert.Throws<ArgumentException>(() => library.MarkMissing([.. files, 99]));
        Assert.Equal(3, library.Videos().SelectMany(video => video.Files).Count(file => !file.Missing));

        Assert.Equal(1, library.RemoveFiles(files[..2]));
        Assert.Equal([second], library.Videos().Select(video => video.Id));
        Assert.Equal([Sample.File(8)], library.Video(second)!.Files.Select(file => file.Stamp));
        Assert.Equal(1, library.Status().RemovedVideos);
        library.AssertWhole();
    }

    [Fact]
    public void FailuresAreKeptUntilTheFileSucceeds()
    {
        var at = new DateTime(2026, 3, 4, 5, 6, 7, 89, DateTimeKind.Utc);
        var failure = new StoredFailure(Sample.File(3).Path, 1, 2, "no video stream", at);
        library.RecordFailure(failure);
        library.RecordFailure(failure with { Path = "/other.mp4" });
        library.RecordFailure(failure with { Reason = "empty" });
        Assert.Equal([failure with { Path = "/other.mp4" }, failure with { Reason = "empty" }], library.Failures());
        library.Add(3);
        library.Flush();
        Assert.Equal("/other.mp4", Assert.Single(library.Failures()).Path);
        library.ClearFailure("/other.mp4");
        library.ClearFailure("/never.mp4");
        Assert.Empty(library.Failures());
    }

    [Fact]
    public void NamesOfAnyKindComeBackAsTheyWere()
    {
        string[] names = ["/a\nb.mp4", "/'; DROP TABLE files; --.mp4", "/ÄÖ 日本 😀.mp4", "/-rf", "/a%20b?#.mp4"];
        Array.ForEach(names, name => library.AddFile(first, Sample.File(1) with { Path = name }));
        Assert.All(names, name => Assert.Equal(name, library.FindFile(name)!.Stamp.Path));
    }

    [Fact]
    public void StatusCountsEverything()
    {
        library.AddFile(first, Sample.File(7));
        library.MarkMissing(library.FindFile(Sample.File(7).Path)!.Id);
        var status = library.Status();
        Assert.Equal(
            new LibraryStatus(Sample.Bits, 2, 3, 1, Sample.Count(1) + Sample.Count(2), 28, status.Bytes, 1, 0, 0, 0), status);
        Assert.InRange(status.Bytes, 10_000, 10_000_000);
    }

    [Fact]
    public void AnotherEmbedderIsRefused()
    {
        library.RequireEmbedder(Sample.Bits with { });
        var refused = Assert.Throws<LibraryException>(() => library.RequireEmbedder(Sample.Numbers));
        Assert.Equal(LibraryFault.WrongEmbedder, refused.Fault);
        Assert.Equal(
            $"library {temporary.Library} was made with pdq-64@2, not resnet@1: use another --library or remove it", refused.Message);
        refused = Assert.Throws<LibraryException>(() => library.RequireEmbedder(Sample.Bits with { Fingerprint = "2" }));
        Assert.Contains("(fingerprint 1, ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("(fingerprint 2, ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderIsMadeIntoALibraryOnlyWhenItIsEmpty()
    {
        Assert.Equal(LibraryFault.AlreadyExists, Fault(() => VideoLibrary.Create(temporary.Library, Sample.Bits)));
        Assert.Equal(LibraryFault.AlreadyExists, Fault(() => VideoLibrary.Create(temporary.Path, Sample.Bits)));
        Assert.False(VideoLibrary.Exists(temporary.Path));
        Assert.Equal(LibraryFault.NotALibrary, Fault(() => VideoLibrary.OpenRead(temporary.Path)));
        Assert.Equal(LibraryFault.NotALibrary, Fault(() => VideoLibrary.OpenWrite(Path.Combine(temporary.Path, "nowhere"))));
        Assert.Equal(LibraryFault.NotWritable, Fault(() => VideoLibrary.Create(Path.Combine(temporary.Library, "catalogue.db", "x"), Sample.Bits)));
        Assert.Throws<ArgumentException>(() => VideoLibrary.Create(Path.Combine(temporary.Path, "new"), Sample.Bits with { Dimension = 64 }));

        var half = Directory.CreateDirectory(Path.Combine(temporary.Path, "half # %20?")).FullName; // A creation was killed here.
        Directory.CreateDirectory(Path.Combine(half, "segments"));
        string[] left = ["catalogue.db.new", "catalogue.db.new-wal", "writer.lock", "writer.txt"];
        Array.ForEach(left, name => File.WriteAllText(Path.Combine(half, name), "x"));
        using var made = VideoLibrary.Create(half, Sample.Bits);
        made.Add(1);
        made.Flush();
        made.AssertWhole();
    }

    private static LibraryFault Fault(Func<VideoLibrary> open) => Assert.Throws<LibraryException>(() => open().Dispose()).Fault;
}
