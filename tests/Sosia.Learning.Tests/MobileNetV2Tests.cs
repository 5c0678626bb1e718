using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>Only the levels that were asked for come back, and only they stay in memory.</summary>
public sealed class MobileNetV2Tests : IDisposable
{
    private readonly MobileNetV2 network = new();

    public MobileNetV2Tests() => network.Eval();

    public void Dispose() => network.Dispose();

    [Fact]
    public void Levels_have_the_published_shapes()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var maps = network.Forward(Tensor.Zeros([2, 3, 64, 96]), ["features.0", "features.1", "features.3.conv.0", "features.6", "features.13", "features.17", "features.18"]);
        Assert.Equal(
            [[2, 32, 32, 48], [2, 16, 32, 48], [2, 144, 16, 24], [2, 32, 8, 12], [2, 96, 4, 6], [2, 320, 2, 3], [2, 1280, 2, 3]],
            maps.Select(map => map.Shape));
    }

    [Fact]
    public void Maps_come_in_the_order_asked_for()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var input = Tensor.Randn([1, 3, 32, 32], new Generator(1));
        var maps = network.Forward(input, ["features.14", "features.2", "features.14"]);
        Assert.Equal(network.Forward(input, ["features.2"])[0].ToArray<float>(), maps[1].ToArray<float>());
        Assert.Equal(network.Forward(input, ["features.14"])[0].ToArray<float>(), maps[0].ToArray<float>());
        Assert.Same(maps[0], maps[2]);
    }

    // features.1 is the input of the next block, and expansions lie inside of blocks.
    [Theory]
    [InlineData("features.0")]
    [InlineData("features.1")]
    [InlineData("features.1.conv.0")]
    [InlineData("features.7.conv.0", "features.11", "features.14.conv.0")]
    [InlineData("features.17")]
    [InlineData("features.0", "features.1", "features.2", "features.2.conv.0")]
    public void What_nobody_asked_for_is_freed(params string[] levels)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = new MobileNetV2(last: 17);
        trunk.Eval();
        var input = Tensor.Randn([1, 3, 32, 32], new Generator(1));
        var before = LiveTensors.Settled();
        var maps = trunk.Forward(input, levels);
        Assert.Equal(before + levels.Length, Tensor.Live);
        Assert.All(maps, map => Assert.True(float.IsFinite(map.ToArray<float>()[0]))); // none of them was freed
        Assert.Equal(32, input.Size(3));
    }

    [Theory]
    [InlineData(18, false)]
    [InlineData(14, true)]
    public void With_norms_folded_in_its_maps_are_the_same(int last, bool expandOnly)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var file = Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "models", "mobilenet-v2.safetensors"));
        using var plain = new MobileNetV2(last, expandOnly);
        plain.Load(file.Tensors.Tensors, strict: false);
        plain.Eval();
        using var folded = new MobileNetV2(last, expandOnly, folded: true);
        folded.Load(MobileNetV2.Folded(plain.NamedState()));

        string[] levels = [.. Enumerable.Range(0, expandOnly ? last : last + 1).Select(i => $"features.{i}"), "features.1.conv.0", "features.7.conv.0", $"features.{Math.Min(last, 17)}.conv.0"];
        var input = Tensor.Rand([2, 3, 64, 96], new Generator(2)) * 2 - 1;
        foreach (var (level, (a, b)) in levels.Zip(plain.Forward(input, levels).Zip(folded.Forward(input, levels))))
        {
            Assert.InRange((a - b).Abs().Max().Item(), 0, 1e-4 * Math.Max(1, a.Abs().Max().Item()));
            Assert.True(a.Abs().Max().Item() > 0.1, $"{level} is empty");
        }

        Assert.Equal(plain.NamedState().Count(entry => entry.Name.EndsWith("running_var", StringComparison.Ordinal)) * 2, folded.NamedState().Count());
        Assert.Equal(folded.NamedState().Select(entry => entry.Name), folded.NamedParameters().Select(entry => entry.Name));
    }

    [Fact]
    public void A_level_that_it_has_not_is_refused()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = new MobileNetV2(last: 3, expandOnly: true);
        trunk.Eval();
        var input = Tensor.Zeros([1, 3, 32, 32]);
        Assert.Equal([1, 144, 8, 8], trunk.Forward(input, ["features.3.conv.0"])[0].Shape);
        foreach (var level in new[] { "features.3", "features.18", "features.4.conv.0", "stem", "" })
        {
            Assert.Contains($"no level {level}", Assert.Throws<ArgumentException>(() => trunk.Forward(input, [level])).Message);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => new MobileNetV2(last: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MobileNetV2(last: 19));
    }

    [Fact]
    public void A_shorter_network_is_the_beginning_of_the_whole_one()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var trunk = new MobileNetV2(last: 14, expandOnly: true);
        trunk.Load(network.NamedState(), strict: false);
        trunk.Eval();
        var input = Tensor.Randn([2, 3, 48, 48], new Generator(2));
        Assert.Equal(network.Forward(input, ["features.14.conv.0"])[0].ToArray<float>(), trunk.Forward(input, ["features.14.conv.0"])[0].ToArray<float>());
        Assert.True(trunk.CountParameters() < network.CountParameters() / 3);
    }
}
