using System.Collections.Concurrent;
using Sosia.Video;

namespace Sosia;

/// <summary>A video that copies are made of.</summary>
/// <param name="Path">As it was found.</param>
/// <param name="Name">Below the folder of originals.</param>
/// <param name="Width">Pixels of a copy.</param>
/// <param name="Height">Pixels of a copy.</param>
/// <param name="Seconds">Duration as stated.</param>
/// <param name="Bytes">Size of the file.</param>
internal sealed record Original(string Path, string Name, int Width, int Height, double Seconds, long Bytes);

/// <summary>The videos that copies are made of, found as `add` finds them.</summary>
/// <param name="Folder">What their names are relative to; absolute.</param>
/// <param name="Videos">By name.</param>
/// <param name="Skipped">Files that copies are not made of, each with the reason.</param>
/// <param name="Failures">Files that could not be read, each with the reason.</param>
internal sealed record BenchmarkOriginals(
    string Folder, IReadOnlyList<Original> Videos, IReadOnlyList<(string Path, string Reason)> Skipped, IReadOnlyList<(string Path, string Reason)> Failures)
{
    private const double Shortest = 1; // seconds: what a mixing edit needs of the other video
    private const int Smallest = 16; // pixels
    private const int LongSide = 640; // pixels: copies need no more, and large ones cost

    /// <summary>Looks at all files.</summary>
    /// <param name="paths">Folders and files.</param>
    /// <param name="exclude">The folder of the benchmark, whose copies are no originals.</param>
    /// <param name="jobs">Files looked at at a time.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="VideoException">ffprobe is missing.</exception>
    public static BenchmarkOriginals Find(IReadOnlyList<string> paths, string exclude, int jobs, CancellationToken stop)
    {
        var found = MediaFiles.Find(paths, [exclude], stop);
        var folder = Root(paths, found.Files);
        var (videos, skipped, failures) = (new ConcurrentBag<Original>(), new ConcurrentBag<(string, string)>(), new ConcurrentBag<(string, string)>());
        Parallel.ForEach(found.Files, new ParallelOptions { MaxDegreeOfParallelism = jobs, CancellationToken = stop }, file =>
        {
            try
            {
                var original = Look(file.Path, folder, stop);
                if (WhyNot(original) is { } reason)
                {
                    skipped.Add((file.Path, reason));
                }
                else
                {
                    videos.Add(original);
                }
            }
            catch (VideoException error) when (error.Fault != VideoFault.ToolMissing)
            {
                failures.Add((file.Path, error.Reason));
            }
        });
        return new BenchmarkOriginals(
            folder,
            [.. videos.OrderBy(video => video.Name, StringComparer.Ordinal)],
            [.. skipped.Order()],
            [.. failures.Concat(found.Failures.Select(failure => (failure.Path, failure.Reason))).Order()]);
    }

    private static Original Look(string path, string folder, CancellationToken stop)
    {
        var info = Probe.Read(path, stop);
        var scale = Math.Min(1.0, LongSide / (double)Math.Max(info.Width, info.Height));
        var seconds = info.IsPicture ? 0 : info.Duration > 0 ? info.Duration : LastFrame(info, stop);
        return new Original(
            path, Path.GetRelativePath(folder, path), (int)(info.Width * scale), (int)(info.Height * scale), Math.Round(seconds, 3), FileStatus.Of(path).Bytes);
    }

    // Where no length is stated, only reading tells it.
    private static double LastFrame(VideoInfo info, CancellationToken stop)
    {
        using var reader = FrameReader.Open(info, new FrameRequest(Smallest, Smallest), stop);
        var last = 0.0;
        while (reader.Read(out var frame))
        {
            last = frame.Time;
        }

        return last;
    }

    private static string? WhyNot(Original video) => video switch
    {
        { Seconds: < Shortest } => FormattableString.Invariant($"shorter than {Shortest} s"),
        { Width: < Smallest } or { Height: < Smallest } => $"smaller than {Smallest} pixels",
        _ when video.Name.Any(char.IsControl) => "its name has characters that truth.csv cannot hold",
        _ => null,
    };

    // The folder that was given, or the deepest one that holds everything.
    private static string Root(IReadOnlyList<string> paths, IReadOnlyList<MediaFile> files)
    {
        if (paths is [var only] && Directory.Exists(only))
        {
            return Path.TrimEndingDirectorySeparator(Path.GetFullPath(only));
        }

        var folders = files.Select(file => Path.GetDirectoryName(Path.GetFullPath(file.Path))!.Split(Path.DirectorySeparatorChar)).ToArray();
        var depth = folders.Length == 0 ? 0 : folders.Min(folder => folder.Length);
        var shared = Enumerable.Range(0, depth).TakeWhile(i => folders.All(folder => folder[i] == folders[0][i])).Count();
        return shared == 0 ? Path.DirectorySeparatorChar.ToString() : string.Join(Path.DirectorySeparatorChar, folders[0][..shared]) is { Length: > 0 } root ? root : "/";
    }
}
