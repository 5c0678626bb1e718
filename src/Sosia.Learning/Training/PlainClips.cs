using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>Clips as they are found in a library: the middle of the picture, not mirrored. As bytes: as numbers they would fill the memory.</summary>
/// <param name="plan">How they are taken.</param>
/// <param name="clips">Each T x side x side x 3.</param>
/// <param name="videos">Of which video each is.</param>
internal sealed class PlainClips(ClipPlan plan, IReadOnlyList<byte[]> clips, IReadOnlyList<long> videos)
{
    /// <summary>How many.</summary>
    public int Count => clips.Count;

    /// <summary>Of which video each is.</summary>
    public IReadOnlyList<long> Videos => videos;

    /// <summary>Reads them; a video that cannot be read costs no other.</summary>
    /// <param name="from">Videos, which may be named more than once.</param>
    /// <param name="plan">How a method takes clips.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="each">Clips of a video.</param>
    /// <param name="most">Of all of them.</param>
    public static PlainClips Read(IEnumerable<TrainingVideo> from, ClipPlan plan, int seed, int each, int most)
    {
        var plain = plan with { Scale = (1, 1), AnyPlace = false, Mirror = 0, Crop = null, From = null };
        var reader = new ClipReader();
        var found = from.DistinctBy(one => one.Number).SelectMany(one => Enumerable.Range(0, each).Select(part => (one.Number, Clip: Clip(reader, one, plain, new SampleRandom(seed, -1 - part, one.Number)))))
            .Where(one => one.Clip is not null).Take(most).ToList();
        return new PlainClips(plain, [.. found.Select(one => one.Clip!)], [.. found.Select(one => (long)one.Number)]);
    }

    /// <summary>Some of them.</summary>
    /// <returns>N x 3 x T x side x side in [0, 1].</returns>
    public Tensor Part(int first, int count, Device device)
    {
        var bytes = clips.Skip(first).Take(count).SelectMany(clip => clip).ToArray();
        return Batch.Unit(Tensor.Of(bytes, count, plan.Frames, plan.Side, plan.Side, 3).To(device));
    }

    private static byte[]? Clip(ClipReader reader, TrainingVideo one, ClipPlan plan, SampleRandom random)
    {
        var clip = new byte[ClipReader.Bytes(plan)];
        try
        {
            reader.Read(one.Pack, one.Video, plan, random, random, clip);
            return clip;
        }
        catch (PackException)
        {
            return null;
        }
    }
}
