using Sosia.Library;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Finding;

/// <summary>Copies are found with their seconds; what proves nothing is not.</summary>
[Collection("videos")]
public sealed class FinderTests(TestVideos videos) : IDisposable
{
    private readonly Finder finder = Open(videos, threads: 1);

    public void Dispose() => finder.Dispose();

    [Theory]
    [InlineData("reencode")]
    [InlineData("scale")]
    [InlineData("trim")]
    [InlineData("mirror")]
    [InlineData("speed")]
    public void AnEditedCopyIsFoundWithItsSeconds(string edit)
    {
        var (copy, truth) = videos.Copy(edit, videos.Harbour);
        var result = finder.Find(copy);
        Assert.Equal(Path.GetFullPath(copy), result.QueryPath);
        Assert.Equal(Probe.Read(copy).Duration, result.QueryDuration, TestVideos.Tolerance);
        var match = Assert.Single(result.Matches);
        Assert.Equal(videos.Harbour, match.Video.Path);
        AssertShows(truth[0], match.Segments);
    }

    [Fact]
    public void TheSpeedIsTold()
    {
        var (copy, truth) = videos.Copy("speed", videos.Market);
        Assert.NotEqual(1, truth[0].Speed);
        var segment = Assert.Single(Assert.Single(finder.Find(copy).Matches).Segments);
        Assert.Equal(truth[0].Speed, segment.Speed, 0.05);
    }

    [Fact]
    public void AStretchWithinAnotherVideoIsFoundInBoth()
    {
        var (copy, truth) = videos.Copy("splice", videos.Tower, videos.Market);
        var matches = finder.Find(copy).Matches;
        Assert.Equal([videos.Market, videos.Tower], matches.Select(m => m.Video.Path).Order());
        AssertShows(truth[0], matches.Single(m => m.Video.Path == videos.Tower).Segments);
        Assert.All(truth.Skip(1).Where(t => t.CopyEnd - t.CopyStart > 2), t => AssertShows(t, matches.Single(m => m.Video.Path == videos.Market).Segments));
    }

    [Fact]
    public void APartIsLookedForAlone()
    {
        var (copy, truth) = videos.Copy("splice", videos.Tower, videos.Market);
        var (start, end) = (truth[0].CopyStart, truth[0].CopyEnd);
        var inside = Find(copy, start, end);
        Assert.Equal([videos.Tower], inside.Matches.Select(m => m.Video.Path));
        Assert.All(inside.Matches[0].Segments, s => Assert.True(s.Query.Start >= start - 0.01 && s.Query.End <= end + TestVideos.Tolerance, s.ToString()));
        AssertShows(truth[0], inside.Matches[0].Segments);
        Assert.DoesNotContain(videos.Tower, Find(copy, end, null).Matches.Select(m => m.Video.Path));
        Assert.DoesNotContain(videos.Tower, Find(copy, 0, start).Matches.Select(m => m.Video.Path));
    }

    [Theory]
    [InlineData("frame.jpg")]
    [InlineData("frame.png")]
    [InlineData("one-frame.mkv")]
    public void APictureIsFoundAtItsSecond(string name)
    {
        const double second = 3;
        var result = finder.Find(videos.Frame(videos.Harbour, second, name));
        Assert.NotEmpty(result.Matches);
        Assert.Equal(videos.Harbour, result.Matches[0].Video.Path);
        var shown = result.Matches[0].Segments[0].Reference;
        Assert.True(shown.Start <= second + TestVideos.Tolerance && shown.End >= second - TestVideos.Tolerance, shown.ToString());
    }

    [Fact]
    public void WhatProvesNothingMatchesNothing()
    {
        Assert.All(videos.Empties, path => Assert.Empty(finder.Find(path).Matches));
        Assert.All(videos.Empties, path => Assert.DoesNotContain(
            finder.Find(videos.Frame(path, 1, Path.GetFileName(path) + ".jpg")).Matches, m => m.Video.Path != path));
        Assert.Empty(finder.Duplicates().Groups);
    }

    [Fact]
    public void DifferentScenesDoNotMatch() =>
        Assert.All(new[] { videos.Harbour, videos.Market, videos.Tower }, path => Assert.Empty(finder.Find(path).Matches));

    [Fact]
    public void TheNumberOfThreadsChangesNothing()
    {
        using var many = Open(videos, threads: 3);
        Assert.Equal((1, 3), (finder.Threads, many.Threads));
        var copies = new[] { videos.Copy("speed", videos.Harbour), videos.Copy("splice", videos.Tower, videos.Market), videos.Copy("trim", videos.Harbour) };
        foreach (var (copy, _) in copies)
        {
            var text = Json(finder.Find(copy));
            Assert.Contains("\"reference\"", text);
            Assert.Equal(text, Json(many.Find(copy)));
        }
    }

    [Fact]
    public void ExportedHashesAreFoundAsTheVideoIs()
    {
        using var library = VideoLibrary.OpenRead(videos.Library);
        var folder = Path.Combine(videos.Root, "hashes");
        var files = HashExport.Write(library, folder, [videos.Harbour, videos.Tower]);
        Assert.Equal(2, files.Count);
        foreach (var (file, video) in files.Zip(new[] { videos.Harbour, videos.Tower }.OrderBy(v => library.FindFile(v)!.VideoId)))
        {
            Assert.Contains(Path.GetFileNameWithoutExtension(video), Path.GetFileName(file));
            var match = Assert.Single(finder.Find(finder.ReadHashes(file, new FindPart())).Matches);
            Assert.Equal(video, match.Video.Path);
            var segment = Assert.Single(match.Segments);
            Assert.Equal((0.0, 0.0, 1.0), (segment.Query.Start, segment.Reference.Start, Math.Round(segment.Score, 6)));
            Assert.Equal(match.Video.Duration, segment.Query.End, TestVideos.Tolerance);
        }

        var part = Assert.Single(finder.Find(finder.ReadHashes(files[0], new FindPart(2, 5))).Matches).Segments[0];
        Assert.Equal((2.0, 5.0), (part.Query.Start, part.Query.End));
        Assert.Equal((2.0, 5.0), (part.Reference.Start, part.Reference.End));
    }

    [Fact]
    public void AVideoThatIsNotThereIsNoUsage()
    {
        using var library = VideoLibrary.OpenRead(videos.Library);
        Assert.Throws<UsageException>(() => HashExport.Write(library, Path.Combine(videos.Root, "no hashes"), ["99"]));
        Assert.Throws<UsageException>(() => finder.Explain("99", "1"));
        Assert.Throws<VideoException>(() => finder.Explain(Path.Combine(videos.Root, "nowhere.mp4"), "1"));
        Assert.Throws<VideoException>(() => finder.Find(Path.Combine(videos.Root, "nowhere.mp4")));
    }

    private FindResult Find(string path, double from, double? to) => finder.Find(finder.Read(path, new FindPart(from, to)));

    private static Finder Open(TestVideos videos, int threads)
    {
        using var library = VideoLibrary.OpenRead(videos.Library);
        return new Finder(library, Embedders.Pdq, threads);
    }

    private static string Json(FindResult result)
    {
        using var text = new MemoryStream();
        Sosia.Reports.JsonReport.Write(text, result);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    private static void AssertShows(CopiedStretch truth, IReadOnlyList<CopiedSegment> segments)
    {
        var best = segments.MinBy(Error)!;
        Assert.True(Error(best) <= TestVideos.Tolerance, $"{best} is not {truth}");
        Assert.Equal(truth.Mirrored, best.Mirrored);
        Assert.Equal(truth.Speed, best.Speed, 0.1);

        double Error(CopiedSegment s) => new[]
        {
            s.Query.Start - truth.CopyStart, s.Query.End - truth.CopyEnd, s.Reference.Start - truth.SourceStart, s.Reference.End - truth.SourceEnd,
        }.Max(Math.Abs);
    }
}
