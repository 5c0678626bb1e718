using System.Globalization;
using System.Text;
using Sosia.Reports;
using Sosia.Tests.Commands;
using Sosia.Tests.Reports;
using Xunit;

namespace Sosia.Tests.Benchmark;

/// <summary>A benchmark of a handful of rendered videos, from the truth to the reports.</summary>
[Collection("videos")]
public sealed class BenchmarkRunTests : IDisposable
{
    private readonly TestVideos videos;
    private readonly string root = Directory.CreateTempSubdirectory("sosia benchmark ").FullName;

    public BenchmarkRunTests(TestVideos videos)
    {
        this.videos = videos;
        Directory.CreateDirectory(Copies);
        Directory.CreateDirectory(Path.Combine(root, "more"));
        File.Copy(videos.Short(3), Path.Combine(root, "more", "distractor.mp4"));
        List<string> truth = ["copy_file,copy_start,copy_end,source_file,source_start,source_end,edits"];
        truth.AddRange(Copied("trim", videos.Harbour));
        truth.AddRange(Copied("mirror", videos.Market));
        truth.AddRange(Copied("splice", videos.Tower, videos.Market));
        truth.AddRange(Copied("crop", videos.Harbour)); // pdq does not see it
        truth.Add("gone.mp4,0,1,harbour.mp4,0,1,crop");
        File.WriteAllText(Path.Combine(Copies, "broken.mp4"), "no video");
        truth.Add("broken.mp4,0,1,harbour.mp4,0,1,crop");
        File.WriteAllLines(Path.Combine(Copies, TruthFile.Name), truth);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    private string Copies => Path.Combine(root, "copies");

    private string Originals => Path.GetDirectoryName(videos.Harbour)!;

    private BenchmarkOptions Options => new(Copies, [Originals, Path.Combine(root, "more")], 1);

    [Fact]
    public void TheAnswersAreHeldAgainstTheTruth()
    {
        var model = Measure(out var set);
        Assert.Equal($"{Path.Combine(Copies, TruthFile.Name)}:{set.Truth.Count + 1}", Assert.Single(set.Missing).Path);
        Assert.Equal("broken.mp4", Path.GetFileName(Assert.Single(model.Failures).Path));
        string[] found = ["harbour-trim.mp4 harbour.mp4", "market-mirror.mp4 market.mkv", "tower-splice.mp4 market.mkv", "tower-splice.mp4 tower.mp4"];
        Assert.Equal(found, model.Pairs.Where(p => p.IsShown).Select(p => $"{p.Copy} {p.Original}"));
        Assert.Equal((6, 4, 0), (model.Scores.All.Wanted, model.Scores.All.Shown, model.Scores.FalseShown));
        Assert.All(model.Scores.Edits, e => Assert.Equal(e.Name == "crop" ? 0 : e.Wanted, e.Shown));
        Assert.Equal(4 / 6.0, model.Scores.MicroAveragePrecision, 0.17); // the crop may be ranked, though it is not shown
        Assert.True(model.Scores.Edges.Stretches >= 4);
        Assert.InRange(model.Scores.Edges.CopyStart.Median, 0, TestVideos.Tolerance);
        Assert.Equal(8, model.Cost.Videos);
        Assert.True(model.Cost is { ReadSeconds: > 40, ReadProcessorSeconds: > 0, CopyProcessorSeconds: > 0, BytesAnHour: > 0 }, model.Cost.ToString());
    }

    [Fact]
    public void ALibraryInTheCacheIsReadOnce()
    {
        var set = BenchmarkSet.Open(Options with { Cache = Path.Combine(root, "cache") });
        var (first, second) = (BenchmarkRun.Of(set, Embedders.Pdq), BenchmarkRun.Of(set, Embedders.Pdq));
        Assert.True(first.Cost.ReadSeconds > 0);
        Assert.Equal((0.0, double.NaN), (second.Cost.ReadSeconds, second.Cost.ProcessorSecondsAnHour));
        Assert.Equal(first.Scores.MicroAveragePrecision, second.Scores.MicroAveragePrecision);
        Assert.InRange(first.Cost.LibraryBytes / (double)second.Cost.LibraryBytes, 0.8, 1.25); // without what only an open library has
        BenchmarkRun.Of(BenchmarkSet.Open(set.Options with { Originals = [Originals] }), Embedders.Pdq);
        Assert.Equal(2, Directory.GetDirectories(set.Options.Cache!).Length); // other originals, another library
    }

    [Fact]
    public void ASourceThatLiesElsewhereTooIsStillTheSource()
    {
        File.Copy(videos.Harbour, Path.Combine(root, "more", "a-twin.mp4"));
        Assert.Contains(Measure(out _).Pairs, p => p is { Copy: "harbour-trim.mp4", Original: "harbour.mp4", IsTrue: true, IsShown: true });
    }

    [Fact]
    public void ThePageShowsMissesAndNeedsNothing()
    {
        var model = Measure(out var set);
        using var output = new MemoryStream();
        BenchmarkPage.Write(output, new BenchmarkResult(set, [model, model]));
        var page = Encoding.UTF8.GetString(output.ToArray());
        PageText.AssertNeedsNothing(page);
        Assert.Contains("pdq: worst misses", page, StringComparison.Ordinal);
        Assert.Contains("harbour-crop.mp4", page, StringComparison.Ordinal);
        Assert.Contains("class=\"film f0\"", page, StringComparison.Ordinal);
        Assert.Contains("no picture", page, StringComparison.Ordinal); // of the broken one
        Assert.Contains(".f0{aspect-ratio:", page, StringComparison.Ordinal);
        Assert.Contains("gone.mp4", page, StringComparison.Ordinal);
    }

    [Fact]
    public void TheCommandSaysAllOfIt()
    {
        var answer = Shell.Run(root, "benchmark", "run", "copies", Originals, "more", "--model", "pdq", "--false-answers", "0,3", "--csv", "answers.csv", "--variants", "mirrored,turned", "--json", "--threads", "1");
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Contains("no such file", answer.Error, StringComparison.Ordinal);
        Assert.Contains("1 line of the truth left out", answer.Error, StringComparison.Ordinal);
        var json = answer.Json;
        Assert.Equal("sosia.benchmark/1", json.GetProperty("schema").GetString());
        var model = Assert.Single(json.GetProperty("models").EnumerateArray());
        Assert.Equal((6, 4), (model.GetProperty("wanted").GetInt32(), model.GetProperty("found_shown").GetInt32()));
        Assert.Equal("mirrored turned-90 turned-180 turned-270", string.Join(' ', model.GetProperty("variants").EnumerateArray().Select(v => v.GetString())));
        Assert.Equal([0, 3], model.GetProperty("found_at_false").EnumerateArray().Select(at => at.GetProperty("false").GetInt32()));
        var rows = File.ReadAllLines(Path.Combine(root, "answers.csv"));
        Assert.Contains(rows, row => row.StartsWith("\"pdq\",\"harbour-trim.mp4\",\"harbour.mp4\",true,true,", StringComparison.Ordinal));
        Assert.Contains(rows, row => row.StartsWith("\"pdq\",\"market-mirror.mp4\",\"market.mkv\",true,true,", StringComparison.Ordinal) && row.EndsWith(",true,mirrored", StringComparison.Ordinal));
        Assert.All(rows, row => Assert.Equal(18, row.Split(',').Length));
    }

    [Theory]
    [InlineData("no such folder: nowhere", "nowhere", "more")]
    [InlineData("no such folder: nowhere", "copies", "nowhere")]
    [InlineData("--false-answers x is no number of answers", "copies", "more", "--false-answers", "x")]
    [InlineData("pdq cannot look for quarters", "copies", "more", "--variants", "mirrored,quarters")]
    [InlineData("none of its files is there", "copies", "more")]
    [InlineData("no.csv: no such file", "copies", "more", "--truth", "no.csv")]
    public void WrongUseIsSaidInALine(string message, params string[] arguments)
    {
        var answer = Shell.Run(root, ["benchmark", "run", "--model", "pdq", .. arguments]);
        Assert.Equal((2, ""), (answer.Code, answer.Out));
        Assert.Contains(message, Assert.Single(answer.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    private BenchmarkedModel Measure(out BenchmarkSet set)
    {
        set = BenchmarkSet.Open(Options);
        return BenchmarkRun.Of(set, Embedders.Pdq);
    }

    private IEnumerable<string> Copied(string edit, string source, string? other = null)
    {
        var (path, truth) = videos.Copy(edit, source, other);
        var name = Path.GetFileName(path);
        File.Copy(path, Path.Combine(Copies, name));
        return truth.Where(t => t.CopyEnd - t.CopyStart > 2).Select(t => string.Create(
            CultureInfo.InvariantCulture,
            $"{name},{t.CopyStart},{t.CopyEnd},{Path.GetFileName(t.Source == 0 ? source : other!)},{t.SourceStart},{t.SourceEnd},{edit}"));
    }
}
