using System.Globalization;
using Sosia.Library;
using Sosia.Matching;
using Sosia.Video;

namespace Sosia;

/// <summary>Writes the hashes of a library as vPDQ files.</summary>
public static class HashExport
{
    /// <summary>One file a video, `ID-NAME.vpdq.txt`, in the form that others exchange.</summary>
    /// <param name="library">Made with PDQ hashes.</param>
    /// <param name="folder">Is made where it is not there.</param>
    /// <param name="names">Ids or paths; all videos where empty.</param>
    /// <param name="stop">Ends it between two videos.</param>
    /// <returns>The files written.</returns>
    /// <exception cref="UsageException">The library holds no hashes, or no such video.</exception>
    public static IReadOnlyList<string> Write(VideoLibrary library, string folder, IReadOnlyList<string> names, CancellationToken stop = default)
    {
        if (library.Embedder.Kind != VectorKind.Bits256)
        {
            throw new UsageException($"library {library.Folder} was made with {library.Embedder.Name} and holds no hashes: only one made with --model pdq does");
        }

        Directory.CreateDirectory(folder);
        using var snapshot = library.Snapshot();
        var videos = snapshot.Videos;
        var wanted = names.Count == 0 ? videos : [.. names.Select(n => Named(n, videos)).DistinctBy(v => v.Id)];
        var written = new List<string>();
        foreach (var video in wanted.OrderBy(v => v.Id))
        {
            stop.ThrowIfCancellationRequested();
            var path = Path.Combine(folder, FileName(video));
            using (var file = File.CreateText(path))
            {
                VpdqFile.Write(file, Frames(snapshot.Clips(video.Id), video.FrameRate));
            }

            written.Add(Path.GetFullPath(path));
        }

        return written;
    }

    private static StoredVideo Named(string name, IReadOnlyList<StoredVideo> videos)
    {
        var path = Path.GetFullPath(name);
        return videos.FirstOrDefault(v => v.Files.Any(f => f.Stamp.Path == path))
            ?? videos.FirstOrDefault(v => v.Id.ToString(CultureInfo.InvariantCulture) == name)
            ?? throw new UsageException($"the library has no video {Printable.Text(name)}: `sosia list` shows ids and files");
    }

    private static string FileName(StoredVideo video)
    {
        var name = video.Files.Count == 0 ? "video" : Path.GetFileNameWithoutExtension(video.Files[0].Stamp.Path);
        var safe = new string([.. name.Where(c => char.IsLetterOrDigit(c) || c is '-' or '_' or '.').Take(80)]);
        return $"{video.Id:000000}-{safe}.vpdq.txt";
    }

    // vPDQ numbers the frames of the video, not the hashes: the number is told from the time.
    private static IEnumerable<VpdqFrame> Frames(ClipSequence clips, double rate)
    {
        for (var i = 0; i < clips.Count; i++)
        {
            var span = clips.Spans.Span[i];
            var number = rate > 0 ? (int)Math.Min(int.MaxValue, Math.Round(span.Start * rate)) : i;
            yield return new VpdqFrame(number, span.Quality, PdqHash.Read(clips.Rows.Bits.Span.Slice(i * VectorRows.BitRowBytes, VectorRows.BitRowBytes)), span.Start);
        }
    }
}
