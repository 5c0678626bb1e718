using Xunit;

namespace Sosia.Matching.Tests;

public sealed class ConfidenceTests
{
    private static readonly MatchedSegment Segment = new(new Stretch(0, 4), new Stretch(10, 14), Score: 0.5, Speed: 1, Evidence: 9, Straightness: 0.8, Coverage: 0.5);

    [Fact]
    public void Is_similarity_times_a_power_of_the_evidence_times_order() => Assert.Equal(0.5 * 3.737192818846552 * 0.8 * 0.5, Confidence.Of(Segment), 12);

    [Fact]
    public void Rises_with_everything_that_speaks_for_a_copy()
    {
        var sure = Confidence.Of(Segment);
        Assert.True(Confidence.Of(Segment with { Score = 0.6 }) > sure);
        Assert.True(Confidence.Of(Segment with { Evidence = 10 }) > sure);
        Assert.True(Confidence.Of(Segment with { Straightness = 0.9 }) > sure);
        Assert.True(Confidence.Of(Segment with { Coverage = 0.6 }) > sure);
        Assert.Equal(0, Confidence.Of(Segment with { Score = -0.1 }));
    }

    [Fact]
    public void Of_a_copy_and_of_what_is_none_the_copy_has_more()
    {
        var make = new SyntheticClips(7);
        var film = make.Moving(200);
        var copy = make.Copy(film, Enumerable.Range(80, 40), 25);
        var barely = make.Copy(film, Enumerable.Range(0, 8), 75);

        var verdicts = PairMatcher.Examine(SyntheticClips.Joined(copy, make.Moving(20), barely), film, null, MatchingOptions.Pdq);

        var accepted = Assert.Single(verdicts, v => v.Accepted);
        Assert.Equal(Confidence.Of(accepted.Segment), accepted.Confidence);
        Assert.Contains(verdicts, v => !v.Accepted);
        Assert.All(verdicts.Where(v => !v.Accepted), v => Assert.True(v.Confidence < accepted.Confidence));
    }
}
