using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Training;

/// <summary>A clip as it is found in a library.</summary>
/// <param name="Video">Number of its video.</param>
/// <param name="Pixels">T x side x side x 3: as numbers, many would fill the memory.</param>
internal readonly record struct PlainClip(long Video, byte[] Pixels);

/// <summary>Clips as they are found in a library: from the middle of a video's picture, not mirrored; a photograph is seen by the camera that training has.</summary>
/// <param name="plan">How a method takes clips.</param>
/// <param name="seed">Of the draws.</param>
internal sealed class PlainClips(ClipPlan plan, int seed)
{
    private readonly ClipPlan plain = plan with { Scale = (1, 1), AnyPlace = false, Mirror = 0, Crop = null, From = null };
    private readonly ClipReader reader = new();

    /// <summary>Reads clips one by one, of videos spread over all of them where they are too many. A video that cannot be read costs no other.</summary>
    /// <param name="from">Videos, which may be named more than once.</param>
    /// <param name="each">Clips of a video, other ones each: a short video has fewer.</param>
    /// <param name="most">Of all of them.</param>
    public IEnumerable<PlainClip> Read(IEnumerable<TrainingVideo> from, int each, int most)
    {
        var videos = from.DistinctBy(one => one.Number).ToList();
        var some = videos.Count <= most ? videos : [.. Enumerable.Range(0, most).Select(i => videos[(int)((long)i * videos.Count / most)])];
        return some.SelectMany(one => Of(one, Math.Clamp(most / some.Count, 1, each)));
    }

    /// <summary>Clips side by side.</summary>
    /// <returns>N x 3 x T x side x side in [0, 1].</returns>
    public Tensor Batch(IReadOnlyList<PlainClip> clips, Device device) =>
        Views.Batch.Unit(Tensor.Of([.. clips.SelectMany(clip => clip.Pixels)], clips.Count, plain.Frames, plain.Side, plain.Side, 3).To(device));

    private IEnumerable<PlainClip> Of(TrainingVideo video, int each)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var part = 0; part < each; part++)
        {
            var (pixels, random) = (new byte[ClipReader.Bytes(plain)], new SampleRandom(seed, -1 - part, video.Number));
            int[] frames;
            try
            {
                frames = reader.Read(video.Pack, video.Video, plain, random, random, pixels);
            }
            catch (PackException)
            {
                yield break;
            }

            if (seen.Add(string.Join(' ', frames)))
            {
                yield return new PlainClip(video.Number, pixels);
            }
        }
    }
}
