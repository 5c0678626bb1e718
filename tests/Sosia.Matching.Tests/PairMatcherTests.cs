using Xunit;

namespace Sosia.Matching.Tests;

public sealed class PairMatcherTests
{
    private const int Seed = 20260801;
    private static readonly MatchingOptions Options = MatchingOptions.Pdq;
    private readonly SyntheticClips make = new(Seed);

    [Fact]
    public void A_copied_stretch_is_found_with_its_seconds()
    {
        var film = make.Moving(200);
        var query = SyntheticClips.Joined(make.Moving(30), make.Copy(film, Enumerable.Range(80, 40), 25), make.Moving(30));

        var segment = Assert.Single(PairMatcher.Match(query, film, null, Options));

        Assert.Equal(new Stretch(15, 35), segment.Query);
        Assert.Equal(new Stretch(40, 60), segment.Reference);
        Assert.Equal(1, segment.Speed, 2);
        Assert.Equal(40, segment.Evidence);
    }

    [Fact]
    public void Two_stretches_in_another_order_are_two_segments()
    {
        var film = make.Moving(200);
        var query = SyntheticClips.Joined(make.Copy(film, Enumerable.Range(120, 30), 20), make.Copy(film, Enumerable.Range(20, 30), 20));

        var segments = PairMatcher.Match(query, film, null, Options).OrderBy(s => s.Query.Start).ToArray();

        Assert.Equal([60.0, 10.0], segments.Select(s => s.Reference.Start));
    }

    [Theory]
    [InlineData(1.5)]
    [InlineData(2)]
    public void A_faster_copy_tells_its_speed(double speed)
    {
        var film = make.Moving(300);
        var query = make.Copy(film, Enumerable.Range(0, 60).Select(i => (int)(i * speed) + 50), 15);

        var segment = Assert.Single(PairMatcher.Match(query, film, null, Options));

        Assert.Equal(speed, segment.Speed, 1);
    }

    [Fact]
    public void Unrelated_videos_share_nothing()
    {
        Assert.Empty(PairMatcher.Match(make.Moving(400), make.Moving(400), null, Options));
    }

    [Fact]
    public void Clips_of_low_quality_never_make_a_match()
    {
        var black = make.Still(60, quality: 10);

        Assert.Empty(PairMatcher.Match(black, black, null, Options));
    }

    [Fact]
    public void A_still_scene_proves_no_more_than_one_picture()
    {
        var still = make.Still(60);
        var near = make.Copy(still, Enumerable.Range(0, 60), 50);

        Assert.Empty(PairMatcher.Match(near, still, null, Options));
        Assert.All(PairMatcher.Examine(near, still, null, Options), v => Assert.Equal(1, v.Segment.Evidence));
    }

    [Fact]
    public void A_picture_is_found_where_it_is_shown()
    {
        var film = make.Moving(100);
        var picture = make.Copy(film, [40], 10);

        var segment = Assert.Single(PairMatcher.Match(picture, film, null, Options));

        Assert.Equal(new Stretch(20, 20.5), segment.Reference);
    }

    [Fact]
    public void A_picture_and_a_film_find_one_another_both_ways()
    {
        var film = make.Moving(100);
        var picture = make.Copy(film, [40], 10);

        var segment = Assert.Single(PairMatcher.Match(film, picture, null, Options));

        Assert.Equal(new Stretch(20, 20.5), segment.Query);
    }

    [Fact]
    public void An_unrelated_picture_is_examined_and_refused()
    {
        var verdict = Assert.Single(PairMatcher.Examine(make.Moving(1), make.Moving(100), null, Options));

        Assert.False(verdict.Accepted);
    }

    [Fact]
    public void Nothing_comes_of_no_clips()
    {
        Assert.Empty(PairMatcher.Examine(make.Moving(0), make.Moving(10), null, Options));
        Assert.Empty(PairMatcher.Examine(make.Moving(10), make.Moving(0), null, Options));
    }

    [Fact]
    public void Long_videos_are_aligned_tile_by_tile_and_a_stretch_over_many_tiles_is_one()
    {
        var film = make.Moving(3000);
        var query = SyntheticClips.Joined(make.Moving(300), make.Copy(film, Enumerable.Range(200, 2000), 25), make.Moving(300));
        var candidate = Assert.Single(Candidates.Of(query, [film.Rows], (_, row) => new ClipPlace(7, row), _ => true, Options));

        var segment = Assert.Single(PairMatcher.Match(query, film, candidate, Options));

        Assert.Equal(new Stretch(150, 1150), segment.Query);
        Assert.Equal(new Stretch(100, 1100), segment.Reference);
        Assert.True(candidate.Tiles.Count <= 10, $"{candidate.Tiles.Count} tiles for one diagonal");
    }

    [Fact]
    public void One_picture_needs_what_it_needs_alone_and_many_clips_the_least_confidence()
    {
        Assert.Equal(Options.AloneSimilarity, Confidence.Needed(1, Options), 12);
        Assert.Equal(Options.MinConfidence, Confidence.Needed(16, Options), 12);
        Assert.Equal(Options.AloneSimilarity * Math.Pow(2, 0.6), Confidence.Needed(2, Options), 12);
    }

    [Fact]
    public void A_copy_with_a_second_cut_out_is_two_stretches_with_the_right_seconds()
    {
        var film = make.Moving(132);
        var query = make.Copy(film, Enumerable.Range(0, 48).Concat(Enumerable.Range(52, 80)), 5);

        var segments = PairMatcher.Match(query, film, null, Options).OrderBy(s => s.Query.Start).ToArray();

        Assert.Equal([new Stretch(0, 24), new Stretch(24, 64)], segments.Select(s => s.Query));
        Assert.Equal([new Stretch(0, 24), new Stretch(26, 66)], segments.Select(s => s.Reference));
    }

    [Fact]
    public void Every_cut_of_several_parts_two_stretches()
    {
        var film = make.Moving(240);
        int[] kept = [.. Enumerable.Range(0, 240).Where(i => i is not (>= 30 and < 34) and not (>= 77 and < 80) and not (>= 120 and < 125) and not (>= 200 and < 203))];
        var query = make.Copy(film, kept, 5);

        var segments = PairMatcher.Match(query, film, null, Options);

        Assert.Equal(5, segments.Count);
        Assert.All(segments, s => Assert.Equal(1, s.Speed, 2));
    }

    [Theory]
    [InlineData(11, 9)]
    [InlineData(9, 4)]
    [InlineData(5, 14)]
    public void What_is_put_in_between_parts_two_stretches(int before, int after)
    {
        var film = make.Moving(before + after);
        var query = SyntheticClips.Joined(make.Copy(film, Enumerable.Range(0, before), 5), make.Moving(4), make.Copy(film, Enumerable.Range(before, after), 5));

        var segments = PairMatcher.Match(query, film, null, Options with { MinConfidence = 1 }).OrderBy(s => s.Query.Start).ToArray();

        Assert.Equal([0, before / 2.0], segments.Select(s => s.Reference.Start));
        Assert.Equal([0, (before / 2.0) + 2], segments.Select(s => s.Query.Start));
    }

    [Fact]
    public void A_faster_copy_is_not_taken_for_one_with_cuts()
    {
        var film = make.Moving(400);
        var query = make.Copy(film, Enumerable.Range(0, 120).Select(i => (int)(i * 1.25) + 100), 10);

        var segment = Assert.Single(PairMatcher.Match(query, film, null, Options));

        Assert.Equal(1.25, segment.Speed, 1);
    }

    [Fact]
    public void A_flickering_video_shows_a_picture_in_a_bounded_number_of_stretches()
    {
        var picture = make.Moving(1);
        var other = make.Moving(1);
        var flicker = SyntheticClips.Joined([.. Enumerable.Range(0, 1000).Select(i => i % 2 == 0 ? picture : other)]);

        Assert.Equal(100, PairMatcher.Match(picture, flicker, null, Options).Count);
    }

    [Fact]
    public void A_path_that_leaves_most_clips_out_can_be_refused()
    {
        var film = make.Moving(80);
        var hops = SyntheticClips.Joined([.. Enumerable.Range(0, 26).SelectMany(i => new[] { make.Copy(film, [3 * i], 5), make.Moving(2) })]);

        var segment = Assert.Single(PairMatcher.Match(hops, film, null, Options));
        Assert.Equal(26 / 76.0, segment.Coverage, 2);
        Assert.Empty(PairMatcher.Match(hops, film, null, Options with { MinCoverage = 0.4 }));
    }

    [Fact]
    public void Clips_of_low_quality_leave_no_hole_in_a_path()
    {
        var film = make.Moving(80);
        var spans = film.Spans.ToArray().Select((s, i) => i % 3 == 0 ? s : s with { Quality = 10 }).ToArray();
        var dim = film with { Spans = spans };

        var segment = Assert.Single(PairMatcher.Match(dim, dim, null, Options));

        Assert.Equal(1, segment.Coverage);
    }

    [Fact]
    public void A_copy_at_another_speed_covers_what_its_slower_side_can()
    {
        var film = make.Moving(200);
        var fast = make.Copy(film, Enumerable.Range(0, 80).Select(i => 2 * i), 5);

        var segment = Assert.Single(PairMatcher.Match(fast, film, null, Options));

        Assert.Equal(Math.Sqrt(0.5), segment.Coverage, 2);
    }

    [Fact]
    public void A_stop_ends_the_alignment()
    {
        var film = make.Moving(3000);

        Assert.Throws<OperationCanceledException>(() => PairMatcher.Match(film, film, null, Options, new CancellationToken(canceled: true)));
    }
}
