using System.IO.Enumeration;

namespace Sosia.Video;

/// <summary>A file to read.</summary>
/// <param name="Path">The first name under which it was met; the file's own name where a symbolic link to it was met too.</param>
/// <param name="OtherNames">Hard and symbolic links to the same file that were met, too.</param>
public sealed record MediaFile(string Path, IReadOnlyList<string> OtherNames);

/// <summary>What a search for videos found.</summary>
/// <param name="Files">In the order of the given paths, folders sorted by name; each file once.</param>
/// <param name="Failures">Names that cannot be read, each with its reason.</param>
public sealed record MediaFileList(IReadOnlyList<MediaFile> Files, IReadOnlyList<VideoException> Failures);

/// <summary>Finds the videos in files and folders.</summary>
public static class MediaFiles
{
    private static readonly HashSet<string> Extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".mp4", ".m4v", ".mov", ".qt", ".mkv", ".mk3d", ".webm", ".avi", ".divx", ".flv", ".f4v", ".wmv", ".asf", ".mpg", ".mpeg", ".mpe", ".mpv",
        ".m1v", ".m2v", ".vob", ".evo", ".ts", ".mts", ".m2ts", ".m2t", ".tp", ".trp", ".mxf", ".gxf", ".ogv", ".ogm", ".3gp", ".3g2", ".3gpp", ".rm",
        ".rmvb", ".dv", ".nut", ".y4m", ".ivf", ".obu", ".wtv", ".h264", ".264", ".h265", ".265", ".hevc", ".mjpeg", ".mjpg", ".gif", ".apng", ".amv", ".nsv",
    };

    private static readonly HashSet<string> WithPictures =
        new(Extensions.Concat([".jpg", ".jpeg", ".jpe", ".png", ".webp", ".bmp", ".tif", ".tiff"]), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Walks folders; hidden names (beginning with a dot) are passed over, links are followed once. A file that is named itself is always taken,
    /// whatever its extension. Nothing found is thrown: it stands under the failures.
    /// </summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="excludes">Names or full paths to leave out, <c>*</c> and <c>?</c> stand for any text and any character; a folder with all in it.</param>
    /// <param name="stop">Ends the walk.</param>
    public static MediaFileList Find(IReadOnlyList<string> paths, IReadOnlyList<string>? excludes = null, CancellationToken stop = default) =>
        Find(paths, Extensions, excludes, stop);

    /// <summary>As <see cref="Find(IReadOnlyList{string}, IReadOnlyList{string}?, CancellationToken)"/>, and takes photographs, too.</summary>
    /// <inheritdoc cref="Find(IReadOnlyList{string}, IReadOnlyList{string}?, CancellationToken)"/>
    public static MediaFileList FindWithPictures(IReadOnlyList<string> paths, IReadOnlyList<string>? excludes = null, CancellationToken stop = default) =>
        Find(paths, WithPictures, excludes, stop);

    private static MediaFileList Find(IReadOnlyList<string> paths, HashSet<string> extensions, IReadOnlyList<string>? excludes, CancellationToken stop)
    {
        var walk = new Walk(extensions, excludes ?? [], stop);
        foreach (var path in paths)
        {
            walk.Enter(path, isGiven: true);
        }

        return walk.Result;
    }

    private sealed class Walk(HashSet<string> extensions, IReadOnlyList<string> excludes, CancellationToken stop)
    {
        private readonly List<(string Path, List<string> Others)> files = [];
        private readonly Dictionary<(ulong Device, ulong Inode), int> known = [];
        private readonly HashSet<(ulong Device, ulong Inode)> folders = [];
        private readonly HashSet<string> paths = new(StringComparer.Ordinal);
        private readonly List<VideoException> failures = [];

        public MediaFileList Result => new([.. files.Select(file => new MediaFile(file.Path, file.Others))], failures);

        public void Enter(string path, bool isGiven)
        {
            stop.ThrowIfCancellationRequested();
            if (IsExcluded(path))
            {
                return;
            }

            var status = FileStatus.Of(path);
            if (status.Kind == FileKind.Directory)
            {
                EnterFolder(path, status);
            }
            else if (isGiven || HasMediaExtension(path) || IsUnnameable(path, status))
            {
                AddFile(path, status, isGiven);
            }
        }

        private void EnterFolder(string path, FileStatus status)
        {
            if (!folders.Add((status.Device, status.Inode)))
            {
                return; // a link back, or given twice
            }

            try
            {
                var entries = Directory.GetFileSystemEntries(path);
                Array.Sort(entries, StringComparer.Ordinal);
                foreach (var entry in entries)
                {
                    if (Path.GetFileName(entry)[0] != '.')
                    {
                        Enter(entry, isGiven: false);
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                failures.Add(new VideoException(VideoFault.NoAccess, path, "the folder cannot be read", error));
            }
        }

        private void AddFile(string path, FileStatus status, bool isGiven)
        {
            if (FileHead.Refusal(path) is { } refusal)
            {
                failures.Add(new VideoException(refusal.Fault, path, refusal.Reason));
                return;
            }

            if (!paths.Add(Path.GetFullPath(path)))
            {
                return;
            }

            if (!isGiven && IsTypeScript(path))
            {
                return;
            }

            if (status.Inode == 0 || known.TryAdd((status.Device, status.Inode), files.Count))
            {
                files.Add((path, []));
                return;
            }

            // The file's own name stands for it, whichever link was met first.
            var at = known[(status.Device, status.Inode)];
            var (first, others) = files[at];
            var isOwnName = IsLink(first) && !IsLink(path);
            others.Add(isOwnName ? first : path);
            files[at] = (isOwnName ? path : first, others);
        }

        // A name that is not UTF-8 cannot be looked at: whether it is a folder or a video, the user hears of it.
        private static bool IsUnnameable(string path, FileStatus status) =>
            status.Kind == FileKind.Missing && Path.GetFileName(path).Contains('\uFFFD', StringComparison.Ordinal);

        private static bool IsLink(string path) => new FileInfo(path).LinkTarget is not null;

        private bool IsExcluded(string path) => excludes.Any(pattern =>
            FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan().TrimEnd('/')), ignoreCase: false)
            || FileSystemName.MatchesSimpleExpression(Whole(pattern), Path.GetFullPath(path), ignoreCase: false));

        // "**/trailers/**" is meant in every folder, not in the current one alone.
        private static string Whole(string pattern) => pattern.StartsWith('*') ? pattern : Path.GetFullPath(pattern);

        private bool HasMediaExtension(string path) => extensions.Contains(Path.GetExtension(path));

        // TypeScript shares the extension of transport streams: text has no control characters.
        private static bool IsTypeScript(string path)
        {
            if (!path.EndsWith(".ts", StringComparison.OrdinalIgnoreCase) && !path.EndsWith(".mts", StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }

            try
            {
                Span<byte> head = stackalloc byte[512];
                using var file = File.OpenHandle(path);
                var length = RandomAccess.Read(file, head, 0);
                return length > 0 && !head[..length].ContainsAnyInRange((byte)0, (byte)8);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return false; // the probe says why
            }
        }
    }
}
