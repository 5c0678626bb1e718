using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>A video to learn from.</summary>
/// <param name="Pack">Where its frames are.</param>
/// <param name="Video">Which of the pack.</param>
/// <param name="Number">In the data set; what a batch calls it by.</param>
public sealed record TrainingVideo(Pack Pack, PackedVideo Video, int Number);

/// <summary>The videos of some packs, and those of them that are held out: by their names alone, so that more data moves none from one side to the other.</summary>
public sealed class Dataset : IDisposable
{
    private readonly IReadOnlyList<Pack> packs;

    private Dataset(IReadOnlyList<Pack> packs, double holdout, double? stretch)
    {
        this.packs = packs;
        var all = packs.SelectMany(pack => pack.Videos.Select(video => (pack, video))).Select((one, i) => new TrainingVideo(one.pack, one.video, i)).ToList();
        HeldOut = [.. all.Where(one => Chance(one.Video.Name) < holdout)];
        Training = [.. all.Where(one => Chance(one.Video.Name) >= holdout).SelectMany(one => Enumerable.Repeat(one, Times(one.Video, stretch)))];
    }

    /// <summary>What is trained on; a long video stands in it several times, where it counts so.</summary>
    public IReadOnlyList<TrainingVideo> Training { get; }

    /// <summary>What is not.</summary>
    public IReadOnlyList<TrainingVideo> HeldOut { get; }

    /// <summary>Opens packs.</summary>
    /// <param name="folders">One or more.</param>
    /// <param name="holdout">Share of the videos that is held out.</param>
    /// <param name="stretch">Seconds of a video that count once; null: each video counts once.</param>
    /// <exception cref="RecipeException">Nothing is left to train on.</exception>
    public static Dataset Open(IEnumerable<string> folders, double holdout, double? stretch = null)
    {
        var dataset = new Dataset([.. folders.Select(Pack.Open)], holdout, stretch);
        if (dataset.Training.Count > 0)
        {
            return dataset;
        }

        dataset.Dispose();
        throw new RecipeException($"no video to train on: the packs hold {dataset.HeldOut.Count}, and data.holdout = {holdout:0.##} leaves none");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pack in packs)
        {
            pack.Dispose();
        }
    }

    // A photograph has one frame, and no rate.
    private static int Times(PackedVideo video, double? stretch) =>
        stretch is { } seconds && video.Frames > 1 ? Math.Max(1, (int)Math.Round(video.Frames / video.Rate / seconds)) : 1;

    /// <summary>FNV-1a of the name (Fowler, Noll, Vo), its bits mixed, as a number in [0, 1): a video is held out where it is below the share.</summary>
    internal static double Chance(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return new Views.SampleRandom((int)hash, 0, 0).Next();
    }
}
