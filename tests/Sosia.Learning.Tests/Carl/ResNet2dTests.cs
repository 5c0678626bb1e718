using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class ResNet2dTests
{
    [Fact]
    public void ResNet50HasTorchvisionsSize()
    {
        using var scope = TensorScope.Enter();
        using var skip = SkipInit.Enter();
        using var network = new ResNet2d(ResNet2dShape.ResNet50);
        Assert.Equal(25_557_032 - (1000 * 2049), network.CountParameters()); // without the classifier
        Assert.Equal(318, network.NamedState().Count());
        Assert.Equal(2048, network.Width);
    }

    // Numbers from PyTorch 1.13, with weights by the rule below.
    [Fact]
    public void ComputesWhatPyTorchDoes()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = new ResNet2d(new ResNet2dShape([2, 1, 1, 1], Width: 4));
        foreach (var (name, tensor) in network.NamedState().Where(entry => entry.Tensor.IsFloatingPoint()))
        {
            tensor.CopyInPlace(Filled(name, tensor).View(tensor.Shape));
        }

        network.Eval();
        var features = network.Forward(Waves(2 * 3 * 64 * 48, i => Math.Cos(0.3 * i)).View([2, 3, 64, 48]));
        Assert.Equal([2L, 128, 1, 2, 2], features.Map!.Shape);
        Assert.Equal([16L, 32, 64, 128], features.Stages.Select(stage => stage.Size(1)));
        Assert.Equal(0.1485, features.Vector.Abs().Mean().Item(), 1e-4);
        float[] first = [0.21042834f, 0.20818138f, 0.20881507f, 0.00274790f, 0.00998968f, 0];
        float[] last = [0.57820070f, 0.22482275f, 0.14123808f, 0];
        Assert.All(first.Zip(features.Vector[0, ..6].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
        Assert.All(last.Zip(features.Vector[1, ^4..].ToArray<float>()), pair => Assert.Equal(pair.First, pair.Second, 1e-5));
    }

    [Fact]
    public void OtherInputsAreRefused()
    {
        using var scope = TensorScope.Enter();
        using var network = new ResNet2d(new ResNet2dShape([1, 1, 1, 1], Width: 4));
        Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 3, 2, 32, 32])));
        Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros([1, 1, 32, 32])));
    }

    private static Tensor Filled(string name, Tensor tensor)
    {
        var wave = Waves(tensor.Count, i => Math.Sin((0.7 * i) + name.Length));
        return (name.Split('.')[^1], tensor.Rank) switch
        {
            ("running_var", _) or ("weight", 1) => 1 + (wave * 0.5),
            (_, 1) => wave * 0.1,
            _ => wave * Math.Sqrt(2.0 * tensor.Size(0) / tensor.Count),
        };
    }

    private static Tensor Waves(long count, Func<long, double> value)
    {
        var values = new float[count];
        for (var i = 0L; i < count; i++)
        {
            values[i] = (float)value(i);
        }

        return Tensor.Of(values, count);
    }
}
