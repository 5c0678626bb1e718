using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class MaskTests
{
    [Theory]
    [InlineData(0.9, 176)]
    [InlineData(0.75, 147)]
    [InlineData(0.0, 0)]
    [InlineData(1.0, 196)]
    public void A_tube_hides_the_same_places_in_every_slice(double ratio, int hidden)
    {
        using var scope = TensorScope.Enter();
        var mask = Masks.Tube(3, 8, 196, ratio, new Generator(1)).View([3, 8, 196]).To(ScalarType.Int64);
        Assert.All(mask.Sum([2]).ToArray<long>(), count => Assert.Equal(hidden, count));
        Assert.True(mask.Eq(mask.Narrow(1, 0, 1)).All().Item<bool>());
        Assert.Equal(ratio is > 0 and < 1, !mask[0].Eq(mask[1]).All().Item<bool>());
    }

    [Fact]
    public void The_first_places_of_an_order_stay_visible()
    {
        using var scope = TensorScope.Enter();
        var hidden = Masks.TubeOfOrder(Tensor.Of([3L, 0, 2, 1, 1, 2, 0, 3], 2, 4), 2, 0.5).ToArray<bool>();
        Assert.Equal([false, true, true, false, false, true, true, false, true, false, false, true, true, false, false, true], hidden);
    }

    [Fact]
    public void Values_of_hidden_tokens_stand_in_their_order()
    {
        using var scope = TensorScope.Enter();
        var values = Tensor.Of(Enumerable.Range(0, 6).Select(i => (float)i).ToArray(), 2, 3, 1);
        var hidden = Tensor.Of([true, false, true, false, true, true], 2, 3);
        Assert.Equal([0, 2, 4, 5], Masks.OfHidden(values, hidden).ToArray<float>());
    }

    [Fact]
    public void Hidden_pixels_do_not_reach_the_prediction()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = new VideoMaePretraining(new(new(24, 2, 3), new(16, 1, 2), 8), new Generator(1));
        var clips = Tensor.Randn([2, 3, 4, 16, 24], new Generator(2));
        var hidden = Masks.Tube(2, 2, 6, 0.67, new Generator(3));
        var before = network.Forward(clips, hidden).Prediction;

        // All pixels of hidden tubelets change.
        var pixels = hidden.View([2, 1, 2, 1, 2, 1, 3, 1]).Expand([2, 3, 2, 2, 2, 8, 3, 8]).Reshape(clips.Shape);
        var after = network.Forward(clips.MaskedFill(pixels, 9), hidden).Prediction;

        Assert.Equal([2, 8, 384], before.Shape);
        Assert.Equal(before.ToArray<float>(), after.ToArray<float>());
        Assert.NotEqual(before.ToArray<float>(), network.Forward(clips * 2, hidden).Prediction.ToArray<float>());
    }

    [Fact]
    public void Mae_learns_a_constant_picture()
    {
        using var scope = TensorScope.Enter();
        using var network = new MaskedAutoencoder(new(new(16, 1, 2), new(12, 1, 2), 4, 12, 12), new Generator(1));
        var picture = Tensor.Full([2, 3, 12, 12], 0.5);
        var losses = new List<double>();
        for (var step = 0; step < 30; step++)
        {
            using var inner = TensorScope.Enter();
            var (_, prediction, hidden) = network.Forward(picture, Tensor.Rand([2, 9], new Generator((ulong)step)), 0.75);
            var loss = MaskedAutoencoder.Loss(prediction, MaskedAutoencoder.Targets(picture, 4, normalise: false), hidden);
            loss.Backward();
            losses.Add(loss.Item());
            using var noGrad = NoGrad.Enter();
            foreach (var parameter in network.Parameters()) { parameter.AddInPlace(parameter.Grad!, -0.1); }
            network.ZeroGrad();
        }

        Assert.True(losses[^1] < 0.2 * losses[0], string.Join(" ", losses));
    }

    [Fact]
    public void Groups_of_layers_cover_all_names()
    {
        using var skip = SkipInit.Enter();
        using var network = new VideoMae(new(new(24, 4, 3), 8, Classes: 2));
        var groups = network.NamedParameters().Select(p => TransformerInit.LayerGroup(p.Name, 4)).Distinct().Order();
        Assert.Equal([0, 1, 2, 3, 4, 5], groups);
        Assert.Equal(1, TransformerInit.LayerFactors(4, 0.75)[^1]);
    }

    [Theory]
    [InlineData("blocks.0.attn.qkv.weight", 2, true)]
    [InlineData("blocks.0.attn.qkv.bias", 1, false)]
    [InlineData("norm.weight", 1, false)]
    [InlineData("pos_embed", 3, false)]
    [InlineData("encoder.time_embed", 3, false)]
    [InlineData("mask_token", 3, false)]
    [InlineData("patch_embed.proj.weight", 4, true)]
    public void Tokens_positions_and_biases_do_not_decay(string name, int rank, bool decays)
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(decays, TransformerInit.Decays(name, Tensor.Zeros([.. Enumerable.Repeat(1L, rank)])));
    }
}
