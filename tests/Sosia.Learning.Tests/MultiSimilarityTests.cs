using Sosia.Learning.Objectives;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class MultiSimilarityTests
{
    private static readonly MultiSimilarity Objective = new();

    [Fact]
    public void A_batch_of_one_costs_nothing()
    {
        using var scope = TensorScope.Enter();
        Assert.Equal(0, Loss(Tensor.Randn([1, 4], new Generator(1)), Labels(3), epsilon: null).Item());
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.3)]
    public void The_order_of_the_rows_does_not_matter(double? epsilon)
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Randn([8, 5], new Generator(2));
        var labels = Labels(0, 0, 1, 1, 1, 2, 3, 3);
        var order = Labels(5, 2, 7, 0, 3, 6, 1, 4);

        var loss = Loss(rows, labels, epsilon).Item();
        var shuffled = Loss(rows.IndexSelect(0, order), labels.IndexSelect(0, order), epsilon).Item();

        Assert.Equal(loss, shuffled, 1e-5);
        Assert.True(loss > 0.1);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0.3)]
    public void Gradients_are_those_of_differences(double? epsilon)
    {
        using var scope = TensorScope.Enter();
        FiniteDifferences.Check(rows => Loss(rows, Labels(0, 0, 1, 1, 2, 2), epsilon), Tensor.Randn([6, 4], new Generator(3)));
    }

    [Fact]
    public void Pulls_positives_together_and_pushes_negatives_apart()
    {
        using var scope = TensorScope.Enter();
        var s = Tensor.Of([0f, 0.4f, 0.4f, 0.4f, 0f, 0.4f, 0.4f, 0.4f, 0f], 3, 3).RequireGrad();
        Objective.Loss(s, PairMasks.Within(Labels(0, 0, 1))).Backward();
        var slope = s.Grad!.ToArray<float>();
        Assert.True(slope[1] < 0 && slope[3] < 0);
        Assert.True(slope[2] > 0 && slope[5] > 0 && slope[6] > 0 && slope[7] > 0);
        Assert.Equal(0, slope[0] + slope[4] + slope[8]);
    }

    [Fact]
    public void The_miner_keeps_hard_pairs_alone()
    {
        using var scope = TensorScope.Enter();

        // Row 0: positives 0.9 and 0.2, negatives 0.8 and -0.5.
        var s = Tensor.Of([0.9f, 0.2f, 0.8f, -0.5f], 1, 4);
        var pairs = PairMasks.Of(Labels(0), Labels(0, 0, 1, 2));
        AssertMined([true, true], [true, false], 0.3); // 0.9 - 0.3 < 0.8; -0.5 + 0.3 < 0.2
        AssertMined([false, true], [true, false], 0.05);
        AssertMined([true, true], [true, true], 2);

        void AssertMined(bool[] positive, bool[] negative, double epsilon)
        {
            var mined = pairs.Mined(s, epsilon);
            Assert.Equal(positive, mined.Positive[0, ..2].ToArray<bool>());
            Assert.Equal(negative, mined.Negative[0, 2..].ToArray<bool>());
        }
    }

    [Fact]
    public void A_row_with_one_kind_of_pair_keeps_nothing()
    {
        using var scope = TensorScope.Enter();
        var rows = Cosine.Unit(Tensor.Randn([4, 3], new Generator(4)));
        var s = Cosine.Matrix(rows, rows);
        Assert.False(PairMasks.Within(Labels(1, 1, 1, 1)).Mined(s, 5).Positive.Any().Item<bool>());
        Assert.False(PairMasks.Within(Labels(1, 2, 3, 4)).Mined(s, 5).Negative.Any().Item<bool>());
    }

    [Fact]
    public void A_zero_vector_is_like_nothing()
    {
        using var scope = TensorScope.Enter();
        var rows = Tensor.Of([0f, 0f, 1f, 2f], 2, 2).RequireGrad();
        var unit = Cosine.Unit(rows);
        var s = Cosine.Matrix(unit, unit);
        s.Sum().Backward();
        Assert.Equal([0f, 0f, 0f], s.Flatten()[..3].ToArray<float>());
        Assert.All(rows.Grad!.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
    }

    private static Tensor Loss(Tensor rows, Tensor labels, double? epsilon)
    {
        var unit = Cosine.Unit(rows);
        var s = Cosine.Matrix(unit, unit);
        var pairs = PairMasks.Within(labels);
        return Objective.Loss(s, epsilon is { } e ? pairs.Mined(s, e) : pairs);
    }

    private static Tensor Labels(params long[] labels) => Tensor.Of(labels, labels.Length);
}
