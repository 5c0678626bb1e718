using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class PrototypeHeadTests
{
    private static readonly PrototypeHeadShape Shape = new(12, 6, 9);

    [Fact]
    public void Logits_are_cosines_with_the_prototypes()
    {
        using var scope = TensorScope.Enter();
        using var head = new PrototypeHead(8, Shape, new Generator(1));
        var x = Tensor.Randn([4, 8], new Generator(2)) * 100;
        var logits = head.Forward(x);
        Assert.Equal([4L, 9], logits.Shape);
        Assert.InRange(logits.Abs().Max().Item(), 0.01, 1 + 1e-6);

        // The length of a prototype counts for nothing.
        using var noGrad = NoGrad.Enter();
        Prototypes(head).MulInPlace(7);
        Assert.All(logits.ToArray<float>().Zip(head.Forward(x).ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void Prototypes_get_a_gradient_only_when_they_are_to_learn()
    {
        using var scope = TensorScope.Enter();
        using var head = new PrototypeHead(8, Shape, new Generator(1));
        var x = Tensor.Randn([4, 8], new Generator(2));
        var w = Tensor.Randn([4, 9], new Generator(3));
        (head.Forward(x, learnPrototypes: false) * w).Sum().Backward();
        Assert.Null(Prototypes(head).Grad);
        Assert.Equal(6, head.Parameters().Count(parameter => parameter.Grad is not null));
        (head.Forward(x) * w).Sum().Backward();
        Assert.True(Prototypes(head).Grad!.Abs().Max().Item() > 0);
    }

    [Fact]
    public void A_zero_vector_has_finite_gradients()
    {
        using var scope = TensorScope.Enter();
        using var head = new PrototypeHead(8, Shape, new Generator(1));
        var x = Tensor.Zeros([2, 8]).RequireGrad(); // biases begin at 0: so does what is brought to unit length
        head.Forward(x).Sum().Backward();
        Assert.True(x.Grad!.IsFinite().All().Item<bool>());
        Assert.All(head.Parameters(), parameter => Assert.True(parameter.Grad!.IsFinite().All().Item<bool>()));
    }

    private static Tensor Prototypes(PrototypeHead head) => head.NamedParameters().Single(entry => entry.Name == "last_layer.weight_v").Tensor;
}
