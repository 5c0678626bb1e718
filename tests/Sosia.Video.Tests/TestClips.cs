using System.Globalization;
using System.Text;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // fakes of ffmpeg are set by environment variables

namespace Sosia.Video.Tests;

/// <summary>Small videos made once a run by ffmpeg. The counter shows its own frame number: frame k is flat, with luma 20 + 4k.</summary>
public sealed class TestClips : IDisposable
{
    public const int Frames = 50;
    public const int Rate = 25;
    private const string CounterSource = "nullsrc=size=64x36:rate=25:duration=2,format=yuv420p,geq=lum='20+4*N':cb=128:cr=128";

    private readonly Dictionary<string, string> made = [];

    public TestClips()
    {
        Folder = Directory.CreateTempSubdirectory("sosia-video-").FullName;
    }

    public string Folder { get; }

    /// <summary>H.264 with B-frames and a key frame every 12 frames, in MP4.</summary>
    public string Counter => Make("counter.mp4", "-f", "lavfi", "-i", CounterSource, "-c:v", "libx264", "-g", "12", "-bf", "2", "-qp", "8");

    /// <summary>Texture that moves, 160 x 90, 2 s.</summary>
    public string Moving => Make("moving.mp4", "-f", "lavfi", "-i", "testsrc2=size=160x90:rate=25:duration=2", "-c:v", "libx264", "-g", "25", "-pix_fmt", "yuv420p");

    public string Sound => Make("sound.m4a", "-f", "lavfi", "-i", "sine=duration=2", "-c:a", "aac");

    public string Picture => Make("picture.jpg", "-f", "lavfi", "-i", "testsrc2=size=160x90:duration=1", "-frames:v", "1", "-update", "1");

    /// <summary>Red and green above blue and white, H.264 in MP4.</summary>
    public string Corners => Make(
        "corners.mp4", "-f", "lavfi", "-i",
        "color=red:size=64x36:rate=25:duration=0.4,drawbox=x=32:w=32:h=18:color=lime:t=fill,drawbox=y=18:w=32:h=18:color=blue:t=fill,drawbox=x=32:y=18:w=32:h=18:color=white:t=fill",
        "-c:v", "libx264", "-pix_fmt", "yuv444p", "-qp", "4");

    /// <summary>The path of a file that need not exist.</summary>
    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    /// <summary>A file of these bytes.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(Path(name), bytes);
        return Path(name);
    }

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    /// <summary>Runs ffmpeg once for a name.</summary>
    public string Make(string name, params string[] arguments)
    {
        if (made.TryGetValue(name, out var known))
        {
            return known;
        }

        var path = Path(name);
        using var child = Ffmpeg.Start("ffmpeg", path, ["-hide_banner", "-nostdin", "-loglevel", "error", "-y", .. arguments, "file:" + path]);
        child.Output.CopyTo(Stream.Null);
        var (_, exit) = child.Wait();
        Assert.True(exit == 0, $"ffmpeg could not make {name}: {string.Join('\n', child.Errors.Tail)}");
        return made[name] = path;
    }

    /// <summary>A second container or edit of a clip without encoding it again.</summary>
    public string Remux(string name, string from, params string[] options) => Make(name, ["-i", "file:" + from, "-map", "0", "-c", "copy", .. options]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>All frames of a small size: time, and the mean of all bytes.</summary>
    public static List<(double Time, double Mean)> Read(string path, FrameRequest? request = null) => Read(path, request, out _);

    public static List<(double Time, double Mean)> Read(string path, FrameRequest? request, out string? damage) =>
        Read(Probe.Read(path), request, out damage);

    public static List<(double Time, double Mean)> Read(VideoInfo video, FrameRequest? request, out string? damage)
    {
        using var reader = FrameReader.Open(video, request ?? new FrameRequest(16, 9));
        List<(double, double)> frames = [];
        while (reader.Read(out var frame))
        {
            var sum = 0.0;
            foreach (var value in frame.Rgb)
            {
                sum += value;
            }

            frames.Add((frame.Time, sum / frame.Rgb.Length));
        }

        damage = reader.Damage;
        return frames;
    }

    /// <summary>The frame number that a frame of the counter shows.</summary>
    public static int Number(double mean) => (int)Math.Round((mean * 219 / 255 + 16 - 20) / 4);

    public static string Show(IEnumerable<double> times) => string.Join(' ', times.Select(time => time.ToString("0.###", CultureInfo.InvariantCulture)));
}

[CollectionDefinition("clips")]
public sealed class ClipsCollection : ICollectionFixture<TestClips>;
