using System.Globalization;
using Sosia.Matching;
using Sosia.Video;
using Xunit;

namespace Sosia.Tests.Embedding;

/// <summary>Videos drawn by ffmpeg for one test, and what an embedder makes of them.</summary>
internal sealed class Drawn : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sosia drawn ").FullName;

    /// <summary>A video of a filter graph, as ffmpeg's lavfi device takes it.</summary>
    public string Video(string name, string graph) => Write(name, ["-f", "lavfi", "-i", graph]);

    /// <summary>A video through a filter, with little loss.</summary>
    public string Filtered(string name, string source, string filter) => Write(name, ["-i", $"file:{source}", "-vf", filter]);

    /// <summary>A picture full of detail that changes, unlike its mirror image.</summary>
    public string Moving(string name, double seconds, string more = "null") =>
        Video(name, string.Create(CultureInfo.InvariantCulture, $"testsrc2=size=96x72:rate=4:duration={seconds},{more}"));

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A whole video or a part of it.</summary>
    public static EmbeddedVideo Read(IEmbedder embedder, string path, double from = 0, double? to = null, params IReadOnlyList<QueryVariant> variants) =>
        EmbeddedVideos.Read(embedder, Probe.Read(path), new EmbedRequest(from, to) { Variants = variants });

    /// <summary>The cosine of each row with the one of the same number.</summary>
    public static double[] Likeness(ClipSequence one, ClipSequence other)
    {
        Assert.Equal(one.Count, other.Count);
        var (a, b) = (one.Rows.Float16.ToArray(), other.Rows.Float16.ToArray());
        return [.. Enumerable.Range(0, one.Count).Select(row =>
            Enumerable.Range(row * one.Rows.Dimension, one.Rows.Dimension).Sum(i => (double)a[i] * (double)b[i]))];
    }

    private string Write(string name, string[] input)
    {
        var path = Path.Combine(folder, name);
        string[] arguments = ["-v", "error", .. input, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "12", "-pix_fmt", "yuv420p", "-threads", "1", "-y", $"file:{path}"];
        using var child = Ffmpeg.Start("ffmpeg", path, arguments);
        var (_, code) = child.Wait();
        Assert.True(code == 0, string.Join('\n', child.Errors.Tail));
        return path;
    }
}
