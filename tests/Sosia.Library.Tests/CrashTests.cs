using Xunit.Abstractions;

namespace Sosia.Library.Tests;

/// <summary>A writer is killed (SIGKILL) again and again; what it acknowledged must be there, whole, and nothing half.</summary>
public sealed class CrashTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder temporary = new();
    private readonly HashSet<int> acknowledged = [];
    private int nextSeed = 1000;

    public void Dispose() => temporary.Dispose();

    [Theory]
    [InlineData(nameof(WriteStep.SegmentHalfWritten))]
    [InlineData(nameof(WriteStep.SegmentWritten))]
    [InlineData(nameof(WriteStep.SegmentNamed))]
    [InlineData(nameof(WriteStep.TransactionOpen))]
    [InlineData(nameof(WriteStep.Committed))]
    public void KilledAtAStep(string step)
    {
        for (var round = 1; round <= 3; round++)
        {
            KillAndCheck(killAfter: int.MaxValue, step, nth: round * 2, inDoubt: step == nameof(WriteStep.Committed));
        }
    }

    [Fact]
    public void KilledAtAnyTime()
    {
        var seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        for (var round = 0; round < 6; round++)
        {
            KillAndCheck(killAfter: random.Next(0, 12), "none", nth: 0, inDoubt: true);
        }
    }

    private void KillAndCheck(int killAfter, string step, int nth, bool inDoubt)
    {
        var before = Ids();
        var first = nextSeed;
        RunAndKill(killAfter, step, nth);
        if (!VideoLibrary.Exists(temporary.Library))
        {
            Assert.Empty(acknowledged); // Killed before there was a library.
            return;
        }

        using (var reader = VideoLibrary.OpenRead(temporary.Library))
        {
            CheckVideos(reader, first, inDoubt);
        }

        using var library = VideoLibrary.OpenWrite(temporary.Library);
        CheckVideos(library, first, inDoubt);
        using var snapshot = library.Snapshot();
        Assert.Equal(library.Status().Segments, temporary.Segments.Length); // Orphans are gone.
        var ids = library.Videos().ToDictionary(video => video.Id, video => video.Seed());
        Assert.All(before, pair => Assert.Equal(pair.Value, ids[pair.Key]));
        nextSeed = library.Videos().Select(video => video.Seed()).Append(nextSeed).Max() + 5;
        acknowledged.UnionWith(ids.Values);
    }

    private Dictionary<long, int> Ids()
    {
        if (!VideoLibrary.Exists(temporary.Library))
        {
            return [];
        }

        using var library = VideoLibrary.OpenRead(temporary.Library);
        return library.Videos().ToDictionary(video => video.Id, video => video.Seed());
    }

    private void RunAndKill(int killAfter, string step, int nth)
    {
        using var child = Child.Start("write", temporary.Library, nextSeed.ToString(), step, nth.ToString());
        for (var lines = 0; lines < killAfter && child.StandardOutput.ReadLine() is { } line; lines++)
        {
            acknowledged.UnionWith(Enumerable.Range(int.Parse(line), 5));
        }

        child.Kill();
        while (child.StandardOutput.ReadLine() is { } line)
        {
            acknowledged.UnionWith(Enumerable.Range(int.Parse(line), 5));
        }

        child.WaitForExit();
        Assert.Equal(137, child.ExitCode);
    }

    private void CheckVideos(VideoLibrary library, int first, bool inDoubt)
    {
        library.AssertWhole();
        var seeds = library.Videos().Select(video => video.Seed()).ToHashSet();
        Assert.Superset(acknowledged, seeds);
        Assert.Equal(0, seeds.Count % 5); // Batches are there whole or not at all.

        // Killed between the commit and its announcement, one batch may be there that nobody was told of.
        var unannounced = seeds.Except(acknowledged).ToList();
        Assert.InRange(unannounced.Count, 0, inDoubt ? 5 : 0);
        Assert.All(unannounced, seed => Assert.True(seed >= first));
    }
}
