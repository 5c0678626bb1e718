using System.Security.Cryptography;
using System.Text;
using Sosia.Learning.Training;
using Sosia.Video.Packs;

namespace Sosia;

/// <summary>What a training reads: packs as they are; other folders of videos are packed first.</summary>
public static class TrainingData
{
    /// <summary>The pack of a folder: itself, or one beside the runs, where the next training finds it again.</summary>
    /// <param name="folder">A pack, or a folder of videos.</param>
    /// <param name="options">Rate and side of a pack that is made.</param>
    /// <exception cref="UsageException">The folder is not there.</exception>
    public static string PackOf(string folder, DataOptions options)
    {
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"no such folder: {folder}");
        }

        // Two folders may have one name.
        var whole = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        var name = FormattableString.Invariant($"{Path.GetFileName(whole)}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(whole)))[..8]}-{options.Side}-{options.Rate}");
        return Path.GetFullPath(Pack.Is(folder) ? folder : Path.Combine("runs", "packs", name));
    }

    /// <summary>Packs a folder of videos.</summary>
    /// <param name="folder">Of videos and photographs.</param>
    /// <param name="pack">From <see cref="PackOf"/>.</param>
    /// <param name="options">Rate and side.</param>
    /// <param name="threads">To decode with.</param>
    /// <param name="progress">Told after each file.</param>
    /// <param name="stop">Ends it; what is done is kept.</param>
    public static PackingResult Make(string folder, string pack, DataOptions options, int threads, IProgress<PackingProgress> progress, CancellationToken stop)
    {
        using var writer = PackWriter.Open(pack, new PackSettings(options.Rate, options.Side));
        return Packing.Run(writer, [folder], new PackingOptions([], threads), progress, stop);
    }
}
