using System.Buffers;
using System.Runtime.InteropServices;
using Sosia.Matching;

namespace Sosia.Library;

/// <summary>Rows of one video that are not on disk yet, column by column as they will lie there.</summary>
internal sealed class ClipBuffer(VectorKind kind, int dimension)
{
    private readonly Dictionary<PartId, ArrayBufferWriter<byte>> columns =
        SegmentHeader.Columns(kind, dimension).ToDictionary(column => column.Id, _ => new ArrayBufferWriter<byte>());

    public int Rows { get; private set; }

    public ReadOnlyMemory<byte> this[PartId column] => columns[column].WrittenMemory;

    public void Append(long video, ushort plan, VectorRows rows, ReadOnlySpan<ClipSpan> spans)
    {
        if (kind == VectorKind.Bits256)
        {
            columns[PartId.Bits].Write(rows.Bits.Span);
        }
        else
        {
            Write(PartId.Float16, rows.Float16.Span);
            Write(PartId.Int8, rows.Int8.Span);
            Write(PartId.Scale, rows.Scale.Span);
            Write(PartId.Residual, rows.Residual.Span);
        }

        foreach (var span in spans)
        {
            Write(PartId.Video, [video]);
            Write(PartId.Start, [Milliseconds(span.Start)]);
            Write(PartId.End, [Milliseconds(span.End)]);
            Write(PartId.Plan, [plan]);
            Write(PartId.Quality, [span.Quality]);
            Write<ushort>(PartId.Flags, [0]);
        }

        Rows += spans.Length;
    }

    /// <summary>Seconds as the clip table holds them.</summary>
    /// <exception cref="OverflowException">Below zero, above 49 days, or no number.</exception>
    public static uint Milliseconds(double seconds) => checked((uint)Math.Round(seconds * 1000, MidpointRounding.AwayFromZero));

    private void Write<T>(PartId column, ReadOnlySpan<T> values)
        where T : unmanaged => columns[column].Write(MemoryMarshal.AsBytes(values));
}
