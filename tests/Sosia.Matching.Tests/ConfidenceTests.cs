using Xunit;

namespace Sosia.Matching.Tests;

public sealed class ConfidenceTests
{
    [Theory]
    [InlineData(0.5, 0.5, true, 1)]
    [InlineData(0.75, 0.5, true, 1.5)]
    [InlineData(0.25, 0.5, true, 0.5)]
    [InlineData(0.75, 0.5, false, 0.75)]
    [InlineData(-0.1, 0.5, true, 0)]
    public void One_is_the_least_similarity_that_is_enough_and_a_failed_check_halves(double similarity, double needed, bool straight, double confidence) =>
        Assert.Equal(confidence, Confidence.Of([new("similarity", similarity, needed, similarity >= needed), new("straightness", 1, 1, straight), new("coverage", 1, 1, straight)]));

    [Fact]
    public void Every_segment_has_one_and_what_is_accepted_reaches_one()
    {
        var make = new SyntheticClips(7);
        var film = make.Moving(200);
        var copy = make.Copy(film, Enumerable.Range(80, 40), 25);

        var verdict = Assert.Single(PairMatcher.Examine(copy, film, null, MatchingOptions.Pdq), v => v.Accepted);

        Assert.True(verdict.Confidence >= 1, $"{verdict.Confidence}");
        Assert.Equal(Confidence.Of(verdict.Checks), verdict.Confidence);
    }
}
