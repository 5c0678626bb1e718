using FsCheck;
using FsCheck.Fluent;
using Sosia.Library;
using Sosia.Matching;
using Xunit;
using Xunit.Abstractions;

namespace Sosia.Tests.Finding;

/// <summary>Groups lose no pair and tell none twice, whatever matches whatever.</summary>
public sealed class DuplicateGroupsTests(ITestOutputHelper output)
{
    private const int MostVideos = 9;

    [Fact]
    public void EveryPairIsInOneGroup() => ForAll((videos, pairs) =>
    {
        var told = DuplicateGroups.Of(pairs, videos).Groups.SelectMany(g => g.Pairs).Where(p => p.A.Id != p.B.Id);
        Assert.Equal(pairs.Select(Text).Order(StringComparer.Ordinal), told.Select(Text).Order(StringComparer.Ordinal));
    });

    [Fact]
    public void FilesOfEqualBytesAreToldOnce() => ForAll((videos, pairs) =>
    {
        var same = DuplicateGroups.Of(pairs, videos).Groups.SelectMany(g => g.Pairs).Where(p => p.A.Id == p.B.Id).Select(p => $"{p.A.Path} {p.B.Path}");
        var expected = videos.Values.SelectMany(v => v.Files.Skip(1).Select(f => $"{v.Files[0].Stamp.Path} {f.Stamp.Path}"));
        Assert.Equal(expected.Order(StringComparer.Ordinal), same.Order(StringComparer.Ordinal));
    });

    [Fact]
    public void AGroupHoldsTheFilesOfItsPairsAndNoMore() => ForAll((videos, pairs) =>
    {
        foreach (var group in DuplicateGroups.Of(pairs, videos).Groups)
        {
            var members = group.Members.Select(m => m.Path).ToList();
            Assert.Equal(members.Distinct(), members);
            Assert.Contains(group.Representative, group.Members);
            Assert.Equal(group.Pairs.SelectMany(p => new[] { p.A.Path, p.B.Path }).Distinct().Order(StringComparer.Ordinal), members.Order(StringComparer.Ordinal));
            Assert.Equal(group.Pairs.OrderByDescending(p => p.Score).Select(p => p.Score), group.Pairs.Select(p => p.Score));
        }
    });

    [Fact]
    public void TheLongestOfEqualsRepresents()
    {
        var videos = Enumerable.Range(1, 3).ToDictionary(i => (long)i, i => Video(i, duration: i == 2 ? 60 : 10, files: 1));
        VideoPair[] pairs = [Pair(videos, 1, 2, 0.5), Pair(videos, 1, 3, 0.9), Pair(videos, 2, 3, 0.6)];
        Assert.Equal(2, Assert.Single(DuplicateGroups.Of(pairs, videos).Groups).Representative.Id);
        Assert.Equal(2, Assert.Single(DuplicateGroups.Of([pairs[0]], videos).Groups).Representative.Id);
    }

    [Fact]
    public void NoPairsNoGroups() => Assert.Empty(DuplicateGroups.Of([], Enumerable.Range(1, 3).ToDictionary(i => (long)i, i => Video(i, 10, 1))).Groups);

    private void ForAll(Action<Dictionary<long, StoredVideo>, VideoPair[]> holds)
    {
        var seed = (ulong)Random.Shared.NextInt64();
        output.WriteLine($"seed {seed}");
        var cases =
            from durations in Gen.Choose(1, 4).ListOf(MostVideos)
            from files in Gen.Choose(1, 3).ListOf(MostVideos)
            from count in Gen.Choose(0, 20)
            from ends in Gen.Choose(1, MostVideos).Two().ListOf(count)
            from scores in Gen.Choose(1, 5).ListOf(count)
            select Case(durations, files, ends, scores);
        var property = Prop.ForAll(cases.ToArbitrary(), given => holds(given.Videos, given.Pairs));
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(seed, 1), property);
    }

    private static (Dictionary<long, StoredVideo> Videos, VideoPair[] Pairs) Case(
        IReadOnlyList<int> durations, IReadOnlyList<int> files, IEnumerable<(int A, int B)> ends, IReadOnlyList<int> scores)
    {
        var videos = Enumerable.Range(1, MostVideos).ToDictionary(i => (long)i, i => Video(i, durations[i - 1] * 10, files[i - 1]));
        var different = ends.Zip(scores).Where(e => e.First.A < e.First.B).DistinctBy(e => e.First);
        return (videos, [.. different.Select(e => Pair(videos, e.First.A, e.First.B, e.Second / 5.0))]);
    }

    private static StoredVideo Video(long id, double duration, int files) => new(
        id, new ContentId(1, $"{id}"), duration, 16, 9, 25, "h264", "mp4", 4, null, DateTime.UnixEpoch,
        [.. Enumerable.Range(0, files).Select(i => new StoredFile((id * 10) + i, id, new FileStamp($"/videos/{id}-{i}.mp4", 1, 1, 1, 1, ""), false))]);

    private static VideoPair Pair(Dictionary<long, StoredVideo> videos, long a, long b, double score) => new(
        Ref(videos[a]), Ref(videos[b]), score, [new CopiedSegment(new Stretch(0, 5), new Stretch(0, 5), score, 1, QueryVariant.Plain)]);

    private static VideoRef Ref(StoredVideo video) => new(video.Id, video.Files[0].Stamp.Path, video.Duration);

    private static string Text(VideoPair pair) => $"{pair.A.Path} {pair.B.Path} {pair.Score}";
}
