namespace Sosia.Learning.Training;

/// <summary>Classes of packed videos: the folders that they lie in.</summary>
public static class FolderClasses
{
    /// <summary>A class of each: the place of the first video that has it. A video that lies in no folder is a class of its own.</summary>
    /// <param name="names">Paths below the packed folder, as in <c>pouring/v1.mp4</c>.</param>
    public static int[] Of(IReadOnlyList<string> names)
    {
        var firsts = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. names.Select((name, i) => Folder(name) is not { } folder || firsts.TryAdd(folder, i) ? i : firsts[folder])];
    }

    private static string? Folder(string name) => name.LastIndexOf('/') is var end and > 0 ? name[..end] : null;
}
