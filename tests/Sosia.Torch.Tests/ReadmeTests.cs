namespace Sosia.Torch.Tests;

public sealed class ReadmeTests
{
    [Fact]
    public void TheExampleTrains()
    {
        var losses = new List<double>();
        TrainOnCircle((step, loss) => losses.Add(loss));
        Assert.True(losses[^1] < 0.2, $"{losses[^1]}");
    }

    [Theory]
    [InlineData("ReadmeTests.cs")]
    [InlineData("ProcessGroupTests.cs")]
    public void TheExamplesAreThoseThatRun(string file)
    {
        var readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "files", "README.md"));
        Assert.Contains($"```csharp\n{Example(file)}```\n", readme);
    }

    private static void TrainOnCircle(Action<int, double> say)
    {
        // The example begins.
        using var network = new Sequential(new Linear(2, 32), new Activation(x => x.Gelu()), new Linear(32, 1));
        using var optimiser = new AdamW(network.NamedParameters(), learningRate: 1e-2);
        for (var step = 0; step < 300; step++)
        {
            using var scope = TensorScope.Enter(); // frees what this step makes
            var points = Tensor.Randn([128, 2]);
            var inside = points.Square().Sum([1], keepdim: true).Lt(1).To(ScalarType.Float32);
            var loss = network.Forward(points).BinaryCrossEntropyWithLogits(inside);
            optimiser.ZeroGrad();
            loss.Backward();
            optimiser.Step();
            say(step, loss.Item());
        }

        // It ends.
    }

    private static string Example(string file)
    {
        var lines = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "files", file));
        var from = Array.FindIndex(lines, line => line.EndsWith("// The example begins.", StringComparison.Ordinal)) + 1;
        var to = Array.FindIndex(lines, line => line.EndsWith("// It ends.", StringComparison.Ordinal)) - 1;
        return string.Concat(lines[from..to].Select(line => (line.Length > 8 ? line[8..] : "") + "\n"));
    }
}
