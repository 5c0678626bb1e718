using Xunit;

namespace Sosia.Matching.Tests;

public sealed class CandidatesTests
{
    private static readonly MatchingOptions Options = MatchingOptions.Pdq;
    private readonly SyntheticClips make = new(20260802);

    [Fact]
    public void The_video_that_most_clips_hit_comes_first()
    {
        var films = Enumerable.Range(0, 5).Select(_ => make.Moving(100)).ToArray();
        var query = SyntheticClips.Joined(make.Copy(films[3], Enumerable.Range(10, 20), 20), make.Copy(films[1], Enumerable.Range(50, 8), 20));

        var found = Of(query, films);

        Assert.Equal([3L, 1L], found.Select(c => c.Video));
        Assert.Equal([20, 8], found.Select(c => c.Hits));
    }

    [Fact]
    public void A_clip_votes_once_for_a_video_however_often_it_is_shown_there()
    {
        var still = make.Still(50);

        var candidate = Assert.Single(Of(make.Copy(still, [0], 2), [still]));

        Assert.Equal(1, candidate.Hits);
    }

    [Fact]
    public void A_scene_that_stands_still_has_one_vote()
    {
        var query = SyntheticClips.Joined(make.Still(50), make.Moving(2));

        Assert.Equal([0, 50, 51], Candidates.Voters(query, Options));
        Assert.Equal(3, Candidates.Needed(query, Options));
        Assert.Equal(1, Candidates.Needed(make.Still(50), Options));
    }

    [Fact]
    public void A_stop_ends_the_scan()
    {
        var film = make.Moving(50);

        Assert.Throws<OperationCanceledException>(() => Candidates.Of(
            film, [film.Rows], (_, row) => new ClipPlace(1, row), _ => true, Options, stop: new CancellationToken(canceled: true)));
    }

    [Fact]
    public void Clips_of_low_quality_do_not_vote()
    {
        var black = make.Still(50, quality: 0);

        Assert.Empty(Of(black, [black]));
    }

    [Fact]
    public void Only_wanted_videos_are_candidates()
    {
        var film = make.Moving(50);

        Assert.Empty(Candidates.Of(film, [film.Rows], (_, row) => new ClipPlace(1, row), id => id != 1, Options));
    }

    private static IReadOnlyList<Candidate> Of(ClipSequence query, ClipSequence[] films) =>
        Candidates.Of(query, [.. films.Select(f => f.Rows)], (block, row) => new ClipPlace(block, row), _ => true, Options);
}
