using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>What is common to all rows counts for nothing, and every direction as much as any other.</summary>
public sealed class WhiteningTests
{
    private const int Rows = 400;
    private const int Inputs = 6;

    [Theory]
    [InlineData(6)]
    [InlineData(4)]
    public void Without_a_floor_the_covariance_is_one(int outputs)
    {
        using var scope = TensorScope.Enter();
        var rows = Sample(1);
        var projected = Projected(Fitted(rows, Tensor.Ones([Rows]), outputs), rows);
        Near(Tensor.Zeros([outputs]), projected.Mean([0]));
        Near(Tensor.Eye(outputs), projected.Transpose(0, 1).MatMul(projected) / Rows);
    }

    [Fact]
    public void A_row_of_weight_two_is_that_row_twice()
    {
        using var scope = TensorScope.Enter();
        var rows = Sample(2);
        var weights = Tensor.Cat([Tensor.Full([100], 2.0), Tensor.Ones([Rows - 100])]);
        var weighted = Fitted(rows, weights * 7, Inputs); // of any sum
        var repeated = Fitted(Tensor.Cat([rows, rows[..100]], 0), Tensor.Ones([Rows + 100]), Inputs);
        Near(State(repeated, "mean"), State(weighted, "mean"));

        // Directions may point either way.
        Near(State(repeated, "projection").Abs(), State(weighted, "projection").Abs());
    }

    [Fact]
    public void The_mean_is_taken_off()
    {
        using var scope = TensorScope.Enter();
        var rows = Sample(3);
        var whitening = Fitted(rows, Tensor.Ones([Rows]), Inputs);
        Near(rows.Mean([0]), State(whitening, "mean"));
        Near(Forward(whitening, rows), Forward(Fitted(rows + 100, Tensor.Ones([Rows]), Inputs), rows + 100), 1e-2);
    }

    [Fact]
    public void A_floor_leaves_noise_small()
    {
        using var scope = TensorScope.Enter();
        var rows = Sample(4);
        var spread = Projected(Fitted(rows, Tensor.Ones([Rows]), Inputs, floor: 0.5), rows).Square().Mean([0]).ToArray<float>();
        Assert.All(spread, value => Assert.InRange(value, 0, 1));
        Assert.Equal(spread.OrderDescending(), spread); // strongest direction first
        Assert.True(spread[^1] < 0.5 * spread[0], string.Join(" ", spread));
    }

    [Fact]
    public void Rows_come_out_of_length_one_each_for_itself()
    {
        using var scope = TensorScope.Enter();
        var rows = Sample(5);
        var whitening = Fitted(rows, Tensor.Ones([Rows]), 4);
        var all = Forward(whitening, rows);
        Assert.Equal([Rows, 4], all.Shape);
        Near(Tensor.Ones([Rows]), all.LinalgVectorNorm(2, [1]));
        Near(all[7..8], Forward(whitening, rows[7..8]));
    }

    [Fact]
    public void Fitting_leaves_no_tensor_behind()
    {
        using var scope = TensorScope.Enter();
        using var whitening = new Whitening(Inputs, 3);
        var (rows, weights) = (Sample(6), Tensor.Ones([Rows]));
        var before = LiveTensors.Settled();
        whitening.Fit(rows, weights, 0.1);
        Assert.Equal(before, Tensor.Live);
    }

    // Directions of different spread that do not lie along the axes, far from zero.
    private static Tensor Sample(ulong seed)
    {
        var spread = Tensor.Of([5f, 3, 2, 1, 0.5f, 0.2f], Inputs);
        return (Tensor.Randn([Rows, Inputs], new Generator(seed)) * spread).MatMul(Tensor.Randn([Inputs, Inputs], new Generator(99))) + 4;
    }

    private static Whitening Fitted(Tensor rows, Tensor weights, int outputs, double floor = 0)
    {
        var whitening = new Whitening(Inputs, outputs);
        whitening.Fit(rows, weights, floor);
        return whitening;
    }

    private static Tensor Forward(Whitening whitening, Tensor rows) => whitening.Forward(rows);

    // Before it is brought to length 1.
    private static Tensor Projected(Whitening whitening, Tensor rows) => (rows - State(whitening, "mean")).Linear(State(whitening, "projection"));

    private static Tensor State(Module module, string name) => module.NamedState().Single(entry => entry.Name == name).Tensor;

    private static void Near(Tensor wanted, Tensor got, double most = 2e-3)
    {
        Assert.Equal(wanted.Shape, got.Shape);
        Assert.InRange((wanted - got).Abs().Max().Item(), 0, most);
    }
}
