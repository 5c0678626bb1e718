using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Sosia.Video.Packs;

/// <summary>The file that frames are from, as it was when they were read.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Modified">Nanoseconds since 1970.</param>
public sealed record PackOrigin(string Path, long Size, long Modified);

/// <summary>Steps of <see cref="PackWriter.Commit"/>, for tests that end the program there.</summary>
internal enum PackStep
{
    BlockHalfWritten,
    BlockWritten,
    LineHalfWritten,
    LineWritten,
}

/// <summary>
/// A pack, open for adding to; one process at a time. Frames are written and synced before the line of the index that names them is, and both files only
/// grow: a crash at any moment costs the videos that were being added, and the next writer cuts off what is left of them. Safe to use from any
/// number of threads.
/// </summary>
public sealed class PackWriter : IDisposable
{
    private readonly Lock writing = new();
    private readonly Dictionary<string, IndexLine> known = new(StringComparer.Ordinal);
    private readonly FileStream exclusion;
    private readonly SafeFileHandle frames;
    private readonly SafeFileHandle index;
    private long framesEnd;
    private long indexEnd;
    private int spools;

    private PackWriter(string folder, PackSettings settings, FileStream exclusion)
    {
        (Folder, Settings, this.exclusion) = (folder, settings, exclusion);
        frames = PackFolder.OpenShared(folder, PackFolder.Frames, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        index = PackFolder.OpenShared(folder, PackIndex.FileName, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        try
        {
            Recover();
            PackFolder.Sync(folder);
        }
        catch
        {
            frames.Dispose();
            index.Dispose();
            throw;
        }
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; }

    /// <summary>What all frames have in common.</summary>
    public PackSettings Settings { get; }

    /// <summary>How many videos it holds.</summary>
    public int Videos
    {
        get
        {
            lock (writing)
            {
                return known.Count;
            }
        }
    }

    /// <summary>Bytes of its frames.</summary>
    public long Bytes => Interlocked.Read(ref framesEnd);

    /// <summary>Called at each step of <see cref="Commit"/>.</summary>
    internal Action<PackStep>? Reached { get; set; }

    /// <summary>Opens a pack, or makes one in a folder that is empty or not there.</summary>
    /// <param name="folder">Where it lies.</param>
    /// <param name="settings">Those of the pack; they cannot be changed later.</param>
    /// <exception cref="ArgumentException">Settings that cannot be.</exception>
    /// <exception cref="PackException">It has other settings, is damaged, is being written, or cannot be; or libturbojpeg is missing.</exception>
    public static PackWriter Open(string folder, PackSettings settings)
    {
        if (settings.Fault is { } fault)
        {
            throw new ArgumentException(fault, nameof(settings));
        }

        if (settings.Format == PackFormat.Jpeg)
        {
            TurboJpeg.Require();
        }

        return PackFolder.Guard(folder, () =>
        {
            RequirePackOrNothing(folder);
            Directory.CreateDirectory(folder);
            var exclusion = PackFolder.TakeLock(folder);
            try
            {
                RequireSettings(folder, settings);
                return new PackWriter(folder, settings, exclusion);
            }
            catch
            {
                exclusion.Dispose();
                throw;
            }
        });
    }

    /// <summary>Begins to take frames; any number of blocks may be open at a time.</summary>
    /// <param name="width">Pixels of each frame.</param>
    /// <param name="height">Pixels of each frame.</param>
    /// <returns>For <see cref="Commit"/>; disposed by the caller.</returns>
    public PackBlock Begin(int width, int height)
    {
        var number = Interlocked.Increment(ref spools).ToString(CultureInfo.InvariantCulture);
        return new PackBlock(Folder, Path.Combine(Folder, PackFolder.Spools.Replace("*", number, StringComparison.Ordinal)), Settings, width, height);
    }

    /// <summary>Makes frames part of the pack; when it returns they are on the disk. A name that the pack has already means these frames from now on.</summary>
    /// <param name="name">Of the video.</param>
    /// <param name="source">What it is.</param>
    /// <param name="block">Its frames, one at least.</param>
    /// <param name="origin">The file; null of a scene.</param>
    /// <param name="damage">What could not be decoded of it; null: all was.</param>
    /// <exception cref="ArgumentException">No name, or no frames.</exception>
    /// <exception cref="PackException">The disk is full, or fails; the pack is what it was before.</exception>
    public void Commit(string name, PackSource source, PackBlock block, PackOrigin? origin = null, string? damage = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(block.Frames, 1, nameof(block));
        lock (writing)
        {
            var line = new IndexLine
            {
                Name = name,
                Source = source,
                Path = origin?.Path,
                Size = origin?.Size ?? 0,
                Modified = origin?.Modified ?? 0,
                Width = block.Width,
                Height = block.Height,
                Rate = source == PackSource.Photograph ? 0 : Settings.Rate,
                Frames = block.Frames,
                Damage = damage,
                Offset = framesEnd,
                Bytes = block.Bytes,
                Checksum = block.Check.ToString("x16", CultureInfo.InvariantCulture),
            };
            PackFolder.Guard(Folder, () => Append(line, block));
        }
    }

    /// <summary>Lets the next writer in.</summary>
    public void Dispose()
    {
        frames.Dispose();
        index.Dispose();
        exclusion.Dispose();
    }

    /// <summary>What the pack holds under a name.</summary>
    internal IndexLine? Find(string name)
    {
        lock (writing)
        {
            return known.GetValueOrDefault(name);
        }
    }

    private static void RequirePackOrNothing(string folder)
    {
        string[] ours = [PackFolder.Lock, PackFolder.Header + ".new"]; // a pack that was never finished
        if (!Pack.Is(folder) && Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(entry => !ours.Contains(Path.GetFileName(entry))))
        {
            throw new PackException(PackFault.NotAPack, $"{Printable.Text(folder)} holds other files: name a folder that is empty, or not there yet");
        }
    }

    private static void RequireSettings(string folder, PackSettings settings)
    {
        if (!Pack.Is(folder))
        {
            PackFolder.WriteSettings(folder, settings);
            return;
        }

        var made = PackFolder.ReadSettings(folder);
        var same = made.Format == PackFormat.Raw ? made == settings with { Quality = made.Quality } : made == settings;
        if (!same)
        {
            throw new PackException(
                PackFault.OtherSettings,
                string.Create(CultureInfo.InvariantCulture, $"{Printable.Text(folder)} was made with rate {made.Rate}, side {made.Side}, format {made.Format.ToString().ToLowerInvariant()}, quality {made.Quality}: leave these options out to add to it, or make another pack"));
        }
    }

    // What lies after the last good line, and the frames that no line names, were being written when a writer was stopped.
    private void Recover()
    {
        var path = Path.Combine(Folder, PackIndex.FileName);
        (var lines, indexEnd) = PackIndex.Read(path);
        foreach (var line in lines)
        {
            var video = line.ToVideo(Settings.Format) ?? throw PackException.Damaged(path, $"what it says of {Printable.Text(line.Name ?? "a video")} cannot be");
            framesEnd = Math.Max(framesEnd, video.Slot.End);
            known[line.Name] = line;
        }

        if (RandomAccess.GetLength(frames) is var length && length < framesEnd)
        {
            throw PackException.Damaged(Path.Combine(Folder, PackFolder.Frames), $"it ends after {length} bytes, and the index speaks of {framesEnd}");
        }

        CutBack();
        foreach (var spool in Directory.EnumerateFiles(Folder, PackFolder.Spools))
        {
            File.Delete(spool);
        }
    }

    private void CutBack()
    {
        RandomAccess.SetLength(index, indexEnd);
        RandomAccess.SetLength(frames, framesEnd);
    }

    private void Append(IndexLine line, PackBlock block)
    {
        var bytes = PackIndex.Write(line);
        try
        {
            block.WriteTable(frames, framesEnd);
            Reached?.Invoke(PackStep.BlockHalfWritten);
            block.WriteFrames(frames, framesEnd);
            RandomAccess.FlushToDisk(frames);
            Reached?.Invoke(PackStep.BlockWritten);
            RandomAccess.Write(index, bytes.AsSpan(0, bytes.Length / 2), indexEnd);
            Reached?.Invoke(PackStep.LineHalfWritten);
            RandomAccess.Write(index, bytes.AsSpan(bytes.Length / 2), indexEnd + (bytes.Length / 2));
            RandomAccess.FlushToDisk(index);
            Reached?.Invoke(PackStep.LineWritten);
        }
        catch
        {
            CutBack();
            throw;
        }

        indexEnd += bytes.Length;
        framesEnd = line.Offset + line.Bytes;
        known[line.Name] = line;
    }
}
