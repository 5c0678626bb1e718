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

    [Fact]
    public void RowsWithoutAPositiveAreLeftOut()
    {
        using var scope = TensorScope.Enter();
        var similarities = Tensor.Randn([3, 4], new Generator(8));
        var valid = Tensor.Ones([3, 4], ScalarType.Bool);
        var some = InfoNce.Loss(similarities, PairMasks.OnePositive(Tensor.Of([2L, -1, 0], 3), valid), 0.3).Item();
        var rows = InfoNce.Loss(similarities.IndexSelect(0, Tensor.Of([0L, 2], 2)), PairMasks.OnePositive(Tensor.Of([2L, 0], 2), valid[..2]), 0.3).Item();
        Assert.Equal(rows, some, 1e-6);
        Assert.Equal(0, InfoNce.Loss(similarities, PairMasks.OnePositive(Tensor.Of([-1L, -1, -1], 3), valid), 0.3).Item());
        Assert.Equal(0, InfoNce.Loss(similarities[..0], PairMasks.OnePositive(Tensor.Of(Array.Empty<long>(), 0), valid[..0]), 0.3).Item());
    }

    [Fact]
    public void GradientsAreThoseOfDifferencesAlsoWhereARowHasNoNegative()
    {
        using var scope = TensorScope.Enter();
        var positive = Tensor.Of([1L, 0, -1], 3);
        var valid = Tensor.Of([true, true, true, true, false, false, false, false, true, true, true, true], 3, 4);
        FiniteDifferences.Check(s => InfoNce.Loss(s, PairMasks.OnePositive(positive, valid), 0.2), Tensor.Randn([3, 4], new Generator(9)));
    }

    [Fact]
    public void AgainstAQueueItIsTheCrossEntropyOfTheFirstColumn()
    {
        using var scope = TensorScope.Enter();
        var generator = new Generator(10);
        Tensor Unit(long rows) => Cosine.Unit(Tensor.Randn([rows, 5], generator));
        var (query, key, queue) = (Unit(3), Unit(3), Unit(7).Transpose(0, 1));
        var logits = InfoNce.ToQueue(query, key, queue) / 0.07;
        var expected = logits.CrossEntropyLoss(Tensor.Zeros([3], ScalarType.Int64));
        Assert.Equal(expected.Item(), InfoNce.AgainstQueue(query, key, queue, 0.07).Item(), 1e-5);
    }

    [Fact]
    public void AKeyGetsNoGradientAndAQueryDoes()
    {
        using var scope = TensorScope.Enter();
        var (query, key) = (Tensor.Randn([2, 4], new Generator(11)).RequireGrad(), Tensor.Randn([2, 4], new Generator(12)).RequireGrad());
        InfoNce.AgainstQueue(Cosine.Unit(query), Cosine.Unit(key), Tensor.Randn([4, 3], new Generator(13)), 0.1).Backward();
        Assert.Null(key.Grad);
        Assert.True(query.Grad!.IsFinite().All().Item<bool>() && query.Grad!.Abs().Sum().Item() > 0);
    }

    [Fact]
    public void AgainstAQueueHalfPrecisionEndsWithTheVectors()
    {
        using var scope = TensorScope.Enter();
        var generator = new Generator(14);
        Tensor Half(long rows) => Cosine.Unit(Tensor.Randn([rows, 64], generator)).To(ScalarType.BFloat16);
        var (query, key, queue) = (Half(4).RequireGrad(), Half(4), Half(256).To(ScalarType.Float32).Transpose(0, 1));
        var full = InfoNce.AgainstQueue(query.To(ScalarType.Float32), key.To(ScalarType.Float32), queue, 0.01).Item();
        using var half = Autocast.Enter(DeviceType.Cpu);
        var loss = InfoNce.AgainstQueue(query, key, queue, 0.01);
        loss.Backward();
        Assert.Equal(full, loss.Item());
        Assert.Equal(ScalarType.BFloat16, query.Grad!.Type);
    }

    [Fact]
    public void SmallTemperaturesDoNotOverflow()
    {
        using var scope = TensorScope.Enter();
        var query = Tensor.Of([1f, 0], 1, 2).RequireGrad();
        var loss = InfoNce.AgainstQueue(query, Tensor.Of([-1f, 0], 1, 2), Tensor.Of([1f, 0], 2, 1), 1e-3);
        loss.Backward();
        Assert.Equal(2000, loss.Item(), 1e-2);
        Assert.True(query.Grad!.IsFinite().All().Item<bool>());
    }

    [Fact]
    public void ARankCountsWhatIsGreaterAndTiesAreInFavour()
    {
        using var scope = TensorScope.Enter();
        var similarities = Tensor.Of([0.5f, 0.5f, 0.1f, 0.5f, 0.6f, 0.7f, 0.5f, 0.4f, 0.6f], 3, 3);
        Assert.Equal([1L, 3, 2], InfoNce.Ranks(similarities).ToArray<long>());
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
