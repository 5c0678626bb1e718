using Sosia.Learning.Encoders;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Evaluation;

/// <summary>How well clean clips find their own edited copies among those of all clips; by chance the first rank has a share of 1 / Count.</summary>
/// <param name="MeanReciprocalRank">Of the own copy, in 0 .. 1.</param>
/// <param name="First">Share of clips whose own copy is ranked first.</param>
/// <param name="MirroredMeanReciprocalRank">The same, all copies being mirrored left to right.</param>
/// <param name="MirroredFirst">The same, all copies being mirrored left to right.</param>
/// <param name="Count">Clips.</param>
public readonly record struct CopyRetrievalResult(double MeanReciprocalRank, double First, double MirroredMeanReciprocalRank, double MirroredFirst, int Count);

/// <summary>
/// A check of training that needs no labels (ours): every clip is edited, by the same numbers in every call, and has to find its edited copy by
/// cosine.
/// </summary>
public static class CopyRetrieval
{
    private const double LeastLength = 1e-12;
    private const int Seed = 20;

    /// <summary>The edits: all kinds that copies have, most of them at once.</summary>
    public static AugmentationOptions Edits { get; } = new()
    {
        ColourJitter = 1,
        Blur = 0.5,
        Quantisation = 0.5,
        Overlay = 0.5,
        Frame = 1,
        Rotation = 0.3,
        Noise = 0.3,
    };

    /// <summary>Measures an encoder, which is left in the mode in which it was.</summary>
    /// <param name="encoder">On the device of the clips.</param>
    /// <param name="clips">N x 3 x T x H x W in [0, 1], clean, of N different videos that training has not seen.</param>
    /// <param name="prepare">From [0, 1] to what the encoder takes, as in training.</param>
    /// <param name="batch">Clips embedded at once.</param>
    /// <param name="edits">Others than <see cref="Edits"/>.</param>
    /// <exception cref="ArgumentException">There are no clips.</exception>
    public static CopyRetrievalResult Measure(
        Encoder encoder, Tensor clips, Func<Tensor, Tensor> prepare, int batch = 32, AugmentationOptions? edits = null) =>
        Measure(encoder, (int)clips.Size(0), (first, count) => clips.Narrow(0, first, count), prepare, batch, edits);

    /// <summary>The same for clips that are too many to be there at once.</summary>
    /// <param name="encoder">On the device of the clips.</param>
    /// <param name="count">N.</param>
    /// <param name="clips">So many from a first one on.</param>
    /// <param name="prepare">From [0, 1] to what the encoder takes, as in training.</param>
    /// <param name="batch">Clips embedded at once.</param>
    /// <param name="edits">Others than <see cref="Edits"/>.</param>
    public static CopyRetrievalResult Measure(
        Encoder encoder, int count, Func<int, int, Tensor> clips, Func<Tensor, Tensor> prepare, int batch = 32, AugmentationOptions? edits = null)
    {
        if (count == 0)
        {
            throw new ArgumentException("there are no clips", nameof(count));
        }

        using var noGrad = NoGrad.Enter();
        using var scope = TensorScope.Enter();
        var wasTraining = encoder.IsTraining;
        encoder.Eval();
        try
        {
            var augmentation = new Augmentation(edits ?? Edits);
            var clean = Embed(count, clips, batch, (part, _) => encoder.Forward(prepare(part)).Vector);
            var plain = Embed(count, clips, batch, (part, first) => encoder.Forward(prepare(Copies(part, first))).Vector);
            var mirrored = Embed(count, clips, batch, (part, first) => encoder.Forward(prepare(Copies(part, first).Flip([4]))).Vector);
            var (ranks, mirroredRanks) = (Ranks(Similarity(clean, plain)), Ranks(Similarity(clean, mirrored)));
            return new CopyRetrievalResult(
                MeanReciprocal(ranks), First(ranks), MeanReciprocal(mirroredRanks), First(mirroredRanks), ranks.Length);

            Tensor Copies(Tensor part, int first) =>
                augmentation.Apply(part, [.. Enumerable.Range(first, (int)part.Size(0)).Select(i => new SampleRandom(Seed, 0, i))]);
        }
        finally
        {
            encoder.Train(wasTraining);
        }
    }

    /// <summary>The rank of the own copy, from 1: ties are against it, and so is what is no number.</summary>
    /// <param name="similarity">N x N: row i is clip i with every copy, its own at i.</param>
    /// <exception cref="ArgumentException">It is no square.</exception>
    public static int[] Ranks(Tensor similarity)
    {
        if (similarity.Shape is not [var n, var copies] || n != copies)
        {
            throw new ArgumentException($"similarities of {string.Join(" x ", similarity.Shape)}: N x N are needed", nameof(similarity));
        }

        using var scope = TensorScope.Enter();
        var worse = similarity.Lt(similarity.Diagonal().Unsqueeze(1)).To(ScalarType.Int64).Sum([1]).ToArray<long>();
        return [.. worse.Select(count => (int)(n - count))];
    }

    /// <summary>Mean of 1 / rank.</summary>
    public static double MeanReciprocal(IReadOnlyList<int> ranks) => ranks.Average(rank => 1.0 / rank);

    /// <summary>Share of rank 1.</summary>
    public static double First(IReadOnlyList<int> ranks) => ranks.Average(rank => rank == 1 ? 1.0 : 0);

    // N x D, of length 1.
    private static Tensor Embed(int count, Func<int, int, Tensor> clips, int batch, Func<Tensor, int, Tensor> vectors)
    {
        var parts = new List<Tensor>();
        for (var first = 0; first < count; first += batch)
        {
            using var scope = TensorScope.Enter();
            var part = clips(first, Math.Min(batch, count - first));
            parts.Add(scope.Keep(vectors(part, first).To(ScalarType.Float32)));
        }

        var all = Tensor.Cat([.. parts]);
        return all / all.Norm(2, [1], keepdim: true).ClampMin(LeastLength);
    }

    private static Tensor Similarity(Tensor clean, Tensor copies) => clean.MatMul(copies.Transpose(0, 1));
}
