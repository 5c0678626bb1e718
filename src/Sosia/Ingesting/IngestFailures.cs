using Sosia.Library;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia;

/// <summary>
/// The files that one ingest could not take. A fault of the content is remembered and not tried again until the file changes; any other (no
/// permission, a disk that fails, a decoder that hangs) is noted for the user, and tried again each time. Its callers hold the lock of the library.
/// </summary>
/// <param name="library">Open for writing.</param>
/// <param name="retry">Whether files that failed before are tried again all the same.</param>
internal sealed class IngestFailures(VideoLibrary library, bool retry)
{
    private const long NeverTheSame = -1; // a size that no file has

    private readonly Dictionary<string, StoredFailure> before = library.Failures().ToDictionary(f => f.Path, StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> reasons = new(StringComparer.Ordinal);
    private readonly SortedSet<string> remembered = new(StringComparer.Ordinal);

    /// <summary>All of them by path, each with its reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> All => [.. reasons.Select(f => (f.Key, f.Value))];

    /// <summary>Paths of those that failed before and were not tried again.</summary>
    public IReadOnlyList<string> Remembered => [.. remembered];

    /// <summary>Whether an error is the fault of one file; anything else (a network that fails, a library that cannot be written) ends the ingest.</summary>
    public static bool IsOfOneFile(Exception error) =>
        error is not (OperationCanceledException or LibraryException or EnvironmentException or TorchException or VideoException { Fault: VideoFault.ToolMissing });

    /// <summary>Whether the content is to blame: then trying again is in vain until it changes.</summary>
    public static bool IsOfContent(Exception error) => error is VideoException
    {
        Fault: VideoFault.Empty or VideoFault.NotAVideo or VideoFault.NoVideoStream or VideoFault.NoFrames or VideoFault.TooLarge
            or VideoFault.Playlist or VideoFault.Damaged,
    };

    /// <summary>Whether a file failed before and has not changed since; it fails again then.</summary>
    public bool FailedBefore(FoundFile file)
    {
        if (retry || !before.TryGetValue(file.Path, out var failure) || !file.Is(failure.Bytes, failure.ModifiedNanoseconds))
        {
            return false;
        }

        reasons[file.Path] = failure.Reason;
        remembered.Add(file.Path);
        return true;
    }

    /// <summary>Notes a file that cannot be taken.</summary>
    public void Add(FoundFile file, Exception error)
    {
        var reason = Reason(error);
        reasons[file.Path] = reason;
        var (bytes, modified) = IsOfContent(error) ? (file.Status.Bytes, file.Status.ModifiedNanoseconds) : (NeverTheSame, 0);
        library.RecordFailure(new StoredFailure(file.Path, bytes, modified, reason, DateTime.UtcNow));
    }

    /// <summary>Forgets what was noted before under these folders and is not so any more: files that are gone, and folders that can be read.</summary>
    public void ForgetPast(Func<string, bool> isWalked)
    {
        foreach (var failure in before.Values.Where(f => isWalked(f.Path) && !reasons.ContainsKey(f.Path)))
        {
            if (failure.Bytes == NeverTheSame || !File.Exists(failure.Path))
            {
                library.ClearFailure(failure.Path);
            }
        }
    }

    private static string Reason(Exception error) => error switch
    {
        VideoException video => video.Reason,
        UnauthorizedAccessException => "no permission to read it",
        FileNotFoundException or DirectoryNotFoundException => "it was gone before it could be read",
        IOException => error.Message,
        _ => $"unexpected error, please report it: {error.Message}",
    };
}
