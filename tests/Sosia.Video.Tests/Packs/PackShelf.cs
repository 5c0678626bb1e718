using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;
using Sosia.Video.Packs;

namespace Sosia.Video.Tests.Packs;

/// <summary>A folder for packs that is gone after the test, and frames whose content is known.</summary>
internal sealed class PackShelf : IDisposable
{
    public PackShelf()
    {
        Root = Directory.CreateTempSubdirectory("sosia-packs-").FullName;
    }

    public string Root { get; }

    public string Pack => At("pack");

    public string At(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);

    /// <summary>A frame like no other: noise that the numbers decide.</summary>
    public static byte[] Noise(int seed, int frame, int width, int height)
    {
        var rgb = new byte[width * height * 3];
        new Random((seed * 1000) + frame).NextBytes(rgb);
        return rgb;
    }

    /// <summary>A picture that JPEG keeps well; its brightness tells the numbers.</summary>
    public static byte[] Smooth(int seed, int frame, int width, int height)
    {
        var rgb = new byte[width * height * 3];
        for (var i = 0; i < rgb.Length; i++)
        {
            var (x, y) = (i / 3 % width, i / 3 / width);
            rgb[i] = (byte)(((seed * 40) + (frame * 10) + x + (y / 2)) % 200);
        }

        return rgb;
    }

    public static void Add(PackWriter writer, string name, int seed, int frames, int width = 7, int height = 5, PackSource source = PackSource.Video)
    {
        using var block = writer.Begin(width, height);
        for (var frame = 0; frame < frames; frame++)
        {
            block.Add(writer.Settings.Format == PackFormat.Raw ? Noise(seed, frame, width, height) : Smooth(seed, frame, width, height));
        }

        writer.Commit(name, source, block, source == PackSource.Scene ? null : new PackOrigin("/videos/" + name, 1000 + seed, 2000 + seed));
    }

    public static byte[] Read(Pack pack, PackedVideo video, int frame)
    {
        var rgb = new byte[video.Width * video.Height * 3];
        pack.ReadFrame(video, frame, rgb);
        return rgb;
    }

    /// <summary>Every frame of every video.</summary>
    public static SortedDictionary<string, byte[][]> ReadAll(string folder)
    {
        using var pack = Video.Packs.Pack.Open(folder);
        return ReadAll(pack);
    }

    public static SortedDictionary<string, byte[][]> ReadAll(Pack pack) => new(
        pack.Videos.ToDictionary(v => v.Name, v => Enumerable.Range(0, v.Frames).Select(frame => Read(pack, v, frame)).ToArray()), StringComparer.Ordinal);

    public static double Psnr(byte[] a, byte[] b) =>
        10 * Math.Log10(255.0 * 255 / Math.Max(1e-9, a.Zip(b, (x, y) => (double)(x - y) * (x - y)).Average()));

    public static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }

    /// <summary>A block as the document describes it: rows of end and check, then the frames.</summary>
    public static byte[] Block(IReadOnlyList<byte[]> frames)
    {
        var block = new MemoryStream();
        Span<byte> row = stackalloc byte[16];
        var end = 0L;
        foreach (var frame in frames)
        {
            end += frame.Length;
            BinaryPrimitives.WriteInt64LittleEndian(row, end);
            BinaryPrimitives.WriteUInt64LittleEndian(row[8..], XxHash3.HashToUInt64(frame));
            block.Write(row);
        }

        foreach (var frame in frames) block.Write(frame);
        return block.ToArray();
    }

    /// <summary>A line of the index as the document describes it.</summary>
    public static byte[] Line(string json)
    {
        var open = Encoding.UTF8.GetBytes(json.TrimEnd('}'));
        return [.. open, .. Encoding.ASCII.GetBytes($",\"check\":\"{XxHash3.HashToUInt64(open):x16}\"}}\n")];
    }

    /// <summary>A pack of one video made by hand, whatever is in it.</summary>
    public static void ByHand(string folder, byte[] block, int width, int height, int frames, string format = "jpeg", string? line = null)
    {
        Directory.CreateDirectory(folder);
        var check = XxHash3.HashToUInt64(block.AsSpan(0, Math.Min(block.Length, 16 * Math.Max(0, frames))));
        line ??= $$"""{"name":"a","source":"video","width":{{width}},"height":{{height}},"rate":8,"frames":{{frames}},"offset":0,"bytes":{{block.Length}},"checksum":"{{check:x16}}"}""";
        File.WriteAllText(Path.Combine(folder, "pack.json"), $$"""{"format":"sosia.pack","version":1,"rate":8,"side":8,"frames":"{{format}}","quality":90}""");
        File.WriteAllBytes(Path.Combine(folder, "frames"), block);
        File.WriteAllBytes(Path.Combine(folder, "index"), Line(line));
    }
}
