using System.Collections.Concurrent;
using System.IO.Hashing;

namespace Sosia.Video.Packs;

/// <summary>
/// A pack, open for reading: frames of videos that were decoded once, any of them at the cost of its own bytes. What stands in its files is not
/// trusted: every frame is checked, and either right or an error. Safe to use from any number of threads; a writer may add to it meanwhile,
/// which is seen by whoever opens it then.
/// </summary>
public sealed class Pack : IDisposable
{
    private readonly string folder;
    private readonly FrameMemory memory;
    private readonly ConcurrentBag<JpegDecoder> idle = []; // a reader takes one and brings it back
    private readonly ConcurrentDictionary<(PackSlot Slot, int Frames), bool> proved = []; // tables of frames that were compared with the index
    private long decodedFrames;

    private Pack(string folder, PackSettings settings, IReadOnlyList<PackedVideo> videos, FrameMemory memory)
    {
        (this.folder, this.memory, Settings, Videos) = (folder, memory, settings, videos);
    }

    /// <summary>What all frames have in common.</summary>
    public PackSettings Settings { get; }

    /// <summary>By name, so that the order does not tell which was decoded first.</summary>
    public IReadOnlyList<PackedVideo> Videos { get; }

    /// <summary>Frames decoded since it was opened.</summary>
    internal long DecodedFrames => Interlocked.Read(ref decodedFrames);

    /// <summary>Whether a folder holds a pack.</summary>
    public static bool Is(string folder) => File.Exists(Path.Combine(folder, PackFolder.Header));

    /// <summary>What all frames of a pack have in common, without reading anything else of it.</summary>
    /// <exception cref="PackException">There is no pack, or it cannot be read.</exception>
    public static PackSettings SettingsOf(string folder) => PackFolder.Guard(folder, () => PackFolder.ReadSettings(folder));

    /// <summary>Opens a pack. Its settings and index are read and compared with the file of frames; frames are checked when they are read.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <exception cref="PackException">It is none, is damaged, cannot be read, or needs libturbojpeg.</exception>
    public static Pack Open(string folder) => PackFolder.Guard(folder, () =>
    {
        var settings = PackFolder.ReadSettings(folder);
        if (settings.Format == PackFormat.Jpeg)
        {
            TurboJpeg.Require();
        }

        var videos = Read(folder, settings.Format);
        var used = videos.Select(video => video.Slot.End).DefaultIfEmpty().Max();
        return new Pack(folder, settings, videos, FrameMemory.Open(folder, used));
    });

    /// <summary>Reads one frame, and nothing else.</summary>
    /// <param name="video">One of <see cref="Videos"/>.</param>
    /// <param name="frame">From 0.</param>
    /// <param name="rgb">Height x width x 3 bytes; filled.</param>
    /// <exception cref="ArgumentException">There is no such frame, the video is of another pack, or the buffer has another size.</exception>
    /// <exception cref="PackException">The frame is damaged.</exception>
    /// <exception cref="ObjectDisposedException">The pack is closed.</exception>
    public void ReadFrame(PackedVideo video, int frame, Span<byte> rgb)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(frame);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(frame, video.Frames);
        if (rgb.Length != 3L * video.Width * video.Height)
        {
            throw new ArgumentException($"{rgb.Length} bytes are no RGB picture of {video.Width} x {video.Height}", nameof(rgb));
        }

        if (video.Slot.End > memory.Length || video.Slot.Bytes <= FrameTable.Bytes(video.Frames))
        {
            throw new ArgumentException($"{video.Name} is of another pack", nameof(video));
        }

        using var view = memory.Look();
        if (Unpack(view, video, frame, rgb) is { } fault)
        {
            throw PackException.Damaged(Path.Combine(folder, PackFolder.Frames), $"frame {frame} of {Printable.Text(video.Name)}: {fault}");
        }

        Interlocked.Increment(ref decodedFrames);
    }

    /// <summary>Closes it; what another thread reads just now is read to its end.</summary>
    public void Dispose()
    {
        if (memory.IsClosed)
        {
            return;
        }

        memory.Dispose();
        while (idle.TryTake(out var decoder))
        {
            decoder.Dispose(); // one that is at work is freed with its handle, when its reader is done
        }
    }

    private static PackedVideo[] Read(string folder, PackFormat format)
    {
        var path = Path.Combine(folder, PackIndex.FileName);
        if (!File.Exists(path))
        {
            return []; // made, and nothing packed yet
        }

        // Of two lines with one name the later one counts: the file has changed.
        var videos = new SortedDictionary<string, PackedVideo>(StringComparer.Ordinal);
        foreach (var line in PackIndex.Read(path).Lines)
        {
            videos[line.Name ?? ""] = line.ToVideo(format) ?? throw PackException.Damaged(path, $"what it says of {Printable.Text(line.Name ?? "a video")} cannot be");
        }

        return [.. videos.Values];
    }

    // Null, or what is wrong with the frame.
    private string? Unpack(FrameMemory.View view, PackedVideo video, int frame, Span<byte> rgb)
    {
        if (!IsProved(view, video))
        {
            return "its table of frames is not the one that was written";
        }

        var bytes = Stored(view, video, frame, out var check);
        if (bytes.IsEmpty)
        {
            return "it lies outside of its block";
        }

        if (XxHash3.HashToUInt64(bytes) != check)
        {
            return "its bytes are not those that were written";
        }

        if (Settings.Format == PackFormat.Jpeg)
        {
            return Decode(bytes, video, rgb);
        }

        return bytes.Length == rgb.Length && bytes.TryCopyTo(rgb) ? null : "it has another size";
    }

    private string? Decode(ReadOnlySpan<byte> jpeg, PackedVideo video, Span<byte> rgb)
    {
        var decoder = idle.TryTake(out var free) ? free : new JpegDecoder();
        var fault = decoder.Decode(jpeg, video.Width, video.Height, rgb);
        idle.Add(decoder);
        return fault;
    }

    // The bytes of a frame; none where the table leads out of the block.
    private static ReadOnlySpan<byte> Stored(FrameMemory.View view, PackedVideo video, int frame, out ulong check)
    {
        var table = FrameTable.Bytes(video.Frames);
        var start = frame == 0 ? 0 : FrameTable.Row(view, video.Slot.Offset, frame - 1).End;
        (var end, check) = FrameTable.Row(view, video.Slot.Offset, frame);
        return start >= 0 && start < end && end <= video.Slot.Bytes - table && end - start <= int.MaxValue
            ? view.Slice(video.Slot.Offset + table + start, (int)(end - start))
            : default;
    }

    private bool IsProved(FrameMemory.View view, PackedVideo video)
    {
        var key = (video.Slot, video.Frames);
        if (proved.ContainsKey(key))
        {
            return true;
        }

        if (FrameTable.Check(view, video.Slot.Offset, video.Frames) != video.Slot.Check)
        {
            return false;
        }

        proved[key] = true;
        return true;
    }
}
