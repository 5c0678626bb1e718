using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class VideoTransformerCheckpointingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void Activations_computed_again_give_the_same_gradients(double dropPath)
    {
        var plain = Gradients(dropPath, checkpointing: false);
        var again = Gradients(dropPath, checkpointing: true);
        Assert.Equal(plain.Keys, again.Keys);
        foreach (var (name, values) in plain)
        {
            Assert.True(values.Zip(again[name]).All(pair => Math.Abs(pair.First - pair.Second) <= 1e-6 * Math.Max(1, Math.Abs(pair.First))), name);
            Assert.True(values.Any(value => value != 0), $"{name} has no gradient");
        }
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)] // nothing is kept for gradients of an embedder that is at work
    public void They_are_computed_again_in_training_where_it_is_asked(bool checkpointing, bool training, bool again)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator(3);
        using var network = Network(0, checkpointing, generator);
        network.Train(training);
        var loss = network.Forward(Tensor.Randn([2, 3, 2, 8, 8], generator)).Vector.Sum();
        using (NoGrad.Enter())
        {
            network.NamedParameters().Single(p => p.Name == "blocks.1.mlp.fc2.weight").Tensor.CopyInPlace(Tensor.Zeros([8, 32]));
        }

        // Whoever kept the weight cannot use it any more.
        Assert.Equal(again, Record.Exception(() => loss.Backward()) is null);
    }

    private static Dictionary<string, float[]> Gradients(double dropPath, bool checkpointing)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator(3);
        using var network = Network(dropPath, checkpointing, generator);
        Generator.Seed(4); // of dropped paths
        var output = network.Forward(Tensor.Randn([12, 3, 2, 8, 8], generator)).Vector;
        (output * output * Tensor.Randn(output.Shape, generator)).Sum().Backward();
        var values = network.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Grad?.ToArray<float>() ?? []);
        values["output"] = output.Detach().ToArray<float>();
        return values;
    }

    private static VideoTransformer Network(double dropPath, bool checkpointing, Generator generator)
    {
        var shape = VideoTransformerShape.ThreeDCsl(new TransformerSize(8, 3, 2)) with { Patch = 4, Height = 8, Width = 8, Frames = 2, DropPath = dropPath };
        var network = new VideoTransformer(shape, generator) { Checkpointing = checkpointing };
        foreach (var (_, tensor) in network.NamedParameters().Where(p => p.Name.EndsWith("temporal_fc.weight", StringComparison.Ordinal)))
        {
            Init.Normal(tensor, 0, 0.1, generator); // zeros let nothing through
        }

        return network;
    }
}
