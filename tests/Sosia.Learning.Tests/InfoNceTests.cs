using Sosia.Learning.Objectives;
using Sosia.Torch;
using Xunit;

namespace Sosia.Learning.Tests;

public sealed class InfoNceTests
{
    [Fact]
    public void IsTheCrossEntropyOfTheOnePositiveAmongAll()
    {
        using var scope = TensorScope.Enter();
        Generator.Seed(7);
        var similarities = Tensor.Rand([4, 6]) * 2 - 1;
        var positive = Tensor.Eye(6, ScalarType.Bool)[..4];
        var loss = InfoNce.Loss(similarities, new PairMasks(positive, positive.LogicalNot()), 0.2);
        var logits = similarities / 0.2;
        var expected = (logits.LogSumExp([1]) - logits.Diagonal()).Mean();
        Assert.Equal(expected.Item<float>(), loss.Item<float>(), 1e-5);
    }

    [Fact]
    public void OfTwoPositivesEachStandsAgainstTheNegativesAlone()
    {
        using var scope = TensorScope.Enter();
        var similarities = Tensor.Of([0.5f, 0.1f, -0.2f, 0.9f], 1, 4);
        var positive = Tensor.Of([true, true, false, false], 1, 4);
        var negative = Tensor.Of([false, false, true, false], 1, 4); // the last one is neither
        double Row(double s) => Math.Log(Math.Exp(s) + Math.Exp(-0.2)) - s;
        Assert.Equal((Row(0.5) + Row(0.1)) / 2, InfoNce.Loss(similarities, new PairMasks(positive, negative), 1).Item<float>(), 1e-5);
    }

    [Fact]
    public void WithoutNegativesThereIsNothingToTellApart()
    {
        using var scope = TensorScope.Enter();
        var all = Tensor.Of([true], 1, 1);
        Assert.Equal(0, InfoNce.Loss(Tensor.Of([0.3f], 1, 1), new PairMasks(all, all.LogicalNot()), 0.1).Item<float>(), 1e-6);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    public void ATemperatureThatIsNotPositiveIsRefused(double temperature)
    {
        using var scope = TensorScope.Enter();
        var all = Tensor.Of([true], 1, 1);
        Assert.Throws<ArgumentException>(() => InfoNce.Loss(Tensor.Of([0.3f], 1, 1), new PairMasks(all, all), temperature));
    }
}
