using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Learning.Tests;

/// <summary>The pretrained trunk that ships: one row a frame, whatever stands beside it, and nearly the same for its mirror image.</summary>
public sealed class FrameTrunkTests : IDisposable
{
    private readonly FrameTrunk trunk = FrameTrunk.Load(Model("mobilenet-v2"), Model("trunk"));

    public void Dispose() => trunk.Dispose();

    [Fact]
    public void Rows_have_length_one()
    {
        using var scope = TensorScope.Enter();
        var rows = trunk.Forward(Pictures(3));
        Assert.Equal([3, 512], rows.Shape);
        Assert.All(rows.LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-4));
        Assert.All(trunk.Pooled(Pictures(2)).LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(Math.Sqrt(3), length, 1e-4)); // three levels
    }

    [Fact]
    public void What_stands_beside_it_in_a_batch_does_not_matter()
    {
        using var scope = TensorScope.Enter();
        var pictures = Pictures(4);
        var together = trunk.Forward(pictures);
        for (var i = 0; i < 4; i++) Assert.True(Likeness(trunk.Forward(pictures[i..(i + 1)])[0], together[i]) > 0.9999);
    }

    [Fact]
    public void A_mirrored_picture_is_nearly_the_same_and_another_is_not()
    {
        using var scope = TensorScope.Enter();
        var pictures = Pictures(4);
        var (rows, mirrored) = (trunk.Forward(pictures), trunk.Forward(pictures.Flip([3])));
        for (var i = 0; i < 4; i++)
        {
            var own = Likeness(rows[i], mirrored[i]);
            var others = Enumerable.Range(0, 4).Where(other => other != i).Max(other => Likeness(rows[i], rows[other]));
            Assert.True(own is > 0.2 and < 0.999 && own > others + 0.1, $"{own:0.000}, others {others:0.000}");
        }
    }

    [Fact]
    public void Black_and_white_give_numbers()
    {
        using var scope = TensorScope.Enter();
        Assert.All(trunk.Forward(Tensor.Full([1, 3, 144, 144], -1.0)).ToArray<float>(), value => Assert.True(float.IsFinite(value)));
        Assert.All(trunk.Forward(Tensor.Full([1, 3, 144, 144], 1.0)).ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    [Fact]
    public void Whitening_can_be_fitted_and_stored()
    {
        using var scope = TensorScope.Enter();
        using var own = new FrameTrunk(24);
        own.LoadNetwork(Model("mobilenet-v2"));
        var pooled = own.Pooled(Pictures(6));
        own.Whiten(pooled, Tensor.Ones([6]), 0.1);
        Assert.Equal([6, 24], own.Forward(Pictures(6)).Shape);
        Assert.Equal(["mean", "projection"], own.StoredWhitening().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        Assert.All(own.StoredWhitening(), entry => Assert.Equal(ScalarType.Float16, entry.Type));
    }

    private static string Model(string name) => Path.Combine(AppContext.BaseDirectory, "models", $"{name}.safetensors");

    // Of scenes that have nothing in common: N x 3 x 144 x 144, in [-1, 1].
    private static Tensor Pictures(int count) => Tensor.Cat([.. Enumerable.Range(0, count).Select(i =>
        (Tensor.Of<byte>(Scenes.Render(100 + i, 1, 1, FrameTrunk.Side, FrameTrunk.Side).First(), 1, FrameTrunk.Side, FrameTrunk.Side, 3)
            .Permute([0, 3, 1, 2]).To(ScalarType.Float32) / 127.5) - 1)], 0);

    private static double Likeness(Tensor one, Tensor other) => (one * other).Sum().Item();
}
