using Sosia.Evaluating;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Evaluating;

/// <summary>
/// Three scenes, each with three copies, and four videos that nobody asks for: the videos of small benchmarks in the published layouts. They are embedded
/// once a run: every benchmark names links to them as it likes, and all share one cache.
/// </summary>
public sealed class BenchmarkVideos
{
    public static readonly string[] Copies = ["reencode", "grey", "mirror"];
    private readonly string root;

    public BenchmarkVideos(TestVideos videos)
    {
        root = Path.Combine(videos.Root, "benchmarks");
        string[] sources = [videos.Harbour, videos.Market, videos.Tower];
        foreach (var (number, source) in sources.Index())
        {
            Files.Add($"s{number}", source);
            Files.AddMany(Copies.Select((edit, at) => ($"s{number}c{at + 1}", videos.Copy(edit, source).Path)));
        }

        Files.AddMany([("d0", videos.Noise), ("d1", videos.Still), ("d2", videos.Short(1)), ("d3", videos.Short(2))]);
    }

    /// <summary>Sources s0 .. s2, their copies s0c1 .. s2c3 (the third is mirrored), and d0 .. d3.</summary>
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public string Cache => Path.Combine(root, "cache");

    public static IEnumerable<int> Sources => Enumerable.Range(0, 3);

    public static IEnumerable<string> CopiesOf(int source) => Enumerable.Range(1, Copies.Length).Select(copy => $"s{source}c{copy}");

    /// <summary>Length of a source and of its copies.</summary>
    public double Duration(int source) => Probe.Read(Files[$"s{source}"]).Duration;

    /// <summary>A benchmark with all of these videos under their own names.</summary>
    public TestBenchmark New() => New(Files.Keys, static name => name);

    /// <summary>A benchmark with some videos under other names.</summary>
    public TestBenchmark New(IEnumerable<string> names, Func<string, string> id)
    {
        var benchmark = new TestBenchmark(Path.Combine(root, Path.GetRandomFileName()), Cache);
        foreach (var name in names)
        {
            var link = Path.Combine(benchmark.Videos, name[..2], id(name) + Path.GetExtension(Files[name]));
            Directory.CreateDirectory(Path.GetDirectoryName(link)!);
            File.CreateSymbolicLink(link, Files[name]);
        }

        return benchmark;
    }
}

/// <summary>A small benchmark: a folder of annotations, one of videos.</summary>
public sealed class TestBenchmark
{
    private readonly string cache;

    public TestBenchmark(string root, string cache)
    {
        this.cache = cache;
        (Annotations, Videos) = (Path.Combine(root, "annotations"), Path.Combine(root, "videos"));
        Directory.CreateDirectory(Annotations);
        Directory.CreateDirectory(Videos);
    }

    public string Annotations { get; }

    public string Videos { get; }

    public void Write(string name, params IEnumerable<string> lines)
    {
        var path = Path.Combine(Annotations, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, lines);
    }

    /// <summary>Takes a video away; a link goes, what it leads to stays.</summary>
    public void Remove(string id) => File.Delete(Found(id));

    /// <summary>Puts something in its place that is no video.</summary>
    public void Spoil(string id)
    {
        var path = Found(id);
        File.Delete(path);
        File.WriteAllText(path, "no video at all, only text");
    }

    /// <summary>Evaluates by pdq.</summary>
    public EvaluationReport Run(string protocol, MissingTreatment? missing = null, IEmbedder? embedder = null, CancellationToken stop = default)
    {
        using var evaluation = new Evaluation(new EvaluationRequest(Protocol.Named(protocol), [Annotations], Videos, embedder ?? Embedders.Pdq, cache) { Missing = missing });
        evaluation.Embed(stop: stop);
        return evaluation.Measure(stop: stop);
    }

    private string Found(string id) => Assert.Single(Directory.GetFiles(Videos, $"{id}.*", SearchOption.AllDirectories));
}

internal static class Many
{
    public static void AddMany(this Dictionary<string, string> map, IEnumerable<(string Key, string Value)> pairs)
    {
        foreach (var (key, value) in pairs) map.Add(key, value);
    }

    /// <summary>The value of a figure.</summary>
    public static double Figure(this EvaluationReport report, string name) => Math.Round(report.Rows.Single(row => row.Name == name).Value, 6);
}
