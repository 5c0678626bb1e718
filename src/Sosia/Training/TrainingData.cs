using Sosia.Learning.Training;
using Sosia.Video.Packs;

namespace Sosia;

/// <summary>What a training reads: packs as they are; other folders of videos are packed first.</summary>
public static class TrainingData
{
    /// <summary>A pack for each folder.</summary>
    /// <param name="folders">Packs or folders of videos.</param>
    /// <param name="options">Rate and side of packs that are made.</param>
    /// <param name="threads">To decode with.</param>
    /// <param name="world">The processes: the first one packs, the others wait.</param>
    /// <param name="say">Is told of what is packed.</param>
    /// <param name="stop">Ends the packing; what is done is kept.</param>
    /// <returns>Full paths.</returns>
    /// <exception cref="UsageException">A folder is not there.</exception>
    public static IReadOnlyList<string> Packs(IEnumerable<string> folders, DataOptions options, int threads, World world, Action<string> say, CancellationToken stop) =>
        [.. folders.Select(folder => Path.GetFullPath(Pack.Is(folder) ? folder : Made(folder, options, threads, world, say, stop)))];

    private static string Made(string folder, DataOptions options, int threads, World world, Action<string> say, CancellationToken stop) => throw new NotSupportedException();
}
