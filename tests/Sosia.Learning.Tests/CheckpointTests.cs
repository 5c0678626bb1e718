using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sosia-checkpoint-").FullName;

    private string Path => System.IO.Path.Combine(folder, "checkpoint.safetensors");

    [Fact]
    public void What_goes_on_from_it_goes_where_it_would_have_gone()
    {
        using var scope = TensorScope.Enter();
        var (network, optimiser, average) = Training(seed: 1);
        Step(network, optimiser, average, 0);
        Step(network, optimiser, average, 1);
        new Checkpoint(1, 2, 3.25).Write(Path, network, optimiser, average);
        var (other, otherOptimiser, otherAverage) = Training(seed: 2);
        Checkpoint.Restore(Path, other, otherOptimiser, otherAverage);
        for (var step = 2; step < 5; step++)
        {
            Step(network, optimiser, average, step);
            Step(other, otherOptimiser, otherAverage, step);
        }

        Assert.Equal(Values(network.NamedState()), Values(other.NamedState()));
        Assert.Equal(Values(optimiser.State()), Values(otherOptimiser.State()));
        Assert.Equal(Values(average.State()), Values(otherAverage.State()));
        Assert.NotEqual(Values(network.NamedState()), Values(average.State()));
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(2, 5_000_000_000, 1234.0625)]
    [InlineData(1, 7, 0.1)]
    public void It_tells_where_the_training_stood(int stage, long step, double elapsed)
    {
        var at = new Checkpoint(stage, step, elapsed);
        at.Write(Path);
        Assert.Equal(at, Checkpoint.Find(Path));
    }

    [Fact]
    public void Before_the_first_there_is_none() => Assert.Null(Checkpoint.Find(Path));

    [Fact]
    public void A_file_of_weights_is_no_checkpoint()
    {
        using var network = new Linear(3, 2);
        Safetensors.Write(Path, network.ToStored());
        Assert.Contains($"{Path} is no checkpoint", Assert.Throws<RecipeException>(() => Checkpoint.Find(Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_file_is_an_error_and_no_new_beginning()
    {
        using var network = new Linear(3, 2);
        new Checkpoint(0, 1, 0).Write(Path, network);
        var whole = File.ReadAllBytes(Path);
        File.WriteAllBytes(Path, whole[..^5]);
        Assert.Throws<CheckpointException>(() => Checkpoint.Find(Path));
        File.WriteAllText(Path, "weights");
        Assert.Throws<CheckpointException>(() => Checkpoint.Find(Path));
    }

    [Fact]
    public void Another_network_is_an_error()
    {
        using var scope = TensorScope.Enter();
        var (network, optimiser, average) = Training(seed: 1);
        Step(network, optimiser, average, 0);
        new Checkpoint(0, 1, 0).Write(Path, network, optimiser, average);
        using var other = new Linear(4, 2);
        using var otherOptimiser = new AdamW(other.NamedParameters());
        Assert.Throws<StateMismatchException>(() => Checkpoint.Restore(Path, other, otherOptimiser, null));
    }

    [Fact]
    public void The_mean_of_the_weights_is_what_a_pencil_says()
    {
        using var scope = TensorScope.Enter();
        using var network = new Linear(1, 1);
        Set(network, 8, -4);
        using var average = new WeightAverage(network, 0.75);
        Set(network, 4, 0);
        average.Update(); // 0.75 · 8 + 0.25 · 4 = 7, 0.75 · -4 + 0 = -3
        Set(network, -1, 5);
        average.Update(); // 0.75 · 7 - 0.25 = 5, 0.75 · -3 + 1.25 = -1
        Assert.Equal([("weight", 5.0), ("bias", -1.0)], average.State().Select(mean => (mean.Name, mean.Tensor.Item())));
        Assert.Equal([-1.0, 5], network.NamedParameters().Select(weight => weight.Tensor.Item()));
        average.Apply();
        Assert.Equal([5.0, -1], network.NamedParameters().Select(weight => weight.Tensor.Item()));
        Assert.All(network.Parameters(), weight => Assert.True(weight.RequiresGrad));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static void Set(Linear network, params double[] values)
    {
        using var noGrad = NoGrad.Enter();
        foreach (var (weight, value) in network.Parameters().Zip(values))
        {
            weight.CopyInPlace(Tensor.Of(value).Expand(weight.Shape));
        }
    }

    private static (Linear Network, AdamW Optimiser, WeightAverage Average) Training(int seed)
    {
        Generator.Seed((ulong)seed);
        var network = new Linear(3, 2);
        return (network, new AdamW(network.NamedParameters(), 0.01), new WeightAverage(network, 0.9));
    }

    private static void Step(Linear network, AdamW optimiser, WeightAverage average, int step)
    {
        using var generator = new Generator((ulong)(100 + step));
        var input = Tensor.Randn([4, 3], generator);
        (network.Forward(input) * network.Forward(input)).Mean().Backward();
        optimiser.Step();
        average.Update();
        network.ZeroGrad();
    }

    private static List<string> Values(IEnumerable<(string Name, Tensor Tensor)> state) =>
        [.. state.Select(entry => $"{entry.Name} {string.Join(' ', entry.Tensor.To(ScalarType.Float64).ToArray<double>().Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))}")];
}
