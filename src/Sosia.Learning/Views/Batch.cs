using Sosia.Torch;

namespace Sosia.Learning.Views;

/// <summary>Where the clips of a batch are from.</summary>
/// <param name="Videos">N numbers: of which video each is.</param>
/// <param name="Lengths">N: how many frames that video has.</param>
/// <param name="Frames">N x T, row by row: which frames were chosen; below 0 or beyond the length where there was none to show.</param>
public sealed record ClipOrigins(long[] Videos, long[] Lengths, long[] Frames);

/// <summary>Samples side by side, as a method gets them.</summary>
/// <param name="clips">By the names of the plan: N x T x H x W x 3 bytes, on the device of the training.</param>
/// <param name="videos">N numbers: which video each sample is from.</param>
/// <param name="randoms">N: what a method draws for a sample comes from here, so that it does not depend on the batch it is in.</param>
/// <param name="origins">By the names of the plan; null where nobody asks for them.</param>
public sealed class Batch(IReadOnlyDictionary<string, Tensor> clips, long[] videos, IReadOnlyList<SampleRandom> randoms, IReadOnlyDictionary<string, ClipOrigins>? origins = null)
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

    /// <summary>Where the clips of a name are from.</summary>
    /// <exception cref="InvalidOperationException">The batch was made without saying so.</exception>
    public ClipOrigins Origins(string name) => origins?[name] ?? throw new InvalidOperationException("the batch does not say where its clips are from");

    /// <summary>The same clips with other random numbers.</summary>
    /// <param name="other">N.</param>
    public Batch WithRandoms(IReadOnlyList<SampleRandom> other) => new(clips, videos, other, origins);

    /// <summary>Bytes as a network's operators take them.</summary>
    /// <param name="clips">N x T x H x W x 3 bytes.</param>
    /// <returns>N x 3 x T x H x W in [0, 1].</returns>
    public static Tensor Unit(Tensor clips) => clips.Permute([0, 4, 1, 2, 3]).To(ScalarType.Float32) / 255;
}
