using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Training;

/// <summary>Measures the <see cref="Background"/> of an encoder on packs: the whitening on the videos that are trained on, how alike unrelated clips are on those held out.</summary>
public static class HeldOutBackground
{
    private const int Together = 32; // clips
    private const int OfVideo = 4; // clips
    private const int MostKnown = 2000; // clips
    private const int MostHeldOut = 500; // clips

    /// <summary>Measures it.</summary>
    /// <param name="encoder">On the device; it is left in evaluation mode.</param>
    /// <param name="prepare">From [0, 1] to what the encoder takes.</param>
    /// <param name="plan">Its clips; they are taken from the middle of the picture, not mirrored.</param>
    /// <param name="data">Videos.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="device">Where.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>Null where too few videos can be read to tell, or the encoder does not tell them apart at all.</returns>
    public static Background? Measure(Encoder encoder, Func<Tensor, Tensor> prepare, ClipPlan plan, Dataset data, int seed, Device device, CancellationToken stop = default)
    {
        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        encoder.Eval();
        var clips = new PlainClips(plan, seed);
        var (known, knownVideos) = Vectors(data.Training, MostKnown);
        var (heldOut, heldOutVideos) = Vectors(data.HeldOut, MostHeldOut);
        return knownVideos.Distinct().Count() < 2 ? null : Background.Of(known, heldOut, heldOutVideos);

        // N x D, and of which videos they are.
        (Tensor Rows, List<long> Videos) Vectors(IEnumerable<TrainingVideo> from, int most)
        {
            var (rows, videos) = (new List<Tensor> { Tensor.Zeros([0, encoder.Width]) }, new List<long>());
            foreach (var some in clips.Read(from, OfVideo, most).Chunk(Together))
            {
                stop.ThrowIfCancellationRequested();
                using var inner = TensorScope.Enter();
                rows.Add(inner.Keep(encoder.Forward(prepare(clips.Batch(some, device))).Vector.To(Device.Cpu, ScalarType.Float32)));
                videos.AddRange(some.Select(clip => clip.Video));
            }

            return (Tensor.Cat([.. rows]), videos);
        }
    }
}
