using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Sosia.Matching.Tests;

public sealed class GroupsTests
{
    [Fact]
    public void AMemberMatchesItsRepresentativeAndNoOtherBetter() => ForAll(pairs =>
    {
        var stars = Groups.Stars(pairs, Preference);
        foreach (var (star, member) in stars.SelectMany(static s => s.Members.Select(m => (s, m))))
        {
            var own = Score(pairs, star.Representative, member);
            Assert.NotNull(own);
            Assert.All(stars, other => Assert.True(Score(pairs, other.Representative, member) is not { } score || score <= own));
        }
    });

    [Fact]
    public void RepresentativesDoNotMatchEachOther() => ForAll(pairs =>
    {
        var representatives = Groups.Stars(pairs, Preference).Select(static s => s.Representative).ToList();
        Assert.DoesNotContain(pairs, pair => representatives.Contains(pair.A) && representatives.Contains(pair.B));
    });

    [Fact]
    public void EveryVideoWithAPairIsInOneGroupOrAllItsMatchesAreMembers() => ForAll(pairs =>
    {
        var stars = Groups.Stars(pairs, Preference);
        var grouped = stars.SelectMany(static s => s.Members.Append(s.Representative)).ToList();
        var members = stars.SelectMany(static s => s.Members).ToHashSet();
        Assert.Equal(grouped.Distinct().Count(), grouped.Count);
        Assert.All(stars, static star => Assert.NotEmpty(star.Members));
        foreach (var alone in pairs.SelectMany(static p => new[] { p.A, p.B }).Except(grouped))
        {
            Assert.All(pairs.Where(p => p.A == alone || p.B == alone), p => Assert.Contains(p.A == alone ? p.B : p.A, members));
        }
    });

    [Fact]
    public void TheOrderOfThePairsDoesNotMatter() => ForAll(pairs =>
    {
        var shuffled = pairs.Select(static p => new ScoredPair(p.B, p.A, p.Score)).ToArray();
        new Random(pairs.Count).Shuffle(shuffled);
        Assert.Equal(Groups.Stars(pairs, Preference).Select(Text), Groups.Stars(shuffled, Preference).Select(Text));
    });

    [Fact]
    public void AChainIsNoGroup()
    {
        var stars = Groups.Stars([new(1, 2, 0.9), new(2, 3, 0.8), new(3, 4, 0.7), new(4, 5, 0.9)], static _ => 0);
        Assert.Equal(["2: 1 3", "4: 5"], stars.Select(Text));
    }

    [Fact]
    public void AMemberJoinsTheBestOfTwo()
    {
        // 1 covers 2, 3 and 4; 9 matches only 4, but better.
        var stars = Groups.Stars([new(1, 2, 0.9), new(1, 3, 0.9), new(1, 4, 0.5), new(9, 4, 0.8)], static _ => 0);
        Assert.Equal(["1: 2 3", "9: 4"], stars.Select(Text));
    }

    [Fact]
    public void OfAsManyMatchesThePreferredRepresents()
    {
        ScoredPair[] pairs = [new(1, 2, 0.9), new(1, 3, 0.9), new(2, 3, 0.5)];
        Assert.Equal(["1: 2 3"], Groups.Stars(pairs, static _ => 0).Select(Text));
        Assert.Equal(["3: 1 2"], Groups.Stars(pairs, static id => id).Select(Text));
    }

    [Fact]
    public void OfAPairGivenTwiceTheHigherScoreCounts()
    {
        ScoredPair[] pairs = [new(1, 2, 0.1), new(1, 3, 0.5), new(2, 1, 0.9)];
        Assert.Equal(["1: 2 3"], Groups.Stars(pairs, static _ => 0).Select(Text));
    }

    [Fact]
    public void RefusesWhatIsNoPair()
    {
        Assert.Empty(Groups.Stars([], static _ => 0));
        Assert.Throws<ArgumentException>(() => Groups.Stars([new(4, 4, 1)], static _ => 0));
        Assert.Throws<ArgumentException>(() => Groups.Stars([new(4, 5, double.NegativeInfinity)], static _ => 0));
    }

    private static double Preference(long id) => id % 4;

    private static string Text(Star star) => $"{star.Representative}: {string.Join(' ', star.Members)}";

    private static double? Score(IEnumerable<ScoredPair> pairs, long a, long b) =>
        pairs.Where(p => (p.A == a && p.B == b) || (p.A == b && p.B == a)).Max(static p => (double?)p.Score);

    private static void ForAll(Action<List<ScoredPair>> check)
    {
        var ids = Gen.Choose(1, 12);
        var pair = from a in ids from b in ids from tenths in Gen.Choose(1, 10) select new ScoredPair(a, b, tenths / 10.0);
        var pairs = pair.ListOf().Select(static list => list.Where(static p => p.A != p.B).ToList());
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(pairs.ToArbitrary(), check));
    }
}
