using Sosia.Matching;

namespace Sosia.Library.Tests;

public sealed class RoundTripTests : IDisposable
{
    private readonly TemporaryFolder temporary = new();

    public void Dispose() => temporary.Dispose();

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void WhatWasWrittenIsReadByAnotherOpening(string kind)
    {
        using (var library = VideoLibrary.Create(temporary.Library, Sample.Embedder(kind)))
        {
            Enumerable.Range(1, 5).ToList().ForEach(seed => library.Add(seed));
            Assert.Empty(library.Videos());
            library.Flush();
            library.Add(6);
            library.Flush();
            library.AssertWhole();
        }

        using var read = VideoLibrary.OpenRead(temporary.Library);
        Assert.Equal(Sample.Embedder(kind), read.Embedder);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Videos().Select(video => video.Seed()));
        Assert.Equal(["000001.seg", "000002.seg"], temporary.Segments);
        read.AssertWhole();
    }

    [Fact]
    public void SmallSegmentsCostNoMapping()
    {
        const int largeRows = 10_000; // more than 256 KiB
        using var library = VideoLibrary.Create(temporary.Library, Sample.Bits);
        for (var seed = 1; seed <= 3; seed++)
        {
            library.Add(seed, seed == 2 ? largeRows : 5);
            library.Flush();
        }

        using (library.Snapshot()) Assert.Equal(OperatingSystem.IsLinux() ? [temporary.Segment(2)] : [], Mapped());
        Assert.Empty(Mapped());
        library.AssertWhole();

        string[] Mapped() => OperatingSystem.IsLinux()
            ? [.. File.ReadLines("/proc/self/maps").Where(line => line.Contains(temporary.Library) && line.EndsWith(".seg")).Select(line => line[line.IndexOf('/')..]).Distinct()]
            : [];
    }

    [Fact]
    public void EveryFactOfAVideoIsKept()
    {
        using var library = VideoLibrary.Create(temporary.Library, Sample.Bits);
        var id = library.Add(3, clips: 4);
        library.Flush();

        var video = library.Video(id)!;
        var facts = Sample.Facts(3);
        var expected = new StoredVideo(
            id, facts.Content, facts.Duration, facts.Width, facts.Height, facts.FrameRate, facts.Codec, facts.Container, 4, "truncated",
            video.AddedUtc, video.Files);
        Assert.Equal(expected, video);
        Assert.Equal(DateTimeKind.Utc, video.AddedUtc.Kind);
        Assert.InRange(DateTime.UtcNow - video.AddedUtc, TimeSpan.FromSeconds(-1), TimeSpan.FromMinutes(5));
        Assert.Equal(new StoredFile(video.Files[0].Id, id, Sample.File(3), Missing: false), Assert.Single(video.Files));
        Assert.Equal(id, library.FindByContent(Sample.Content(3))!.Id);
        Assert.Null(library.FindByContent(Sample.Content(4)));
    }

    [Theory]
    [MemberData(nameof(Sample.Kinds), MemberType = typeof(Sample))]
    public void EveryRowOfABlockLeadsToItsClip(string kind)
    {
        using var library = VideoLibrary.Create(temporary.Library, Sample.Embedder(kind));
        for (var seed = 1; seed <= 9; seed++)
        {
            library.Add(seed);
            if (seed % 3 == 0)
            {
                library.Flush();
            }
        }

        library.RemoveVideo(5);
        using var snapshot = library.Snapshot();
        Assert.Equal(4, snapshot.Blocks.Count); // Without video 5 the second segment is two runs.
        var seen = new HashSet<(long, int)>();
        for (var block = 0; block < snapshot.Blocks.Count; block++)
        {
            for (var row = 0; row < snapshot.Blocks[block].Rows.Count; row++)
            {
                var clip = snapshot.Locate(block, row);
                Assert.True(seen.Add((clip.VideoId, clip.Clip)));
                Assert.Equal(Bytes(snapshot.Clips(clip.VideoId).Rows.Slice(clip.Clip, 1)), Bytes(snapshot.Blocks[block].Rows.Slice(row, 1)));
                Assert.Equal(snapshot.Clips(clip.VideoId).Spans.Span[clip.Clip], clip.Span);
            }
        }

        Assert.Equal(snapshot.Rows, seen.Count);
        Assert.DoesNotContain(5, snapshot.VideoIds);
        Assert.Throws<ArgumentException>(() => snapshot.Clips(5));
        Assert.Throws<ArgumentOutOfRangeException>(() => snapshot.Locate(0, snapshot.Blocks[0].Rows.Count));
    }

    private static byte[] Bytes(VectorRows rows) =>
        rows.Kind == VectorKind.Bits256 ? rows.Bits.ToArray() : Array.ConvertAll(rows.Int8.ToArray(), value => (byte)value);
}
