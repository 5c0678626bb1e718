using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>vPDQ hash files as clips.</summary>
public static class HashFiles
{
    /// <summary>The hashes of a file as clips; each lasts until the next.</summary>
    /// <exception cref="InvalidDataException">It cannot be read, or a line is no hash line; the message has its number.</exception>
    public static ClipSequence Clips(string path, FindPart part)
    {
        var hashes = Read(path).Where(h => h.Seconds >= part.From && (part.To is null || h.Seconds < part.To)).OrderBy(h => h.Seconds).ToArray();
        var rows = new byte[hashes.Length * VectorRows.BitRowBytes];
        var spans = new ClipSpan[hashes.Length];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i].Hash.WriteTo(rows.AsSpan(i * VectorRows.BitRowBytes));
            var end = i + 1 < hashes.Length ? hashes[i + 1].Seconds : hashes[i].Seconds + (1 / PdqEmbedder.Rate);
            spans[i] = new ClipSpan(hashes[i].Seconds, end, (byte)hashes[i].Quality);
        }

        return new ClipSequence(VectorRows.OfBits(rows), spans);
    }

    private static VpdqFrame[] Read(string path)
    {
        try
        {
            return [.. VpdqFile.Read(path)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"cannot read {Path.GetFileName(path)}: {error.Message}", error);
        }
    }
}
