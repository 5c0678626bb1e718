using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>Two frames a second through the shipped network.</summary>
[Collection("videos")]
public sealed class TrunkEmbedderTests(TestVideos videos) : IDisposable
{
    private static readonly IEmbedder Trunk = Embedders.Trunk;

    private readonly Drawn drawn = new();

    public void Dispose() => drawn.Dispose();

    [Fact]
    public void TwoRowsASecondEachWithItsSeconds()
    {
        var read = Drawn.Read(Trunk, drawn.Moving("a.mp4", 5.25));
        var spans = read.Clips.Spans.ToArray();
        Assert.Equal(11, read.Clips.Count);
        Assert.Equal((VectorKind.Int8Float16, 512), (read.Clips.Rows.Kind, read.Clips.Rows.Dimension));
        Assert.Equal(Enumerable.Range(0, 11).Select(i => i / 2.0), spans.Select(span => Math.Round(span.Start, 3)));
        Assert.All(spans.Zip(spans[1..]), pair => Assert.Equal(pair.First.End, pair.Second.Start));
        Assert.Equal((5.25, 11, null), (Math.Round(spans[^1].End, 3), read.Outcome.Frames, read.Outcome.Damage));
        Assert.Equal(read.Outcome.Duration, spans[^1].End);
        Assert.All(spans, span => Assert.InRange(span.Quality, 50, 100));
        Assert.Empty(read.Variants);
    }

    [Fact]
    public void TheSameVideoGivesTheSameRows()
    {
        var path = drawn.Moving("a.mp4", 4);
        var one = Drawn.Read(Trunk, path);
        Assert.All(Drawn.Likeness(one.Clips, Drawn.Read(Trunk, path).Clips), likeness => Assert.True(likeness > 0.999, $"{likeness}"));
        Assert.Contains(Drawn.Likeness(one.Clips, Drawn.Read(Trunk, drawn.Video("b.mp4", "mandelbrot=size=96x72:rate=4,trim=duration=4")).Clips), likeness => likeness < 0.5);
    }

    [Theory]
    [InlineData("pad=iw:ih*4/3:0:ih/6")]
    [InlineData("pad=iw*4/3:ih:iw/6:0:white")]
    [InlineData("pad=iw+24:ih+30:12:20:0x203040")]
    public void BordersAreCutOff(string pad)
    {
        var plain = Drawn.Read(Trunk, drawn.Filtered("plain.mp4", videos.Harbour, "scale=320:-2")).Clips;
        var boxed = Drawn.Read(Trunk, drawn.Filtered("boxed.mp4", videos.Harbour, $"scale=320:-2,{pad}")).Clips;
        var likeness = Drawn.Likeness(plain, boxed);
        Assert.True(likeness.Min() > 0.7 && likeness.Average() > 0.8, string.Join(" ", likeness.Select(one => $"{one:0.00}"))); // scaled twice, it is not the same picture
    }

    [Theory]
    [InlineData("black")]
    [InlineData("gray")]
    public void AFlatVideoProvesNothing(string colour)
    {
        var read = Drawn.Read(Trunk, drawn.Video("flat.mp4", $"color={colour}:size=96x72:rate=4:duration=3"));
        Assert.Equal(6, read.Clips.Count);
        Assert.All(read.Clips.Spans.ToArray(), span => Assert.Equal(0, span.Quality));
    }

    [Fact]
    public void APartIsThatPart()
    {
        var path = drawn.Moving("a.mp4", 8);
        var whole = Drawn.Read(Trunk, path).Clips;
        var part = Drawn.Read(Trunk, path, 2, 5).Clips;
        Assert.Equal(Enumerable.Range(4, 6).Select(i => i / 2.0), part.Spans.ToArray().Select(span => Math.Round(span.Start, 3)));
        Assert.Equal(5, part.Spans.Span[^1].End, 0.01);
        var same = new ClipSequence(whole.Rows.Slice(4, 6), whole.Spans.Slice(4, 6));
        Assert.All(Drawn.Likeness(same, part), likeness => Assert.True(likeness > 0.99, $"{likeness}"));
        Assert.Equal(0, Drawn.Read(Trunk, path, 100).Clips.Count);
    }

    [Fact]
    public void MirroredRowsAreThoseOfTheMirrorImage()
    {
        var plain = Drawn.Read(Trunk, drawn.Moving("plain.mp4", 3), variants: QueryVariant.Mirrored);
        var mirrored = Drawn.Read(Trunk, drawn.Moving("mirrored.mp4", 3, "hflip"));
        Assert.All(Drawn.Likeness(plain.Variants[0].Clips, mirrored.Clips), likeness => Assert.True(likeness > 0.97, $"{likeness}"));
        Assert.All(Drawn.Likeness(plain.Clips, mirrored.Clips), likeness => Assert.True(likeness < 0.9, $"{likeness}"));
        Assert.Equal(plain.Clips.Spans.ToArray(), plain.Variants[0].Clips.Spans.ToArray());
        Assert.Null(Trunk.Mirror(plain.Clips.Rows));
    }

    [Fact]
    public void APictureIsOneRow()
    {
        var read = Drawn.Read(Trunk, videos.Frame(videos.Harbour, 3, "frame.png"));
        Assert.Equal((1, 0.0), (read.Clips.Count, read.Outcome.Duration));
    }

    // A minute and more, so that batches come before its end.
    [Fact]
    public void ALongVideoIsHandedOverInBatchesAndCanBeStopped()
    {
        var video = Probe.Read(drawn.Moving("long.mp4", 80));
        using var stop = new CancellationTokenSource();
        var batches = new List<ClipBatch>();
        Assert.ThrowsAny<OperationCanceledException>(() => Trunk.Embed(video, new EmbedRequest(), batch =>
        {
            batches.Add(batch);
            stop.Cancel();
        }, stop.Token));
        Assert.InRange(Assert.Single(batches).Rows.Count, 64, 65);

        // Others are computed as ever.
        Assert.Equal(4, Drawn.Read(Trunk, drawn.Moving("short.mp4", 2)).Clips.Count);
    }

    [Fact]
    public void MirroredCopiesAreNamedSo()
    {
        using var shelf = new Shelf();
        var original = shelf.Put(videos.Harbour, "harbour.mp4");
        var copy = shelf.Put(videos.Copy("mirror", videos.Harbour).Path, "mirrored.mp4");
        var plain = shelf.Put(videos.Copy("reencode", videos.Market).Path, "plain.mp4");
        shelf.Put(videos.Market, "market.mkv");
        using (var library = VideoLibrary.Create(shelf.Library, Trunk.Identity))
        {
            Assert.Equal("added 4", Ingesting.IngestTests.Counts(Ingest.Add(library, Trunk, [shelf.Folder], new IngestOptions([], 2))));
        }

        using var reader = VideoLibrary.OpenRead(shelf.Library);
        using var finder = new Finder(reader, Trunk, 2);
        var pairs = finder.Duplicates().Groups.SelectMany(group => group.Pairs).ToArray();
        Assert.Equal(2, pairs.Length);
        foreach (var pair in pairs)
        {
            Assert.All(pair.Segments, segment => Assert.Equal(pair.A.Path == original || pair.B.Path == original, segment.Mirrored));
        }

        Assert.All(Match(finder, copy, original).Segments, segment => Assert.True(segment.Mirrored));
        Assert.All(Match(finder, plain, shelf.At("market.mkv")).Segments, segment => Assert.False(segment.Mirrored));
        var why = finder.Explain(original, copy);
        Assert.True(why.Copies && why.Segments.All(segment => segment.Mirrored));
        Assert.Contains(why.Checks, check => check.Name.StartsWith("mirrored", StringComparison.Ordinal));

        // Another content under the name of a video tells nothing about it; what is known of it still does.
        File.Copy(videos.Tower, original, overwrite: true);
        File.Copy(videos.Tower, copy, overwrite: true);
        Assert.Equal(2, finder.Duplicates().Groups.Sum(group => group.Pairs.Count));
        Assert.DoesNotContain(finder.Explain(original, copy).Checks, check => check.Name.StartsWith("mirrored", StringComparison.Ordinal));
    }

    private static Sosia.Match Match(Finder finder, string query, string found) => finder.Find(query).Matches.Single(match => match.Video.Path == found);
}
