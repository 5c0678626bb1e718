using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>
/// ShotMix of 3D-CSL (named in the abstract of Deng et al. 2023; the operation is ours): a run of frames of a clip is replaced by the frames at the
/// same times of another video, as a copy cut into something else. Each N numbers, one a clip.
/// </summary>
/// <param name="Partner">Row that the frames are from.</param>
/// <param name="Start">First frame that is replaced.</param>
/// <param name="Length">How many are; 0: the clip stays as it is.</param>
public sealed record ShotMix(long[] Partner, long[] Start, long[] Length)
{
    /// <summary>With some probability a run of L frames, L uniform in 1..T/2, its start uniform in 0..T-L, of another video of the batch.</summary>
    /// <param name="randoms">N.</param>
    /// <param name="videos">N: which video each clip is from.</param>
    /// <param name="frames">T.</param>
    /// <param name="probability">That a clip is mixed at all.</param>
    public static ShotMix Draw(IReadOnlyList<SampleRandom> randoms, IReadOnlyList<long> videos, int frames, double probability)
    {
        var count = randoms.Count;
        var (partner, start, length) = (new long[count], new long[count], new long[count]);
        for (var i = 0; i < count; i++)
        {
            var (random, video) = (randoms[i], videos[i]);
            var others = Enumerable.Range(0, count).Where(j => videos[j] != video).ToList();
            partner[i] = i;
            if (random.Chance(probability) && others.Count > 0 && frames > 1)
            {
                length[i] = 1 + random.Below(frames / 2);
                start[i] = random.Below(frames - (int)length[i] + 1);
                partner[i] = others[random.Below(others.Count)];
            }
        }

        return new ShotMix(partner, start, length);
    }

    /// <summary>The mixed clips.</summary>
    /// <param name="clips">N x 3 x T x H x W.</param>
    /// <returns>The same shape.</returns>
    public Tensor Apply(Tensor clips)
    {
        Tensor Rows(long[] numbers) => Tensor.Of(numbers, numbers.Length).To(clips.Device);
        var time = Tensor.Arange(0, clips.Size(2), dtype: ScalarType.Int64, device: clips.Device); // T
        var (start, length) = (Rows(Start).View([-1, 1]), Rows(Length).View([-1, 1]));
        var replaced = time.Ge(start).LogicalAnd(time.Lt(start + length)).View([clips.Size(0), 1, -1, 1, 1]); // N x 1 x T x 1 x 1
        return replaced.Where(clips.IndexSelect(0, Rows(Partner)), clips);
    }
}
