using System.IO.Hashing;
using System.Runtime.CompilerServices;
using Sosia.Matching;

namespace Sosia.Library;

/// <summary>An open segment file: its rows and its clip table where they lie on disk.</summary>
internal sealed class SegmentFile : IDisposable
{
    private readonly FileMemory memory;
    private readonly SegmentHeader header;

    private SegmentFile(FileMemory memory, SegmentHeader header)
    {
        this.memory = memory;
        this.header = header;
        Rows = header.Kind == VectorKind.Bits256
            ? VectorRows.OfBits(Elements<byte>(PartId.Bits))
            : VectorRows.OfQuantised(
                header.Dimension, Elements<Half>(PartId.Float16), Elements<sbyte>(PartId.Int8), Elements<float>(PartId.Scale),
                Elements<float>(PartId.Residual));
        Videos = Elements<long>(PartId.Video);
        Starts = Elements<uint>(PartId.Start);
        Ends = Elements<uint>(PartId.End);
        Qualities = Elements<byte>(PartId.Quality);
    }

    public VectorRows Rows { get; }

    /// <summary>N: the video of each row.</summary>
    public ReadOnlyMemory<long> Videos { get; }

    private ReadOnlyMemory<uint> Starts { get; }

    private ReadOnlyMemory<uint> Ends { get; }

    private ReadOnlyMemory<byte> Qualities { get; }

    /// <summary>
    /// Opens a file after checking all that its use relies on: header, lengths and the clip table. Vectors are checked by Verify alone.
    /// </summary>
    /// <exception cref="LibraryException">It is damaged, or not the file that the catalogue names.</exception>
    /// <exception cref="FileNotFoundException">It is gone.</exception>
    public static SegmentFile Open(string path, SegmentEntry entry, EmbedderIdentity embedder)
    {
        using var handle = File.OpenHandle(path);
        var header = SegmentCheck.ReadHeader(handle, path, entry, embedder);
        var memory = new FileMemory(handle, header.FileBytes);
        try
        {
            var segment = new SegmentFile(memory, header);
            segment.CheckClipTable(path);
            return segment;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    public ClipSpan Span(int row) => new(Starts.Span[row] / 1000.0, Ends.Span[row] / 1000.0, Qualities.Span[row]);

    public void Dispose() => memory.Dispose();

    private ReadOnlyMemory<T> Elements<T>(PartId id)
        where T : unmanaged
    {
        var part = header.Find(id);
        return memory.Slice<T>(part.Offset, (int)(part.Length / Unsafe.SizeOf<T>()));
    }

    private void CheckClipTable(string path)
    {
        foreach (var column in SegmentHeader.ClipTable)
        {
            var part = header.Find(column.Id);
            if (XxHash3.HashToUInt64(memory.Slice<byte>(part.Offset, (int)part.Length).Span) != part.Checksum)
            {
                throw LibraryException.Corrupt(path, $"the checksum of its column '{column.Id}' is wrong");
            }
        }
    }
}
