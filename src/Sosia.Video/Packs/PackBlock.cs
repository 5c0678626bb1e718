using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Video.Packs;

/// <summary>
/// The frames of one video on their way into a pack: encoded as they come and kept in a file beside, so that memory is one frame and 16 bytes for
/// each, however long the video is. For one thread.
/// </summary>
public sealed class PackBlock : IDisposable
{
    private readonly string folder;
    private readonly JpegEncoder? encoder;
    private readonly FileStream spool;
    private readonly MemoryStream table = new();
    private readonly int frameBytes;

    internal PackBlock(string folder, string spool, PackSettings settings, int width, int height)
    {
        this.folder = folder;
        frameBytes = checked(width * height * 3);
        (Width, Height) = (width, height);
        encoder = settings.Format == PackFormat.Jpeg ? new JpegEncoder(width, height, settings.Quality) : null;
        this.spool = PackFolder.Guard(folder, () => new FileStream(
            spool, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 256 << 10, FileOptions.DeleteOnClose));
    }

    /// <summary>Pixels of its frames.</summary>
    public int Width { get; }

    /// <summary>Pixels of its frames.</summary>
    public int Height { get; }

    /// <summary>How many there are.</summary>
    public int Frames { get; private set; }

    /// <summary>Bytes in the file of frames.</summary>
    internal long Bytes => table.Length + spool.Length;

    /// <summary>XXH3 of the table of frames.</summary>
    internal ulong Check => XxHash3.HashToUInt64(Table);

    private ReadOnlySpan<byte> Table => table.GetBuffer().AsSpan(0, (int)table.Length);

    /// <summary>Adds the next frame.</summary>
    /// <param name="rgb">Height x width x 3.</param>
    /// <exception cref="ArgumentException">The frame has another size.</exception>
    /// <exception cref="PackException">The disk is full, or fails.</exception>
    public void Add(ReadOnlySpan<byte> rgb)
    {
        if (rgb.Length != frameBytes)
        {
            throw new ArgumentException($"{rgb.Length} bytes are no RGB picture of {Width} x {Height}", nameof(rgb));
        }

        var stored = encoder is null ? rgb : encoder.Encode(rgb);
        try
        {
            spool.Write(stored);
        }
        catch (IOException error)
        {
            throw new PackException(PackFault.NoAccess, $"cannot write to {Printable.Text(folder)}: {Printable.Text(error.Message)}; make room on its disk", error);
        }

        FrameTable.Append(table, spool.Position, stored);
        Frames++;
    }

    /// <summary>Gives the frames up, or frees what was kept for them.</summary>
    public void Dispose()
    {
        encoder?.Dispose();
        try
        {
            spool.Dispose();
        }
        catch (IOException)
        {
            // What it still had to write nobody wants; a file that is left is deleted by the next writer.
        }

        table.Dispose();
    }

    /// <summary>Writes the beginning of the block.</summary>
    /// <param name="frames">The file of frames.</param>
    /// <param name="offset">Where the block begins.</param>
    internal void WriteTable(SafeFileHandle frames, long offset) => RandomAccess.Write(frames, Table, offset);

    /// <summary>Writes the rest of it.</summary>
    internal void WriteFrames(SafeFileHandle frames, long offset)
    {
        spool.Flush();
        var buffer = new byte[1 << 20];
        var at = 0L;
        for (var n = RandomAccess.Read(spool.SafeFileHandle, buffer, at); n > 0; n = RandomAccess.Read(spool.SafeFileHandle, buffer, at))
        {
            RandomAccess.Write(frames, buffer.AsSpan(0, n), offset + table.Length + at);
            at += n;
        }
    }
}
