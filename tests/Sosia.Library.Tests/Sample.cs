using Sosia.Matching;

namespace Sosia.Library.Tests;

/// <summary>Embedders, and videos whose rows follow from a seed alone, so that any process can tell whether it reads what another wrote.</summary>
internal static class Sample
{
    public static readonly EmbedderIdentity Bits = new("pdq-64@2", VectorKind.Bits256, 256, "1");

    public static readonly EmbedderIdentity Numbers = new("resnet@1", VectorKind.Int8Float16, 24, "a94f");

    public static TheoryData<string> Kinds => ["bits", "numbers"];

    public static EmbedderIdentity Embedder(string kind) => kind == "bits" ? Bits : Numbers;

    public static VectorRows Rows(EmbedderIdentity embedder, int seed, int count)
    {
        var random = new Random(seed);
        if (embedder.Kind == VectorKind.Bits256)
        {
            var bits = new byte[count * VectorRows.BitRowBytes];
            random.NextBytes(bits);
            return VectorRows.OfBits(bits);
        }

        var int8 = new byte[count * embedder.Dimension];
        random.NextBytes(int8);
        return VectorRows.OfQuantised(
            embedder.Dimension,
            Array.ConvertAll(int8, value => (Half)((value - 128) / 256f)),
            Array.ConvertAll(int8, value => (sbyte)(value - 128)),
            Numbers(count),
            Numbers(count));

        float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle())];
    }

    public static ClipSpan[] Spans(int seed, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new ClipSpan(i * 0.5, (i + 1) * 0.5, (byte)((seed + i) % 101)))];

    public static ContentId Content(int seed) => new(1000 + seed, $"{seed:x64}");

    public static VideoFacts Facts(int seed) => new(Content(seed), 12.5 + seed, 640, 360, 25, "h264", "mp4", seed % 3 == 0 ? "truncated" : null);

    public static FileStamp File(int seed) => new($"/videos/{seed}.mp4", 1000 + seed, 1_700_000_000_000_000_000 + seed, 5, seed, $"sample{seed}");

    public static int Count(int seed) => 1 + (seed * 7 % 23);

    /// <summary>Adds video <paramref name="seed"/>; it waits for the next flush.</summary>
    public static long Add(this VideoLibrary library, int seed, int? clips = null)
    {
        var ticket = library.BeginVideo();
        var count = clips ?? Count(seed);
        library.Append(ticket, Rows(library.Embedder, seed, count), Spans(seed, count));
        return library.Complete(ticket, Facts(seed), File(seed));
    }

    /// <summary>The seed of a video that <see cref="Add"/> added.</summary>
    public static int Seed(this StoredVideo video) => (int)(video.Content.Bytes - 1000);

    /// <summary>Fails unless every row is that of the seed.</summary>
    public static void AssertRows(EmbedderIdentity embedder, int seed, ClipSequence clips)
    {
        var expected = Rows(embedder, seed, clips.Count);
        Assert.Equal(expected.Bits.ToArray(), clips.Rows.Bits.ToArray());
        Assert.Equal(expected.Float16.ToArray(), clips.Rows.Float16.ToArray());
        Assert.Equal(expected.Int8.ToArray(), clips.Rows.Int8.ToArray());
        Assert.Equal(expected.Scale.ToArray(), clips.Rows.Scale.ToArray());
        Assert.Equal(expected.Residual.ToArray(), clips.Rows.Residual.ToArray());
        Assert.Equal(Spans(seed, clips.Count), clips.Spans.ToArray());
    }

    /// <summary>Fails unless every video of the library has exactly the rows of its seed, in blocks and by itself.</summary>
    public static void AssertWhole(this VideoLibrary library)
    {
        using var snapshot = library.Snapshot();
        var videos = library.Videos();
        Assert.Equal(videos.Select(video => video.Id), snapshot.VideoIds);
        foreach (var video in videos)
        {
            var clips = snapshot.Clips(video.Id);
            Assert.Equal(video.Clips, clips.Count);
            AssertRows(library.Embedder, video.Seed(), clips);
        }

        Assert.Equal(videos.Sum(video => video.Clips), snapshot.Rows);
        Assert.Empty(library.Verify());
    }
}
