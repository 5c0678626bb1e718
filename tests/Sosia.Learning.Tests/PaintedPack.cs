using Sosia.Learning.Training;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

/// <summary>A pack in a folder that is gone after the test. Of a painted frame red tells the video, green the frame and blue the column.</summary>
internal sealed class PaintedPack : IDisposable
{
    public const double Rate = 8;

    private readonly string root = Directory.CreateTempSubdirectory("sosia-training-").FullName;

    public string Folder => At("pack");

    public static PaintedPack Of(int videos, int frames = 12, int width = 20, int height = 16)
    {
        var pack = new PaintedPack();
        using var writer = pack.Write();
        for (var video = 0; video < videos; video++)
        {
            Add(writer, Name(video), PackSource.Video, width, height, [.. Enumerable.Range(0, frames).Select(frame => Paint(video, frame, width, height))]);
        }

        return pack;
    }

    public static string Name(int video) => $"video{video:00}.mp4";

    public static byte[] Paint(int video, int frame, int width, int height) =>
        [.. Enumerable.Range(0, width * height).SelectMany(i => new[] { (byte)(video * 16), (byte)(frame * 4), (byte)(i % width * 8) })];

    public static void Add(PackWriter writer, string name, PackSource source, int width, int height, params byte[][] frames)
    {
        using var block = writer.Begin(width, height);
        Array.ForEach(frames, frame => block.Add(frame));
        writer.Commit(name, source, block, source == PackSource.Scene ? null : new PackOrigin("/videos/" + name, 1, 2));
    }

    public string At(string name) => Path.Combine(root, name);

    public PackWriter Write() => PackWriter.Open(Folder, new PackSettings(Rate, 16, PackFormat.Raw));

    public Dataset Open() => Dataset.Open([Folder], 0);

    /// <summary>Changes a byte of every frame of a painted video.</summary>
    public void Damage(int video, int frames = 12, int width = 20, int height = 16)
    {
        var path = Path.Combine(Folder, "frames");
        var bytes = File.ReadAllBytes(path);
        for (var frame = 0; frame < frames; frame++)
        {
            var at = bytes.AsSpan().IndexOf(Paint(video, frame, width, height));
            Assert.True(at > 0, $"frame {frame} of video {video} is not where it was painted");
            bytes[at + 7] ^= 0x40;
        }

        File.WriteAllBytes(path, bytes);
    }

    public void Dispose() => Directory.Delete(root, recursive: true);
}
