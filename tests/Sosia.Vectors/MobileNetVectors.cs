using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Vectors;

/// <summary>The cases of <c>mobilenet-v2</c>: the pretrained trunk that ships with Sosia.</summary>
public static class MobileNetVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = new Dictionary<string, Action<VectorCase>>
    {
        ["landscape"] = Maps,
        ["odd-size"] = Maps,
    };

    private static void Maps(VectorCase one)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var network = new MobileNetV2();
        using var file = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "models", "mobilenet-v2.safetensors"));
        network.Load(file.Tensors.Tensors, strict: false);
        network.Eval();
        var names = one.ExpectedNames.ToArray();
        var maps = network.Forward(Tensor.Of(one.Floats("x"), [.. one.Shape("x").Select(n => (long)n)]), names);
        foreach (var (name, map) in names.Zip(maps))
        {
            one.Expect(name, map.ToArray<float>());
        }
    }
}
