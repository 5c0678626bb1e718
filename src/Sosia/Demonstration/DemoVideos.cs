using System.Globalization;
using Sosia.Video;

namespace Sosia;

/// <summary>An edited copy that the demo made.</summary>
/// <param name="Edit">What was done: a name of <see cref="Edits"/>.</param>
/// <param name="Path">The copy.</param>
/// <param name="Truth">What it shows of which original, the surest stretch first.</param>
public sealed record DemoCopy(string Edit, string Path, IReadOnlyList<DemoStretch> Truth);

/// <summary>A stretch of a copy and what it shows.</summary>
/// <param name="Original">Path.</param>
/// <param name="Stretch">Seconds of both.</param>
public sealed record DemoStretch(string Original, CopiedStretch Stretch);

/// <summary>The demo's own videos: rendered scenes in several codecs, and edited copies of them.</summary>
/// <param name="Originals">Paths.</param>
/// <param name="Copies">With the truth about each.</param>
public sealed record DemoVideos(IReadOnlyList<string> Originals, IReadOnlyList<DemoCopy> Copies)
{
    private const int Width = 320;
    private const int Height = 180;
    private const double Rate = 15;
    private const double Seconds = 14;

    private static readonly (string Name, string[] Codec)[] Formats =
    [
        ("harbour.mp4", ["-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-pix_fmt", "yuv420p"]),
        ("market.mkv", ["-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p"]),
        ("meadow.avi", ["-c:v", "mpeg4", "-q:v", "4", "-pix_fmt", "yuv420p"]),
        ("station.mov", ["-c:v", "mjpeg", "-q:v", "4", "-pix_fmt", "yuvj420p"]),
        ("tower.mpg", ["-c:v", "mpeg2video", "-q:v", "4", "-r", "25", "-pix_fmt", "yuv420p"]),
        ("valley.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M", "-pix_fmt", "yuv420p"]),
    ];

    private static readonly string[] EditNames =
        ["reencode", "scale", "colour", "logo", "trim", "speed", "splice", "mirror", "crop", "letterbox"];

    /// <summary>The encoders of ffmpeg that making them takes.</summary>
    public static IReadOnlyList<string> Encoders { get; } = [.. Formats.Select(f => f.Codec[1]).Append("libx264").Distinct(StringComparer.Ordinal)]; // of originals, and of edits

    /// <summary>Renders, encodes and edits into a folder; the same seed gives the same videos.</summary>
    /// <param name="folder">Gets `originals` and `copies`.</param>
    /// <param name="seed">Decides scenes and edits.</param>
    /// <param name="threads">Videos made at a time.</param>
    /// <param name="progress">Told after each file.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="VideoException">ffmpeg is missing, or cannot encode.</exception>
    public static DemoVideos Make(string folder, int seed, int threads, IProgress<IngestProgress>? progress, CancellationToken stop)
    {
        var originals = Directory.CreateDirectory(Path.Combine(folder, "originals")).FullName;
        var copies = Directory.CreateDirectory(Path.Combine(folder, "copies")).FullName;
        var total = Formats.Length + EditNames.Length;
        var done = 0;
        void Report() => progress?.Report(new IngestProgress(Interlocked.Increment(ref done), total, 0));

        var paths = InParallel(Formats.Length, threads, i =>
        {
            var path = Path.Combine(originals, Formats[i].Name);
            Render(path, Formats[i].Codec, seed + i, stop);
            Report();
            return path;
        }, stop);
        var made = InParallel(EditNames.Length, threads, i =>
        {
            var copy = Copy(copies, EditNames[i], paths[i % paths.Length], paths[(i + 1) % paths.Length], seed + i, stop);
            Report();
            return copy;
        }, stop);
        return new DemoVideos(paths, made);
    }

    private static T[] InParallel<T>(int count, int threads, Func<int, T> make, CancellationToken stop)
    {
        var made = new T[count];
        Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = stop }, i => made[i] = make(i));
        return made;
    }

    private static void Render(string path, string[] codec, int seed, CancellationToken stop)
    {
        string[] arguments =
        [
            "-nostdin", "-v", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", $"{Width}x{Height}",
            "-r", Rate.ToString(CultureInfo.InvariantCulture), "-i", "pipe:0", .. codec, "-threads", "1", "-y", Ffmpeg.FileUrl(path),
        ];
        Run(path, arguments, input =>
        {
            foreach (var frame in Scenes.Render(seed, Seconds, Rate, Width, Height))
            {
                input!.Write(frame);
            }
        }, stop);
    }

    private static DemoCopy Copy(string folder, string name, string original, string other, int seed, CancellationToken stop)
    {
        var edit = Edits.Named(name);
        var plan = edit.Plan(seed, Source(original, stop), edit.TakesTwo ? Source(other, stop) : null);
        var path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(original)}-{name}.mp4");
        Run(path, plan.Arguments(original, other, path), null, stop);
        return new DemoCopy(name, path, [.. plan.Truth.Select(t => new DemoStretch(t.Source == 0 ? original : other, t))]);
    }

    private static EditSource Source(string path, CancellationToken stop)
    {
        var info = Probe.Read(path, stop);
        return new EditSource(info.Width, info.Height, info.Duration > 0 ? info.Duration : Seconds);
    }

    private static void Run(string path, IReadOnlyList<string> arguments, Action<Stream?>? feed, CancellationToken stop)
    {
        using var child = Ffmpeg.Start(Ffmpeg.Tool, path, arguments, input: feed is not null, stop: stop);
        try
        {
            feed?.Invoke(child.Input);
        }
        catch (IOException)
        {
            // ffmpeg ended before it had all frames: its exit code and errors say why.
        }

        child.Input?.Dispose(); // all frames are there
        child.Output.CopyTo(Stream.Null); // to its end: only then may it be waited for
        var (ending, code) = child.Wait();
        stop.ThrowIfCancellationRequested();
        if (ending != ChildEnding.Exited || code != 0)
        {
            throw new VideoException(VideoFault.Damaged, path, $"ffmpeg could not write it: {string.Join("; ", child.Errors.Tail)}");
        }
    }
}
