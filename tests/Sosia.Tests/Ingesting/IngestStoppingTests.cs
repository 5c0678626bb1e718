using Sosia.Library;
using Xunit;

namespace Sosia.Tests.Ingesting;

/// <summary>Stopping keeps what is done; several workers do nothing twice.</summary>
[Collection("videos")]
public sealed class IngestStoppingTests(TestVideos videos) : IDisposable
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromSeconds(60);

    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AStoppedIngestKeepsWhatIsDoneAndGoesOn(int threads)
    {
        const int all = 5;
        for (var i = 0; i < all; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        using var stop = new CancellationTokenSource();
        shelf.Embedder.Reading = path =>
        {
            if (Path.GetFileName(path) == "3.mp4") stop.Cancel(); // in the middle of a video
        };
        Assert.ThrowsAny<OperationCanceledException>(() => shelf.Add(new IngestOptions([], threads), stop: stop.Token));
        var kept = shelf.Videos.Count;
        Assert.InRange(kept, 4 - threads, 4);
        Assert.DoesNotContain("3.mp4", shelf.Files);
        Assert.Empty(shelf.Read(library => library.Failures())); // stopping is no fault of a file

        shelf.Embedder.Reading = null;
        Assert.Equal($"added {all - kept}, unchanged {kept}", IngestTests.Counts(shelf.Add(new IngestOptions([], threads))));
        Assert.Equal(all, shelf.Videos.Count);
        Assert.Empty(shelf.Read(library => library.Verify()));
    }

    [Fact]
    public void StoppingBetweenFilesKeepsThemAll()
    {
        for (var i = 0; i < 3; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        using var stop = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => shelf.Add(progress: new Told(at =>
        {
            if (at.Done == 2) stop.Cancel();
        }), stop: stop.Token));
        Assert.Equal(["0.mp4", "1.mp4"], shelf.Files);
        Assert.Equal("added 1, unchanged 2", IngestTests.Counts(shelf.Add()));
    }

    [Fact]
    public void TwoFilesOfTheSameContentAtOnceAreReadOnce()
    {
        shelf.Put(videos.Short(0), "a.mp4");
        shelf.Put(videos.Short(0), "b.mp4");
        using var other = new ManualResetEventSlim();
        var reading = 0;
        shelf.Embedder.Reading = _ =>
        {
            if (Interlocked.Increment(ref reading) == 2) other.Set(); // the fault that is looked for
            Assert.True(other.Wait(HangGuard), "the second worker never came");
        };
        var result = shelf.Add(new IngestOptions([], 2), new Told(_ => other.Set()));
        Assert.Equal("added 1, same 1", IngestTests.Counts(result));
        Assert.Single(shelf.Embedder.Names);
        Assert.Equal(2, Assert.Single(shelf.Videos).Files.Count);
    }

    [Fact]
    public void TheNumberOfThreadsChangesNothing()
    {
        for (var i = 0; i < 6; i++) shelf.Put(videos.Short(i % 4), $"{i}.mp4");
        shelf.Write("bad.mp4", "no video");
        using var one = new Shelf();
        foreach (var file in Directory.GetFiles(shelf.Folder)) one.Put(file, Path.GetFileName(file));
        Assert.Equal(IngestTests.Counts(one.Add(new IngestOptions([], 1))), IngestTests.Counts(shelf.Add(new IngestOptions([], 3))));
        Assert.Equal(Contents(one), Contents(shelf));

        static string[] Contents(Shelf shelf) =>
            [.. shelf.Videos.Select(v => $"{v.Content} {v.Clips} {v.Files.Count}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void WhatIsDoneIsSafeWhileALongVideoIsRead()
    {
        shelf.Put(videos.Short(0), "1.mp4");
        shelf.Put(videos.Short(1), "2.mp4");
        var clock = new Clock();
        string[] seen = [];
        shelf.Embedder.Reading = path => clock.Seconds += Path.GetFileName(path) == "2.mp4" ? 10 : 0;
        shelf.Embedder.WasRead = path => seen = Path.GetFileName(path) == "2.mp4" ? shelf.Files : [];
        using (var library = VideoLibrary.Create(shelf.Library, shelf.Embedder.Identity))
        {
            library.Clock = clock;
            Ingest.Add(library, shelf.Embedder, [shelf.Folder], new IngestOptions([], 1));
        }

        Assert.Equal(["1.mp4"], seen);
    }

    [Fact]
    public void ProgressIsToldWhileAVideoIsRead()
    {
        shelf.Put(videos.Short(0), "1.mp4");
        var told = new List<IngestProgress>();
        shelf.Add(progress: new Told(told.Add));
        Assert.Equal([0, 1], told.Select(at => at.Done));
        Assert.All(told, at => Assert.Equal(2, at.Seconds, 0.1));
    }

    [Fact]
    public void TheLastFilesGetTheIdleThreads()
    {
        for (var i = 0; i < 3; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        shelf.Add(new IngestOptions([], 1));
        Assert.Equal([1, 1, 1], shelf.Embedder.Threads);
        shelf.Put(videos.Short(3), "3.mp4");
        shelf.Add([shelf.At("3.mp4")], new IngestOptions([], 6));
        Assert.Equal(6, shelf.Embedder.Threads[^1]);
    }

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }

    private sealed class Told(Action<IngestProgress> tell) : IProgress<IngestProgress>
    {
        public void Report(IngestProgress value) => tell(value);
    }
}
