using Sosia.Learning.Encoders;
using Sosia.Torch;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>Clips of eight seconds by the published rule, through a small network of chance weights.</summary>
[Collection("videos")]
public sealed class ClipEmbedderTests : IDisposable
{
    private static readonly ClipEmbedder Tiny = ClipEmbedder.ThreeDCsl("tiny", "for tests", TransformerSize.Micro.Width, "tiny/1", Network);

    private readonly Drawn drawn = new();

    public void Dispose() => drawn.Dispose();

    // A last clip that is less than half full is dropped, unless it is the only one.
    [Theory]
    [InlineData(1, "0-1")]
    [InlineData(3, "0-3")]
    [InlineData(8, "0-8")]
    [InlineData(11, "0-8")]
    [InlineData(12, "0-8 8-12")]
    [InlineData(20, "0-8 8-16 16-20")]
    public void ClipsAreCutByThePublishedRule(int seconds, string spans)
    {
        var read = Drawn.Read(Tiny, drawn.Moving("a.mp4", seconds));
        Assert.Equal(spans, string.Join(" ", read.Clips.Spans.ToArray().Select(span => $"{span.Start:0.##}-{span.End:0.##}")));
        Assert.Equal((seconds, 48), (read.Outcome.Frames, read.Clips.Rows.Dimension));
        Assert.All(read.Clips.Spans.ToArray(), span => Assert.InRange(span.Quality, 10, 100));
    }

    [Fact]
    public void MissingFramesAreBlack()
    {
        var cut = Drawn.Read(Tiny, drawn.Moving("cut.mp4", 12)).Clips;
        var black = Drawn.Read(Tiny, drawn.Moving("black.mp4", 16, "drawbox=color=black:t=fill:enable='gte(t,11.9)'")).Clips;
        Assert.All(Drawn.Likeness(cut, black), likeness => Assert.True(likeness > 0.9999, $"{likeness}"));

        // The network sees a difference where there is one.
        Assert.True(Drawn.Likeness(cut, Drawn.Read(Tiny, drawn.Moving("whole.mp4", 16)).Clips)[1] < 0.9995);
    }

    [Fact]
    public void MirroredRowsAreThoseOfTheMirrorImage()
    {
        var plain = Drawn.Read(Tiny, drawn.Moving("plain.mp4", 8), variants: QueryVariant.Mirrored);
        var mirrored = Drawn.Read(Tiny, drawn.Moving("mirrored.mp4", 8, "hflip"));
        var own = Drawn.Likeness(plain.Variants[0].Clips, mirrored.Clips)[0];
        Assert.True(own > 0.999 && own > Drawn.Likeness(plain.Clips, mirrored.Clips)[0], $"{own}");
        Assert.Null(Tiny.Mirror(plain.Clips.Rows));
    }

    [Fact]
    public void BlackProvesNothingAndWhatIsNotShownGivesNoClip()
    {
        var black = Drawn.Read(Tiny, drawn.Video("black.mp4", "color=black:size=96x72:rate=4:duration=9"));
        Assert.Equal([0], black.Clips.Spans.ToArray().Select(span => (int)span.Quality));
        Assert.Equal(0, Drawn.Read(Tiny, drawn.Moving("a.mp4", 3), from: 100).Clips.Count);
    }

    [Fact]
    public void APartBeginsWhereItBegins()
    {
        var spans = Drawn.Read(Tiny, drawn.Moving("a.mp4", 12), from: 2, to: 7).Clips.Spans.ToArray();
        Assert.Equal("2-7", string.Join(" ", spans.Select(span => $"{span.Start:0.##}-{span.End:0.##}")));
    }

    [Fact]
    public void TheSameSeedIsTheSameNetwork()
    {
        var path = drawn.Moving("a.mp4", 8);
        var again = ClipEmbedder.ThreeDCsl("again", "", TransformerSize.Micro.Width, "tiny/1", Network);
        Assert.True(Drawn.Likeness(Drawn.Read(Tiny, path).Clips, Drawn.Read(again, path).Clips)[0] > 0.9999);
    }

    private static VideoTransformer Network()
    {
        using var generator = new Generator(3);
        return new VideoTransformer(VideoTransformerShape.ThreeDCsl(TransformerSize.Micro), generator);
    }
}
