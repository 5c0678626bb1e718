using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using Sosia.Video.Packs;

namespace Sosia.Video.Tests.Packs;

/// <summary>Packs that version 1 wrote: they are read for ever, and version 1 still writes them byte by byte.</summary>
public sealed class PackGoldenTests : IDisposable
{
    private static readonly string[] Files = ["pack.json", "index", "frames"];

    private readonly PackShelf shelf = new();

    private static string Golden => Path.Combine(AppContext.BaseDirectory, "golden");

    public void Dispose() => shelf.Dispose();

    /// <summary>Writes the files anew: <c>dotnet run --project tests/Sosia.Video.Tests golden FOLDER</c>, for a new version only.</summary>
    internal static void Make(string folder)
    {
        foreach (var format in new[] { PackFormat.Raw, PackFormat.Jpeg })
        {
            var path = Path.Combine(folder, $"{format.ToString().ToLowerInvariant()}-1");
            using (var writer = PackWriter.Open(path, new PackSettings(Rate: 7.5, Side: 12, Format: format, Quality: 80)))
            {
                PackShelf.Add(writer, "sub/ünïcode \"name\".mp4", 1, frames: 3, 16, 12);
                PackShelf.Add(writer, "photograph.jpg", 2, frames: 1, 20, 18, PackSource.Photograph);
                PackShelf.Add(writer, "scene-000000", 3, frames: 2, 21, 12, PackSource.Scene);
            }

            File.Delete(Path.Combine(path, "writer.lock"));
        }
    }

    [Theory]
    [InlineData("raw-1")]
    [InlineData("jpeg-1")]
    public void APackOfVersion1IsReadAndWrittenOn(string name)
    {
        PackShelf.Copy(Path.Combine(Golden, name), shelf.Pack);
        Check(videos: 3);
        using (var writer = PackWriter.Open(shelf.Pack, Pack.SettingsOf(shelf.Pack))) PackShelf.Add(writer, "later.mp4", 9, 4);
        Check(videos: 4);
    }

    [Fact]
    public void APackOfVersion1IsWrittenAsEver()
    {
        Make(shelf.Root);
        Assert.All(Files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Golden, "raw-1", file)), File.ReadAllBytes(shelf.At($"raw-1/{file}"))));
        Assert.Equal(File.ReadAllBytes(Path.Combine(Golden, "jpeg-1", "pack.json")), File.ReadAllBytes(shelf.At("jpeg-1/pack.json")));
    }

    [Fact]
    public void TheBytesAreThoseOfTheDocument()
    {
        Assert.Equal("""{"format":"sosia.pack","version":1,"rate":7.5,"side":12,"frames":"raw","quality":80}""" + "\n", File.ReadAllText(Path.Combine(Golden, "raw-1", "pack.json")));
        var (lines, frames) = (File.ReadAllLines(Path.Combine(Golden, "raw-1", "index")), File.ReadAllBytes(Path.Combine(Golden, "raw-1", "frames")));
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Equal(Encoding.ASCII.GetString(PackShelf.Line(line[..^28])), line + "\n"));
        var json = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(["name", "source", "path", "size", "modified", "width", "height", "rate", "frames", "offset", "bytes", "checksum", "check"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("sub/ünïcode \"name\".mp4", "video", 1001, 2001, 7.5), (
            json.GetProperty("name").GetString(), json.GetProperty("source").GetString(), json.GetProperty("size").GetInt32(), json.GetProperty("modified").GetInt32(), json.GetProperty("rate").GetDouble()));
        var block = PackShelf.Block([.. Enumerable.Range(0, 3).Select(frame => PackShelf.Noise(1, frame, 16, 12))]);
        Assert.Equal(block, frames[..block.Length]);
        Assert.Equal(block.Length, json.GetProperty("bytes").GetInt32());
        Assert.Equal(XxHash3.HashToUInt64(block.AsSpan(0, 48)), ulong.Parse(json.GetProperty("checksum").GetString()!, NumberStyles.HexNumber));
        Assert.Equal(block.Length, JsonDocument.Parse(lines[1]).RootElement.GetProperty("offset").GetInt32());
    }

    private void Check(int videos)
    {
        using var pack = Pack.Open(shelf.Pack);
        Assert.Equal(videos, pack.Videos.Count);
        PackedVideo[] expected =
        [
            new("photograph.jpg", PackSource.Photograph, 20, 18, 0, 1), new("scene-000000", PackSource.Scene, 21, 12, 7.5, 2),
            new("sub/ünïcode \"name\".mp4", PackSource.Video, 16, 12, 7.5, 3),
        ];
        foreach (var (video, seed) in expected.Zip([2, 3, 1]))
        {
            var packed = Assert.Single(pack.Videos, v => v.Name == video.Name);
            Assert.Equal(video, packed with { Slot = default });
            for (var frame = 0; frame < packed.Frames; frame++)
            {
                var rgb = PackShelf.Read(pack, packed, frame);
                if (pack.Settings.Format == PackFormat.Raw) Assert.Equal(PackShelf.Noise(seed, frame, packed.Width, packed.Height), rgb);
                else Assert.True(PackShelf.Psnr(PackShelf.Smooth(seed, frame, packed.Width, packed.Height), rgb) > 30);
            }
        }
    }
}
