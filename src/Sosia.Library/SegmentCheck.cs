using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Library;

/// <summary>Checks segment files by plain reads, so that a failing disk gives an error and not a dead process.</summary>
internal static class SegmentCheck
{
    /// <summary>Header and directory of the file that the catalogue names.</summary>
    /// <exception cref="LibraryException">It is damaged, or another file.</exception>
    public static SegmentHeader ReadHeader(SafeFileHandle file, string path, SegmentEntry entry, EmbedderIdentity embedder)
    {
        var length = RandomAccess.GetLength(file);
        var parts = SegmentHeader.ReadPartCount(Read(file, path, 0, SegmentHeader.HeaderBytes), path);
        var bytes = Read(file, path, 0, SegmentHeader.HeaderBytes + (parts * SegmentHeader.PartBytes));
        var header = SegmentHeader.Decode(bytes, length, path, out var checksum);
        if (checksum != entry.Checksum || header.Rows != entry.Rows || length != entry.Bytes)
        {
            throw LibraryException.Corrupt(path, "it is not the file that the catalogue names");
        }

        var named = header.Find(PartId.Embedder);
        var sameMaker = Read(file, path, named.Offset, (int)named.Length).AsSpan().SequenceEqual(SegmentHeader.EncodeEmbedder(embedder));
        return sameMaker && header.Kind == embedder.Kind && header.Dimension == embedder.Dimension
            ? header
            : throw LibraryException.Corrupt(path, $"its vectors were not made by {embedder.Name}");
    }

    /// <summary>Every part whose checksum is wrong.</summary>
    /// <exception cref="LibraryException">Header or directory are damaged already.</exception>
    public static IEnumerable<string> WrongParts(string path, SegmentEntry entry, EmbedderIdentity embedder)
    {
        using var file = File.OpenHandle(path);
        foreach (var part in ReadHeader(file, path, entry, embedder).Parts)
        {
            if (Checksum(file, path, part) != part.Checksum)
            {
                yield return $"the checksum of part '{part.Id}' is wrong";
            }
        }
    }

    private static ulong Checksum(SafeFileHandle file, string path, Part part)
    {
        const int chunk = 1 << 20;
        var hash = new XxHash3();
        for (var at = 0L; at < part.Length; at += chunk)
        {
            hash.Append(Read(file, path, part.Offset + at, (int)Math.Min(chunk, part.Length - at)));
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private static byte[] Read(SafeFileHandle file, string path, long offset, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(have), offset + have);
            have += read > 0 ? read : throw LibraryException.Corrupt(path, $"it ends before byte {offset + count}");
        }

        return bytes;
    }
}
