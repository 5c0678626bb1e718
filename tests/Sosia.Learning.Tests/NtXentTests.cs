using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class NtXentTests
{
    [Fact]
    public void EachRowIsToldFromAllOthersButItself()
    {
        using var scope = TensorScope.Enter();
        var (first, second) = (Views(1), Views(2));
        var logits = Cosine.Matrix(Tensor.Cat([first, second]), Tensor.Cat([first, second])) / 0.2;
        var others = logits.MaskedFill(Tensor.Eye(6, ScalarType.Bool), double.NegativeInfinity);
        var expected = others.CrossEntropyLoss(Tensor.Of([3L, 4, 5, 0, 1, 2], 6));
        Assert.Equal(expected.Item(), NtXent.Loss(first, second, 0.2).Item(), 1e-5);
    }

    [Fact]
    public void TheViewsMayChangePlaces()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(NtXent.Loss(Views(1), Views(2), 0.1).Item(), NtXent.Loss(Views(2), Views(1), 0.1).Item(), 1e-5);
    }

    [Fact]
    public void GradientsAreThoseOfDifferences()
    {
        using var scope = TensorScope.Enter();
        FiniteDifferences.Check(z => NtXent.Loss(Cosine.Unit(z[0]), Cosine.Unit(z[1]), 0.3), Tensor.Randn([2, 3, 4], new Generator(3)));
    }

    [Fact]
    public void OneItemAloneCostsNothingAndMovesNothing()
    {
        using var scope = TensorScope.Enter();
        var z = Tensor.Randn([2, 1, 4], new Generator(4)).RequireGrad();
        var loss = NtXent.Loss(Cosine.Unit(z[0]), Cosine.Unit(z[1]), 0.5);
        loss.Backward();
        Assert.Equal(0, loss.Item());
        Assert.All(z.Grad!.ToArray<float>(), gradient => Assert.Equal(0, gradient));
    }

    private static Tensor Views(ulong seed) => Cosine.Unit(Tensor.Randn([3, 5], new Generator(seed)));
}
