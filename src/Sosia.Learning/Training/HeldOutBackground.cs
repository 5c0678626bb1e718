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
    /// <returns>Null where too few videos can be read.</returns>
    public static Background? Measure(Encoder encoder, Func<Tensor, Tensor> prepare, ClipPlan plan, Dataset data, int seed, Device device, CancellationToken stop = default)
    {
        var known = PlainClips.Read(data.Training, plan, seed, OfVideo, MostKnown);
        var heldOut = PlainClips.Read(data.HeldOut, plan, seed, OfVideo, MostHeldOut);
        if (known.Count < 2 || heldOut.Count < 2)
        {
            return null;
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        encoder.Eval();
        return Background.Of(Vectors(known), Vectors(heldOut), heldOut.Videos);

        // N x D.
        Tensor Vectors(PlainClips clips)
        {
            var vectors = new List<Tensor>();
            for (var first = 0; first < clips.Count; first += Together)
            {
                stop.ThrowIfCancellationRequested();
                using var inner = TensorScope.Enter();
                var some = clips.Part(first, Math.Min(Together, clips.Count - first), device);
                vectors.Add(inner.Keep(encoder.Forward(prepare(some)).Vector.To(Device.Cpu, ScalarType.Float32)));
            }

            return Tensor.Cat([.. vectors]);
        }
    }
}
