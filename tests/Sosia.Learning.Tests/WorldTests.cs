using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Tests;

namespace Sosia.Learning.Tests;

public sealed class WorldTests
{
    private const int Rows = 6; // of the joint batch

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void ProcessesWithPartsOfABatchHaveTheGradientsOfOneWithAllOfIt(int size) => Together.Succeed(size, "world", "joint");

    [Fact]
    public void WhatIsGatheredIsThatOfTheJointBatch() => Together.Succeed(2, "world", "gather");

    [Fact]
    public void GradientsAreAveragedAlsoWhereSomeAreMissing() => Together.Succeed(2, "world", "average");

    [Fact]
    public void EveryProcessGetsTheNetworkOfTheFirst() => Together.Succeed(3, "world", "broadcast");

    [Fact]
    public void OneProcessAloneCopiesNothing()
    {
        using var scope = TensorScope.Enter();
        var world = World.FromEnvironment();
        Assert.Same(World.Single, world);
        Assert.Equal((0, 1, 0), (world.Rank, world.Size, world.LocalRank));
        var rows = Tensor.Ones([2, 3]).RequireGrad();
        Assert.Same(rows, world.Gather(rows));
        Assert.False(world.GatherDetached(rows).RequiresGrad);
        long[] labels = [1, 2];
        Assert.Same(labels, world.Gather(labels));
        Assert.Equal(0.3, world.Mean(0.3));
        rows.Grad = Tensor.Ones([2, 3]);
        world.Average([rows]);
        Assert.Equal(6, rows.Grad.Sum().Item());
        world.Barrier();
        world.Dispose();
        world.Barrier(); // it is there as long as the program
    }

    /// <summary>What one process of a test does.</summary>
    internal static void Act(string what)
    {
        using var scope = TensorScope.Enter();
        using var world = World.FromEnvironment(timeout: TimeSpan.FromSeconds(30));
        switch (what)
        {
            case "joint":
                Joint(world);
                break;
            case "gather":
                Gather(world);
                break;
            case "average":
                Average(world);
                break;
            case "broadcast":
                Broadcast(world);
                break;
        }
    }

    private static void Joint(World world)
    {
        using var generator = new Generator(7);
        using var network = new Pairs(generator);
        var (one, other) = (Tensor.Randn([Rows, 4], generator), Tensor.Randn([Rows, 4], generator));
        network.Loss(World.Single, one, other).Backward();
        var expected = network.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Grad?.ToArray<float>());
        Assert.Null(expected["unused"]);

        network.ZeroGrad();
        var rows = Rows / world.Size;
        var loss = network.Loss(world, one.Narrow(0, world.Rank * rows, rows), other.Narrow(0, world.Rank * rows, rows));
        loss.Backward();
        world.Average(network.Parameters());
        foreach (var (name, parameter) in network.NamedParameters())
        {
            Assert.Equal(expected[name] is null, parameter.Grad is null);
            Assert.All((expected[name] ?? []).Zip(parameter.Grad?.ToArray<float>() ?? []), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
        }

        using var noGrad = NoGrad.Enter();
        Assert.Equal(network.Loss(World.Single, one, other).Item(), world.Mean(loss.Item()), 1e-5);
    }

    private static void Gather(World world)
    {
        var rank = world.Rank;
        Assert.Equal((rank, 2), (world.LocalRank, world.Size));
        Assert.Equal([0, 10, 1, 11], world.Gather([rank, 10 + rank]));
        Assert.Equal(0.5, world.Mean(rank));

        var rows = Tensor.Of([rank, rank + 0.5f], 1, 2).RequireGrad();
        var gathered = world.Gather(rows);
        Assert.Equal([2L, 2], gathered.Shape);
        Assert.Equal([0, 0.5f, 1, 1.5f], gathered.ToArray<float>());
        // Each process weighs all rows with weights of its own: a row's gradient is the sum of what it has of all.
        (gathered * Tensor.Of([1f, 2, 3, 4], 2, 2) * (rank + 1)).Sum().Backward();
        Assert.Equal(rank == 0 ? [3, 6] : [9f, 12], rows.Grad!.ToArray<float>());

        Assert.False(world.GatherDetached(rows).RequiresGrad);
        var half = world.Gather(rows.Detach().To(ScalarType.BFloat16).RequireGrad());
        Assert.Equal(ScalarType.BFloat16, half.Type);
        Assert.Equal([0, 0.5f, 1, 1.5f], half.To(ScalarType.Float32).ToArray<float>());
        Assert.Contains("do not call the same", Assert.ThrowsAny<TorchException>(() => world.Gather(Tensor.Ones([rank + 1, 2]))).Message);
    }

    private static void Average(World world)
    {
        var rank = world.Rank;
        Tensor[] parameters = [.. Enumerable.Range(0, 4).Select(i => Tensor.Zeros([i + 1], i == 3 ? ScalarType.Float64 : ScalarType.Float32).RequireGrad())];
        parameters[0].Grad = Tensor.Full([1], rank + 1.0);
        parameters[2].Grad = rank == 1 ? Tensor.Full([3], 5.0) : null;
        parameters[3].Grad = rank == 0 ? Tensor.Full([4], 1, ScalarType.Float64) : null;
        world.Average(parameters);
        Assert.Equal([1.5f], parameters[0].Grad!.ToArray<float>());
        Assert.Null(parameters[1].Grad);
        Assert.Equal([2.5f, 2.5f, 2.5f], parameters[2].Grad!.ToArray<float>());
        Assert.Equal([0.5, 0.5, 0.5, 0.5], parameters[3].Grad!.ToArray<double>());

        var large = Tensor.Zeros([7 << 20]).RequireGrad(); // more than a bucket holds
        large.Grad = Tensor.Full([7 << 20], (double)rank);
        world.Average([parameters[0], large, parameters[2]]);
        Assert.Equal((0.5, 0.5), (large.Grad!.Amin().Item(), large.Grad!.Amax().Item()));
        Assert.Equal([2.5f, 2.5f, 2.5f], parameters[2].Grad!.ToArray<float>());
    }

    private static void Broadcast(World world)
    {
        using var mine = new Generator((ulong)world.Rank);
        using var network = new Pairs(mine);
        using var norm = new BatchNorm(3);
        using var first = new Generator(0);
        using var expected = new Pairs(first);
        world.Broadcast(network);
        world.Broadcast(norm);
        foreach (var (own, right) in network.Parameters().Zip(expected.Parameters()))
        {
            Assert.Equal(right.ToArray<float>(), own.ToArray<float>());
            Assert.True(own.RequiresGrad);
        }

        world.Barrier();
    }

    /// <summary>Embeddings of pairs, told from all other pairs of the joint batch.</summary>
    private sealed class Pairs : Module
    {
        private readonly Tensor first;
        private readonly Tensor second;
        private readonly Tensor scale;

        public Pairs(Generator generator)
        {
            first = Parameter("first", Tensor.Randn([4, 8], generator));
            second = Parameter("second", Tensor.Randn([8, 3], generator));
            scale = Parameter("scale", Tensor.Of(0.7f)); // after the gathering: every process has all of its gradient
            Parameter("unused", Tensor.Ones([2]));
        }

        public Tensor Loss(World world, Tensor one, Tensor other)
        {
            var own = Embed(one);
            var (a, b) = (world.Gather(own), world.Gather(Embed(other)));
            var logits = a.MatMul(b.Transpose(0, 1)) * scale;
            var told = logits.LogSoftmax(1).Diagonal().Mean();
            return own.Square().Mean() * 0.1 - told; // the first is of the rows of this process alone
        }

        private Tensor Embed(Tensor x) => x.MatMul(first).Gelu().MatMul(second);
    }
}
