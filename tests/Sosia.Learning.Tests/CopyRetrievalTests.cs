using Sosia.Learning.Encoders;
using Sosia.Learning.Evaluation;
using Sosia.Learning.Views;
using Sosia.Torch;
using static Sosia.Learning.Tests.AugmentationTests;

namespace Sosia.Learning.Tests;

public sealed class CopyRetrievalTests
{
    [Fact]
    public void A_rank_counts_what_is_at_least_as_similar()
    {
        using var scope = TensorScope.Enter();
        float[] similarity =
        [
            0.9f, 0.1f, 0.2f, 0.3f, // alone at the top
            0.9f, 0.5f, 0.5f, 0.1f, // one better, one tied
            0.0f, 0.0f, 0.0f, 0.0f, // all tied
            0.1f, 0.2f, 0.9f, float.NaN, // no number is last
        ];
        var ranks = CopyRetrieval.Ranks(Tensor.Of(similarity, 4, 4));
        Assert.Equal([1, 3, 4, 4], ranks);
        Assert.Equal((1 + (1 / 3.0) + 0.25 + 0.25) / 4, CopyRetrieval.MeanReciprocal(ranks), 12);
        Assert.Equal(0.25, CopyRetrieval.First(ranks), 12);
        Assert.Throws<ArgumentException>(() => CopyRetrieval.Ranks(Tensor.Zeros([2, 3])));
    }

    [Fact]
    public void An_encoder_that_keeps_everything_finds_untouched_copies()
    {
        using var scope = TensorScope.Enter();
        using var encoder = new Pixels(tells: true);
        var result = CopyRetrieval.Measure(encoder, Clips(9, 2, 12, 12), Centred, batch: 4, AugmentationOptions.None);
        Assert.Equal((1.0, 1.0, 9), (result.MeanReciprocalRank, result.First, result.Count));
        Assert.True(result.MirroredMeanReciprocalRank < 0.8, result.ToString()); // noise does not look like its mirror image
        Assert.True(encoder.IsTraining);
        Assert.False(encoder.TrainedInside);
    }

    [Fact]
    public void Mirrored_pictures_have_mirrored_copies()
    {
        using var scope = TensorScope.Enter();
        using var encoder = new Pixels(tells: true);
        var half = Clips(9, 2, 12, 6);
        var result = CopyRetrieval.Measure(encoder, Tensor.Cat([half, half.Flip([4])], 4), Centred, batch: 4, AugmentationOptions.None);
        Assert.Equal((1.0, 1.0), (result.MeanReciprocalRank, result.MirroredMeanReciprocalRank));
    }

    [Fact]
    public void An_encoder_that_tells_nothing_gains_nothing()
    {
        using var scope = TensorScope.Enter();
        using var encoder = new Pixels(tells: false);
        var result = CopyRetrieval.Measure(encoder, Clips(8, 2, 12, 12), Centred);
        Assert.Equal(new CopyRetrievalResult(1 / 8.0, 0, 1 / 8.0, 0, 8), result);
    }

    [Fact]
    public void The_figure_is_the_same_in_any_batches()
    {
        using var scope = TensorScope.Enter();
        using var encoder = new Pixels(tells: true);
        var clips = Blur.Apply(Clips(12, 2, 24, 24), [.. Enumerable.Repeat(new Blur(0.1), 12)]);
        var (one, other) = (CopyRetrieval.Measure(encoder, clips, Centred), CopyRetrieval.Measure(encoder, clips, Centred, batch: 5));
        Assert.Equal(one, other);
        Assert.InRange(one.MeanReciprocalRank, 0.15, 0.95); // edits make it hard, not hopeless
    }

    private static Tensor Centred(Tensor clips) => clips - 0.5;

    // The first frame as it is, or the same for all.
    private sealed class Pixels(bool tells) : Encoder
    {
        public bool TrainedInside { get; private set; }

        public override int Width => 3 * 12 * 12;

        public override Features Forward(Tensor input)
        {
            TrainedInside |= IsTraining;
            var vector = input[.., .., 0].Reshape([input.Size(0), -1]);
            return new Features(tells ? vector : Tensor.Ones(vector.Shape));
        }
    }
}
