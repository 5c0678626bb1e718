using System.Globalization;
using Sosia.Library;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests;

/// <summary>
/// Small videos, made once a run: three rendered scenes, edited copies of them, and pictures that prove nothing. Tests that change the environment or
/// run decoders stand in this one collection, one after the other.
/// </summary>
public sealed class TestVideos : IDisposable
{
    public const double Tolerance = 0.5; // seconds at the ends of a stretch: two steps of four frames a second
    private const int Width = 160;
    private const int Height = 90;
    private const double Rate = 12;

    public TestVideos()
    {
        Root = Directory.CreateTempSubdirectory("sosia tests ").FullName;
        Harbour = Scene("harbour.mp4", 101, 10);
        Market = Scene("market.mkv", 202, 8);
        Tower = Scene("tower.mp4", 303, 8);
        Black = Drawn("black.mp4", "color=black:size=160x90:rate=12:duration=6");
        White = Drawn("white.mp4", "color=white:size=160x90:rate=12:duration=6");
        Noise = Drawn("noise.mp4", "nullsrc=size=160x90:rate=12:duration=6,format=gray,geq=lum='random(1)*255'");
        Still = Drawn("still.mp4", "mandelbrot=size=160x90:rate=12:maxiter=200,trim=end_frame=1,loop=loop=71:size=1");
        Library = Path.Combine(Root, "library");
        using var library = VideoLibrary.Create(Library, Embedders.Pdq.Identity);
        var added = Ingest.Add(library, Embedders.Pdq, [Path.Combine(Root, "originals")], new IngestOptions([], 1));
        Assert.Equal((7, 0), (added.Added, added.Failures.Count));
    }

    /// <summary>Holds everything made here.</summary>
    public string Root { get; }

    /// <summary>A library of all originals, for reading.</summary>
    public string Library { get; }

    public string Harbour { get; }

    public string Market { get; }

    public string Tower { get; }

    public string Black { get; }

    public string White { get; }

    public string Noise { get; }

    public string Still { get; }

    /// <summary>All of a library's originals that match nothing.</summary>
    public IReadOnlyList<string> Empties => [Black, White, Noise, Still];

    /// <summary>A short clip that differs from every other number's; cheap to read.</summary>
    public string Short(int number) => Once($"short-{number}.mp4", path => Encode(
        path, ["-f", "lavfi", "-i", string.Create(CultureInfo.InvariantCulture, $"testsrc2=size=96x64:rate=8:duration=2,hue=h={number * 50}")]));

    /// <summary>72 frames, each 3 levels brighter than the one before, and as bright everywhere.</summary>
    public string Ramp => Once("ramp.mp4", path => Encode(path, ["-f", "lavfi", "-i", "nullsrc=size=160x90:rate=12:duration=6,format=gray,geq=lum='16+3*N'"]));

    /// <summary>1,050 frames of 21 seconds, every second another colour.</summary>
    public string Long => Once("long.mp4", path => Encode(path, ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=50:duration=21"]));

    /// <summary>An edited copy of a video, and what it shows.</summary>
    public (string Path, IReadOnlyList<CopiedStretch> Truth) Copy(string edit, string source, string? other = null)
    {
        const int seed = 5;
        var plan = Edits.Named(edit).Plan(seed, Source(source), other is null ? null : Source(other));
        var path = Once($"{Path.GetFileNameWithoutExtension(source)}-{edit}.mp4", copy => Run(copy, plan.Arguments(source, other, copy)));
        return (path, plan.Truth);
    }

    /// <summary>The frame shown at a second, as a picture or as a video of one frame.</summary>
    public string Frame(string source, double second, string name) => Once(name, path => Run(
        path, ["-v", "error", "-ss", second.ToString(CultureInfo.InvariantCulture), "-i", $"file:{source}", "-frames:v", "1", "-y", $"file:{path}"]));

    public string Sound => Once("sound.mp4", path => Run(path, ["-v", "error", "-f", "lavfi", "-i", "sine=duration=1", "-c:a", "aac", "-y", $"file:{path}"]));

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private static EditSource Source(string path) => Probe.Read(path) is var info ? new EditSource(info.Width, info.Height, info.Duration) : null!;

    private string Scene(string name, int seed, double seconds) => Once($"originals/{name}", path => Encode(
        path, ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{Width}x{Height}", "-r", "12", "-i", "pipe:0"], input =>
        {
            foreach (var frame in Scenes.Render(seed, seconds, Rate, Width, Height)) input.Write(frame);
        }));

    private string Drawn(string name, string source) => Once($"originals/{name}", path => Encode(path, ["-f", "lavfi", "-i", source]));

    private string Once(string name, Action<string> make)
    {
        var path = Path.Combine(Root, name);
        if (File.Exists(path)) return path;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        make(path);
        return path;
    }

    private static void Encode(string path, string[] input, Action<Stream>? feed = null) => Run(
        path, ["-v", "error", .. input, "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p", "-threads", "1", "-y", $"file:{path}"], feed);

    private static void Run(string path, IReadOnlyList<string> arguments, Action<Stream>? feed = null)
    {
        using var child = Ffmpeg.Start("ffmpeg", path, arguments, input: feed is not null);
        feed?.Invoke(child.Input!);
        var (_, code) = child.Wait();
        Assert.True(code == 0, $"ffmpeg could not make {path}: {string.Join('\n', child.Errors.Tail)}");
    }
}

[CollectionDefinition("videos")]
public sealed class VideosCollection : ICollectionFixture<TestVideos>;
