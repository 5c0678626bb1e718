using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sosia.Video.Packs;

/// <summary>One line of a pack's index: a video, the file that it was, and where its frames lie.</summary>
internal sealed record IndexLine
{
    public required string Name { get; init; }

    public required PackSource Source { get; init; }

    /// <summary>The file; null of a scene.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes of the file.</summary>
    public long Size { get; init; }

    /// <summary>When the file was changed last, nanoseconds since 1970.</summary>
    public long Modified { get; init; }

    public required int Width { get; init; }

    public required int Height { get; init; }

    public required double Rate { get; init; }

    public required int Frames { get; init; }

    /// <summary>What could not be decoded of it; null: all was.</summary>
    public string? Damage { get; init; }

    public required long Offset { get; init; }

    public required long Bytes { get; init; }

    /// <summary>XXH3 of the table of frames, 16 hexadecimal digits.</summary>
    public required string Checksum { get; init; }

    /// <summary>As readers see it.</summary>
    /// <param name="format">Of the pack.</param>
    /// <returns>Null where its numbers contradict each other.</returns>
    public PackedVideo? ToVideo(PackFormat format)
    {
        var plausible = Name is { Length: > 0 } && Enum.IsDefined(Source) && Width is >= 1 and <= 65535 && Height is >= 1 and <= 65535
            && 3L * Width * Height <= int.MaxValue && Rate is >= 0 and <= 1000 && Frames >= 1 && Offset >= 0 && Bytes > 0;
        if (!plausible || !ulong.TryParse(Checksum, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var check))
        {
            return null;
        }

        // Of raw frames the length is known; a JPEG has one byte at least.
        var video = new PackedVideo(Name, Source, Width, Height, Rate, Frames) { Slot = new PackSlot(Offset, Bytes, check) };
        var payload = Bytes - FrameTable.Bytes(Frames);
        var fits = format == PackFormat.Raw ? payload == (long)video.FrameBytes * Frames : payload >= Frames;
        return fits && Bytes <= long.MaxValue - Offset ? video : null;
    }
}

/// <summary>JSON of packs by source generation.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UseStringEnumConverter = true)]
[JsonSerializable(typeof(IndexLine))]
[JsonSerializable(typeof(PackHeader))]
[JsonSerializable(typeof(PackFailure))]
internal sealed partial class PackJson : JsonSerializerContext;

/// <summary>
/// The index of a pack: JSON, one line an entry, each with a check of itself at its end. Lines are only appended; a last one without its end was
/// being written when the program or the machine stopped, and counts for nothing.
/// </summary>
internal static class PackIndex
{
    public const string FileName = "index";

    private const long MostBytes = 1L << 30;
    private const int CheckBytes = 28; // ,"check":"0123456789abcdef"}

    /// <summary>One line, its end included.</summary>
    public static byte[] Write(IndexLine line)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(line, PackJson.Default.IndexLine).AsSpan()[..^1];
        return [.. json, .. Check(json), (byte)'\n'];
    }

    /// <summary>Reads an index.</summary>
    /// <returns>Its lines, and how many bytes of the file they are: what follows is a line that was never finished.</returns>
    /// <exception cref="PackException">A line that is not the last is damaged, or one is none of ours.</exception>
    public static (List<IndexLine> Lines, long Bytes) Read(string path)
    {
        if (new FileInfo(path).Length > MostBytes)
        {
            throw PackException.Damaged(path, $"it is longer than {MostBytes >> 20} MiB");
        }

        var lines = new List<IndexLine>();
        ReadOnlySpan<byte> all = File.ReadAllBytes(path), rest = all;
        for (var length = rest.IndexOf((byte)'\n'); length >= 0; length = rest.IndexOf((byte)'\n'))
        {
            if (Parse(rest[..length]) is not { } line)
            {
                return length + 1 == rest.Length ? (lines, all.Length - rest.Length) : throw PackException.Damaged(path, $"line {lines.Count + 1} is not what was written");
            }

            lines.Add(line);
            rest = rest[(length + 1)..];
        }

        return (lines, all.Length - rest.Length);
    }

    private static IndexLine? Parse(ReadOnlySpan<byte> line)
    {
        if (line.Length < CheckBytes || !line[^CheckBytes..].SequenceEqual(Check(line[..^CheckBytes])))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(line, PackJson.Default.IndexLine);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[] Check(ReadOnlySpan<byte> json) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"check\":\"{XxHash3.HashToUInt64(json):x16}\"}}"));
}
