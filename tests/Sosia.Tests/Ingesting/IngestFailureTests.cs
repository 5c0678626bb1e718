using Sosia.Torch;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Ingesting;

/// <summary>One bad file never stops the rest, is told with its reason, and is not tried again in vain.</summary>
[Collection("videos")]
public sealed class IngestFailureTests(TestVideos videos) : IDisposable
{
    private readonly Shelf shelf = new();

    public void Dispose() => shelf.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void BadFilesAreReportedAndTheRestGoesOn(int threads)
    {
        shelf.Write("a-text.mp4", "no video at all");
        shelf.Write("b-empty.mp4", "");
        shelf.Put(videos.Sound, "c-sound.mp4");
        File.CreateSymbolicLink(shelf.At("d-broken.mp4"), shelf.At("nowhere"));
        File.CreateSymbolicLink(shelf.At("e-loop.mp4"), shelf.At("e-loop.mp4"));
        shelf.Put(videos.Short(0), "f-good.mp4");
        var result = shelf.Add(new IngestOptions([], threads));
        Assert.Equal("added 1, failed 5", IngestTests.Counts(result));
        string[] expected =
            ["a-text.mp4: not a video", "b-empty.mp4: the file is empty", "c-sound.mp4: no video stream", "d-broken.mp4: a symbolic link to", "e-loop.mp4: a symbolic link that"];
        Assert.All(expected.Zip(result.Failures), pair => Assert.StartsWith(pair.First, $"{Path.GetFileName(pair.Second.Path)}: {pair.Second.Reason}"));
        Assert.All(result.Failures, failure => Assert.True(Path.IsPathFullyQualified(failure.Path)));
    }

    [Fact]
    public void ABrokenFileIsUsedAndSaidToBeDamaged()
    {
        var path = shelf.At("cut.ts");
        using (var child = Ffmpeg.Start("ffmpeg", path, ["-v", "error", "-i", $"file:{videos.Market}", "-c", "copy", $"file:{path}"]))
            Assert.Equal(0, child.Wait().ExitCode);
        var bytes = File.ReadAllBytes(path);
        bytes.AsSpan(bytes.Length / 2, 4000).Fill(0x5A);
        File.WriteAllBytes(path, bytes);
        var result = shelf.Add();
        Assert.Equal("added 1, damaged 1", IngestTests.Counts(result));
        Assert.NotNull(Assert.Single(shelf.Videos).Damage);
    }

    [Fact]
    public void AFailureIsRememberedUntilTheFileChanges()
    {
        shelf.Write("bad.mp4", "no video at all");
        var reason = Assert.Single(shelf.Add().Failures).Reason;
        using (var tools = new FakeTools())
        {
            var again = shelf.Add();
            Assert.Equal(("failed 1", reason, 0), (IngestTests.Counts(again), again.Failures[0].Reason, tools.Starts));
            Assert.Equal([shelf.At("bad.mp4")], again.FailedBefore);
        }

        shelf.Put(videos.Short(0), "bad.mp4");
        Assert.Equal("added 1", IngestTests.Counts(shelf.Add()));
        Assert.Empty(shelf.Read(library => library.Failures()));
    }

    [Fact]
    public void RetryTriesAgain()
    {
        shelf.Put(videos.Short(0), "one.mp4");
        using (new FakeTools()) Assert.Equal("failed 1", IngestTests.Counts(shelf.Add()));
        Assert.Equal("failed 1", IngestTests.Counts(shelf.Add()));
        Assert.Equal("added 1", IngestTests.Counts(shelf.Add(new IngestOptions([], 1, Retry: true))));
        Assert.Empty(shelf.Read(library => library.Failures()));
    }

    [Fact]
    public void AnErrorOfOneFileStopsNoOther()
    {
        for (var i = 0; i < 3; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        shelf.Embedder.Reading = path =>
        {
            if (Path.GetFileName(path) == "1.mp4") throw new ArgumentException("a clip that no library can hold");
        };
        var result = shelf.Add();
        Assert.Equal("added 2, failed 1", IngestTests.Counts(result));
        Assert.Contains("no library can hold", result.Failures[0].Reason);
        shelf.Embedder.Reading = null;
        Assert.Equal("added 1, unchanged 2", IngestTests.Counts(shelf.Add()));
    }

    [Fact]
    public void WhatIsNoFaultOfTheContentIsTriedAgain()
    {
        shelf.Put(videos.Short(0), "one.mp4");
        shelf.Embedder.Reading = path => throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.");
        Assert.Equal("no permission to read it", Assert.Single(shelf.Add().Failures).Reason);
        Assert.Equal("no permission to read it", Assert.Single(shelf.Read(library => library.Failures())).Reason); // `status` tells it
        shelf.Embedder.Reading = path => throw new VideoException(VideoFault.TimedOut, path, "it took too long");
        Assert.Empty(shelf.Add().FailedBefore);
        shelf.Embedder.Reading = null;
        Assert.Equal("added 1", IngestTests.Counts(shelf.Add()));
        Assert.Empty(shelf.Read(library => library.Failures()));
    }

    [Fact]
    public void AFileThatChangesWhileItIsReadIsTriedAgain()
    {
        var path = shelf.Put(videos.Short(0), "one.mp4");
        shelf.Embedder.WasRead = _ => File.AppendAllText(path, "more");
        Assert.Equal("changed while it was read; add it again", Assert.Single(shelf.Add().Failures).Reason);
        Assert.Empty(shelf.Videos);
        shelf.Embedder.WasRead = null;
        Assert.Equal("added 1", IngestTests.Counts(shelf.Add()));
    }

    [Fact]
    public void FailuresOfTheWalkAreKeptUntilTheyEnd()
    {
        shelf.Put(videos.Short(0), "one.mp4");
        File.CreateSymbolicLink(shelf.At("broken.mp4"), shelf.At("nowhere"));
        for (var i = 0; i < 2; i++)
        {
            shelf.Add();
            Assert.Equal(shelf.At("broken.mp4"), Assert.Single(shelf.Read(LibraryListings.Status).Failures).Path);
        }

        File.Delete(shelf.At("broken.mp4"));
        shelf.Add();
        Assert.Empty(shelf.Read(LibraryListings.Status).Failures);
    }

    [Fact]
    public void AFailureIsForgottenWithItsFile()
    {
        shelf.Put(videos.Short(0), "one.mp4");
        shelf.Write("bad.mp4", "no video at all");
        shelf.Write("elsewhere/bad.mp4", "nor this");
        shelf.Add();
        File.Delete(shelf.At("bad.mp4"));
        File.Delete(shelf.At("elsewhere/bad.mp4"));
        shelf.Add([shelf.At("one.mp4")]);
        Assert.Equal(2, shelf.Read(library => library.Failures()).Count);
        shelf.Add();
        Assert.Empty(shelf.Read(library => library.Failures()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void AMissingDecoderIsNoFaultOfTheFiles(int threads)
    {
        for (var i = 0; i < 4; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        var probe = Environment.GetEnvironmentVariable("SOSIA_FFPROBE");
        try
        {
            Environment.SetEnvironmentVariable("SOSIA_FFPROBE", shelf.At("nowhere"));
            var error = Assert.ThrowsAny<Exception>(() => shelf.Add(new IngestOptions([], threads)));
            Assert.Equal(VideoFault.ToolMissing, Assert.IsType<VideoException>(error).Fault);
        }
        finally
        {
            Environment.SetEnvironmentVariable("SOSIA_FFPROBE", probe);
        }

        Assert.Equal("added 4", IngestTests.Counts(shelf.Add()));
    }

    // Nothing of it is remembered: the same command goes on once there is memory, or the model is whole.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void ANetworkThatFailsIsNoFaultOfTheFiles(int threads)
    {
        for (var i = 0; i < 4; i++) shelf.Put(videos.Short(i), $"{i}.mp4");
        foreach (var error in new Exception[] { new TorchOutOfMemoryException("no memory for 1 x 3 x 144 x 144"), new TorchException("conv2d refused"), new EnvironmentException("the network cannot be loaded") })
        {
            shelf.Embedder.Reading = _ => throw error;
            Assert.Same(error, Assert.ThrowsAny<Exception>(() => shelf.Add(new IngestOptions([], threads))));
            Assert.Empty(shelf.Read(library => library.Failures()));
        }

        shelf.Embedder.Reading = null;
        Assert.Equal("added 4", IngestTests.Counts(shelf.Add()));
        Assert.Empty(shelf.Read(library => library.Verify()));
    }
}
