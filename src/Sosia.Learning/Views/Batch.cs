using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Samples side by side, as a method gets them.</summary>
/// <param name="clips">By the names of the plan: N x T x H x W x 3 bytes, on the device of the training.</param>
/// <param name="videos">N numbers: which video each sample is from.</param>
/// <param name="randoms">N: what a method draws for a sample comes from here, so that it does not depend on the batch it is in.</param>
public sealed class Batch(IReadOnlyDictionary<string, Tensor> clips, long[] videos, IReadOnlyList<SampleRandom> randoms)
{
    /// <summary>N.</summary>
    public int Count => videos.Length;

    /// <summary>N random streams.</summary>
    public IReadOnlyList<SampleRandom> Randoms => randoms;

    /// <summary>N numbers: which video each sample is from.</summary>
    public IReadOnlyList<long> Videos => videos;

    /// <summary>A clip of every sample.</summary>
    /// <param name="name">From the plan.</param>
    /// <returns>N x 3 x T x H x W in [0, 1].</returns>
    public Tensor this[string name] => Unit(clips[name]);

    /// <summary>Bytes as a network's operators take them.</summary>
    /// <param name="clips">N x T x H x W x 3 bytes.</param>
    /// <returns>N x 3 x T x H x W in [0, 1].</returns>
    public static Tensor Unit(Tensor clips) => clips.Permute([0, 4, 1, 2, 3]).To(ScalarType.Float32) / 255;
}
