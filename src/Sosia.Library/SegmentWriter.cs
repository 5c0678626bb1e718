using System.IO.Hashing;

namespace Sosia.Library;

/// <summary>A segment file as the catalogue names it.</summary>
internal sealed record SegmentEntry(long Number, int Rows, long Bytes, ulong Checksum)
{
    public const string Folder = "segments";
    public const string TemporarySuffix = ".tmp";

    /// <summary>Relative to the library's folder.</summary>
    public string Name => NameOf(Number);

    public static string NameOf(long number) => Path.Combine(Folder, $"{number:D6}.seg");

    /// <summary>The number in the name of a segment file, whole or temporary; null when it is something else.</summary>
    public static long? NumberOf(string fileName)
    {
        var name = fileName.EndsWith(TemporarySuffix, StringComparison.Ordinal) ? fileName[..^TemporarySuffix.Length] : fileName;
        return name.Length >= 10 && name.EndsWith(".seg", StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, name.Length - 4), System.Globalization.NumberStyles.None, null, out var number) ? number : null;
    }
}

/// <summary>Writes segment files: whole, synced and under their final name, or not at all.</summary>
internal sealed class SegmentWriter(string libraryFolder, EmbedderIdentity embedder, Action<WriteStep> reached)
{
    /// <summary>Bytes of one row in a file.</summary>
    public int RowBytes { get; } = SegmentHeader.Columns(embedder.Kind, embedder.Dimension).Sum(column => column.RowBytes);

    /// <exception cref="LibraryException">The disk is full or failing; nothing is left behind.</exception>
    public SegmentEntry Write(long number, IReadOnlyList<ClipBuffer> buffers)
    {
        var final = Path.Combine(libraryFolder, SegmentEntry.NameOf(number));
        var temporary = final + SegmentEntry.TemporarySuffix;
        try
        {
            var entry = WriteTemporary(temporary, number, buffers);
            reached(WriteStep.SegmentWritten);
            DurableFile.Publish(temporary, final);
            reached(WriteStep.SegmentNamed);
            return entry;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            DurableFile.TryDelete(temporary);
            throw new LibraryException(
                LibraryFault.NotWritable, $"cannot write {final}: {problem.Message}; free some space or check the disk", problem);
        }
    }

    private SegmentEntry WriteTemporary(string path, long number, IReadOnlyList<ClipBuffer> buffers)
    {
        var rows = buffers.Sum(buffer => buffer.Rows);
        var contents = Contents(buffers);
        var header = Layout(rows, contents);
        var start = header.Encode(out var checksum);

        using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16);
        file.Write(start);
        for (var i = 0; i < contents.Count; i++)
        {
            Pad(file, header.Parts[i].Offset);
            contents[i].Pieces.ForEach(piece => file.Write(piece.Span));
        }

        Pad(file, header.FileBytes);
        reached(WriteStep.SegmentHalfWritten);
        file.Flush(flushToDisk: true);
        return new SegmentEntry(number, rows, header.FileBytes, checksum);
    }

    private List<Content> Contents(IReadOnlyList<ClipBuffer> buffers)
    {
        var contents = new List<Content> { new(PartId.Embedder, PartType.Utf8, [SegmentHeader.EncodeEmbedder(embedder)]) };
        foreach (var column in SegmentHeader.Columns(embedder.Kind, embedder.Dimension))
        {
            contents.Add(new Content(column.Id, column.Type, [.. buffers.Select(buffer => buffer[column.Id])]));
        }

        return contents;
    }

    private SegmentHeader Layout(int rows, List<Content> contents)
    {
        var parts = new List<Part>();
        var offset = SegmentHeader.Align(SegmentHeader.HeaderBytes + (contents.Count * SegmentHeader.PartBytes));
        foreach (var content in contents)
        {
            var length = content.Pieces.Sum(piece => (long)piece.Length);
            parts.Add(new Part(content.Id, content.Type, offset, length, Checksum(content.Pieces)));
            offset = SegmentHeader.Align(offset + length);
        }

        return new SegmentHeader(embedder.Kind, embedder.Dimension, rows, offset, parts);
    }

    private static ulong Checksum(List<ReadOnlyMemory<byte>> pieces)
    {
        var hash = new XxHash3();
        pieces.ForEach(piece => hash.Append(piece.Span));
        return hash.GetCurrentHashAsUInt64();
    }

    private static void Pad(FileStream file, long offset)
    {
        Span<byte> zeros = stackalloc byte[SegmentHeader.Alignment];
        zeros.Clear();
        file.Write(zeros[..(int)(offset - file.Position)]);
    }

    private sealed record Content(PartId Id, PartType Type, List<ReadOnlyMemory<byte>> Pieces);
}

/// <summary>Where a writer can be stopped: tests end the process there.</summary>
internal enum WriteStep
{
    SegmentHalfWritten,
    SegmentWritten,
    SegmentNamed,
    TransactionOpen,
    Committed,
}
