using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class MomentumCopyTests
{
    [Fact]
    public void A_copy_begins_as_its_source_and_gathers_no_gradients()
    {
        using var scope = TensorScope.Enter();
        using var source = Network(1);
        using var copy = Network(2);
        MomentumCopy.Begin(copy, source);
        Assert.All(source.NamedState().Zip(copy.NamedState()), pair => Assert.Equal(Values(pair.First.Tensor), Values(pair.Second.Tensor)));
        Assert.All(copy.Parameters(), parameter => Assert.False(parameter.RequiresGrad));
        Assert.All(source.Parameters(), parameter => Assert.True(parameter.RequiresGrad));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    [InlineData(1)]
    public void Each_parameter_moves_its_share_of_the_way(double momentum)
    {
        using var scope = TensorScope.Enter();
        using var source = Network(1);
        using var copy = Network(2);
        var wanted = copy.Parameters().Zip(source.Parameters(), (own, other) => Values((own * momentum) + (other * (1 - momentum)))).ToArray();
        var before = source.Parameters().Select(Values).ToArray();
        MomentumCopy.Update(copy, source, momentum);
        foreach (var (parameter, values) in copy.Parameters().Zip(wanted))
        {
            Assert.True(parameter.IsLeaf);
            Assert.All(Values(parameter).Zip(values), pair => Assert.Equal(pair.Second, pair.First, 1e-6f));
        }

        Assert.Equal(before, source.Parameters().Select(Values));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Buffers_are_set_only_where_that_is_asked_for(bool buffers)
    {
        using var scope = TensorScope.Enter();
        using var source = Network(1);
        using var copy = Network(2);
        source.Forward(Tensor.Randn([8, 3], new Generator(3))); // batch norm gathers its mean
        var (own, others) = (Values(Entry(copy, "1.running_mean")), Values(Entry(source, "1.running_mean")));
        Assert.NotEqual(own, others);
        MomentumCopy.Update(copy, source, 0.5, buffers);
        Assert.Equal(buffers ? others : own, Values(Entry(copy, "1.running_mean")));
        Assert.Equal(buffers ? 1 : 0, Entry(copy, "1.num_batches_tracked").Item<long>());
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void A_momentum_that_is_none_is_refused(double momentum)
    {
        using var source = Network(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => MomentumCopy.Update(source, source, momentum));
    }

    [Fact]
    public void Another_network_is_refused_and_nothing_moves()
    {
        using var scope = TensorScope.Enter();
        using var copy = Network(1);
        using var longer = new Sequential(new Linear(3, 4), new Linear(4, 4), new Linear(4, 4));
        using var wider = new Sequential(new Linear(3, 5), new BatchNorm(5));
        var before = copy.Parameters().Select(Values).ToArray();
        Assert.Contains("2.weight", Assert.Throws<StateMismatchException>(() => MomentumCopy.Update(copy, longer, 0.5)).Unexpected);
        Assert.Contains("0.weight", Assert.Throws<StateMismatchException>(() => MomentumCopy.Update(copy, wider, 0.5)).Shapes);
        Assert.Equal(before, copy.Parameters().Select(Values));
    }

    private static Sequential Network(ulong seed)
    {
        Generator.Seed(seed);
        return new Sequential(new Linear(3, 4), new BatchNorm(4));
    }

    private static Tensor Entry(Module network, string name) => network.NamedState().Single(entry => entry.Name == name).Tensor;

    private static float[] Values(Tensor tensor) => tensor.Detach().To(ScalarType.Float32).ToArray<float>();
}
