using System.Text.Json;

namespace Sosia.Video.Packs;

/// <summary>One line of a pack's <c>failures</c>: a file that could not be read.</summary>
/// <param name="Name">Its path below the folder that was packed.</param>
/// <param name="Path">The file.</param>
/// <param name="Size">Its bytes; null where the content was not to blame, so that it is tried again each time.</param>
/// <param name="Modified">When it was changed last, nanoseconds since 1970.</param>
/// <param name="Reason">What is wrong.</param>
internal sealed record PackFailure(string Name, string Path, long? Size, long? Modified, string Reason);

/// <summary>
/// The files that could not be packed. A fault of the content is not tried again until the file changes; any other is told, and tried again each time.
/// </summary>
internal sealed class PackFailures
{
    private readonly string folder;
    private readonly bool retry;
    private readonly Dictionary<string, PackFailure> before;
    private readonly SortedDictionary<string, PackFailure> now = new(StringComparer.Ordinal);
    private readonly SortedSet<string> remembered = new(StringComparer.Ordinal);

    public PackFailures(string folder, bool retry)
    {
        (this.folder, this.retry) = (folder, retry);
        before = PackFolder.Guard(folder, () => Read(Path.Combine(folder, PackFolder.Failures)));
    }

    /// <summary>Those of this run by path, each with its reason.</summary>
    public IReadOnlyList<(string Path, string Reason)> All
    {
        get
        {
            lock (now)
            {
                return [.. now.Values.Select(failure => (failure.Path, failure.Reason))];
            }
        }
    }

    /// <summary>Paths of those that failed before and were not tried again.</summary>
    public IReadOnlyList<string> Remembered => [.. remembered];

    /// <summary>Whether an error is the fault of one file; any other ends the packing.</summary>
    public static bool IsOfOneFile(Exception error) =>
        error is not (OperationCanceledException or PackException or VideoException { Fault: VideoFault.ToolMissing });

    /// <summary>Whether a file failed before and has not changed since; it fails again then.</summary>
    public bool FailedBefore(PackOrigin origin, string name)
    {
        if (retry || !before.TryGetValue(name, out var failure) || failure.Path != origin.Path || failure.Size != origin.Size || failure.Modified != origin.Modified)
        {
            return false;
        }

        lock (now)
        {
            now[name] = failure;
            remembered.Add(failure.Path);
        }

        return true;
    }

    /// <summary>Notes a file.</summary>
    public void Add(PackOrigin origin, string name, Exception error)
    {
        var ofContent = IsOfContent(error);
        lock (now)
        {
            now[name] = new PackFailure(name, origin.Path, ofContent ? origin.Size : null, ofContent ? origin.Modified : null, Reason(error));
        }
    }

    /// <summary>Writes the list: what failed now, and what failed before and was not looked at.</summary>
    /// <param name="isPacked">Whether the pack holds a name.</param>
    public void Save(Func<string, bool> isPacked)
    {
        var unseen = before.Values.Where(f => !now.ContainsKey(f.Name) && !isPacked(f.Name) && File.Exists(f.Path));
        using var lines = new MemoryStream();
        foreach (var failure in now.Values.Concat(unseen).OrderBy(f => f.Name, StringComparer.Ordinal))
        {
            JsonSerializer.Serialize(lines, failure, PackJson.Default.PackFailure);
            lines.WriteByte((byte)'\n');
        }

        PackFolder.Guard(folder, () => PackFolder.Publish(folder, PackFolder.Failures, lines.ToArray()));
    }

    // The list is a memory and no data: what is damaged in it is forgotten, and tried again.
    private static Dictionary<string, PackFailure> Read(string path)
    {
        var found = new Dictionary<string, PackFailure>(StringComparer.Ordinal);
        foreach (var line in File.Exists(path) ? File.ReadLines(path) : [])
        {
            try
            {
                if (JsonSerializer.Deserialize(line, PackJson.Default.PackFailure) is { Name: not null, Path: not null, Reason: not null } failure)
                {
                    found[failure.Name] = failure;
                }
            }
            catch (JsonException)
            {
                // See above.
            }
        }

        return found;
    }

    private static bool IsOfContent(Exception error) => error is VideoException
    {
        Fault: VideoFault.Empty or VideoFault.NotAVideo or VideoFault.NoVideoStream or VideoFault.NoFrames or VideoFault.TooLarge
            or VideoFault.Playlist or VideoFault.Damaged,
    };

    private static string Reason(Exception error) => error switch
    {
        VideoException video => video.Reason,
        UnauthorizedAccessException => "no permission to read it",
        FileNotFoundException or DirectoryNotFoundException => "it was gone before it could be read",
        IOException => error.Message,
        _ => $"unexpected error, please report it: {error.Message}",
    };
}
