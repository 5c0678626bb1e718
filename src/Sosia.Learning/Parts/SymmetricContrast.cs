using Sosia.Learning.Objectives;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>Both directions of MoCo between two clips of each video, as FAME trains (Ding et al. 2022, code, moco/builder.py).</summary>
/// <param name="Merged">Query of the first clip against the key of the second: scalar.</param>
/// <param name="Plain">Query of the second clip against the key of the first: scalar.</param>
public sealed record SymmetricContrast(Tensor Merged, Tensor Plain)
{
    /// <summary>Their mean: scalar.</summary>
    public Tensor Loss => (Merged + Plain) / 2;

    /// <summary>The two losses, and 2N keys more in the queue: those of the second clips, then those of the first.</summary>
    /// <param name="merged">Query and key of the first clips: N x C each, of length 1.</param>
    /// <param name="plain">Query and key of the second clips: N x C each, of length 1.</param>
    /// <param name="queue">Of negatives; it is written.</param>
    /// <param name="temperature">Above 0.</param>
    /// <param name="enqueueBetween">
    /// Whether the keys of the second clips are written before their own queries are compared, as in the authors' code: then each has a negative that is
    /// itself. Otherwise both compare with the queue as it was (ours).
    /// </param>
    /// <param name="world">The processes that train together: the keys of all are written in each.</param>
    /// <exception cref="ArgumentException">The temperature is not positive, or the queue is no multiple of the keys.</exception>
    public static SymmetricContrast Of(
        (Tensor Query, Tensor Key) merged, (Tensor Query, Tensor Key) plain, KeyQueue queue, double temperature, bool enqueueBetween, World world)
    {
        var negatives = queue.Keys(); // C x K
        var first = InfoNce.AgainstQueue(merged.Query, plain.Key, negatives, temperature);
        queue.Write(world.GatherDetached(plain.Key));
        var second = InfoNce.AgainstQueue(plain.Query, merged.Key, enqueueBetween ? queue.Keys() : negatives, temperature);
        queue.Write(world.GatherDetached(merged.Key));
        return new SymmetricContrast(first, second);
    }
}
