using Sosia.Learning.Training;
using Sosia.Video;
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

    // Beside the runs, so that the next training finds it.
    private static string Made(string folder, DataOptions options, int threads, World world, Action<string> say, CancellationToken stop)
    {
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"no such folder: {folder}");
        }

        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        var made = Path.Combine("runs", "packs", FormattableString.Invariant($"{name}-{options.Side}-{options.Rate}"));
        if (world.Rank == 0)
        {
            say($"{Printable.Text(folder)} is no pack: packing it into {Printable.Text(made)} ({options.Rate} frames a second, {options.Side} pixels)");
            using var pack = PackWriter.Open(made, new PackSettings(options.Rate, options.Side));
            var packed = Packing.Run(pack, [folder], new PackingOptions([], threads), stop: stop);
            foreach (var (path, reason) in packed.Failures)
            {
                say($"left out: {Printable.Text(path)}: {Printable.Text(reason)}");
            }
        }

        world.Barrier();
        return made;
    }
}
