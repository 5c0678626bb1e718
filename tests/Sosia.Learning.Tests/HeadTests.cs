using Sosia.Learning.Parts;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class HeadTests
{
    [Fact]
    public void The_head_of_moco_has_its_published_names_and_rows_of_length_1()
    {
        using var scope = TensorScope.Enter();
        using var head = new ProjectionHead(6, 4);
        var rows = head.Forward(Tensor.Randn([3, 6], new Generator(1)));
        Assert.Equal(["0.weight", "0.bias", "2.weight", "2.bias"], head.NamedState().Select(entry => entry.Name));
        Assert.Equal([3L, 4], rows.Shape);
        Assert.All(rows.LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));
    }

    [Theory]
    [InlineData(HeadLayers.Linear, new[] { "0.weight", "0.bias" })]
    [InlineData(HeadLayers.NormedMlp, new[] { "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var", "1.num_batches_tracked", "2.weight", "2.bias" })]
    public void The_head_of_moco_has_the_layers_that_are_asked_for(HeadLayers layers, string[] names)
    {
        using var scope = TensorScope.Enter();
        using var head = new ProjectionHead(6, 4, layers);
        var input = Tensor.Randn([5, 6], new Generator(1));
        var rows = head.Forward(input);
        Assert.Equal(names, head.NamedState().Select(entry => entry.Name));
        Assert.Equal([5L, 4], rows.Shape);
        Assert.All(rows.LinalgVectorNorm(2, [1]).ToArray<float>(), length => Assert.Equal(1, length, 1e-5));

        // The norm takes the scale of its input away; nothing else does.
        var larger = head.Forward(input * 3);
        Assert.Equal(layers == HeadLayers.NormedMlp, (larger - rows).Abs().Max().Item<float>() < 1e-3);
    }

    [Fact]
    public void The_head_of_slic_has_its_published_names_and_a_norm_between_its_layers()
    {
        using var scope = TensorScope.Enter();
        using var head = new SlicHead(6, 10, 4);
        Assert.Equal(
            ["fc1.weight", "fc1.bias", "bn_proj.weight", "bn_proj.bias", "bn_proj.running_mean", "bn_proj.running_var", "bn_proj.num_batches_tracked", "fc2.weight", "fc2.bias"],
            head.NamedState().Select(entry => entry.Name));

        // The norm takes scale and offset of its input away, so those of fc1's output do not matter.
        var input = Tensor.Randn([8, 6], new Generator(2));
        var rows = head.Forward(input).ToArray<float>();
        using (NoGrad.Enter())
        {
            foreach (var (_, tensor) in head.NamedParameters().Where(parameter => parameter.Name.StartsWith("fc1.", StringComparison.Ordinal)))
            {
                tensor.MulInPlace(7);
            }
        }

        Assert.All(head.Forward(input).ToArray<float>().Zip(rows), pair => Assert.Equal(pair.Second, pair.First, 1e-3));
    }
}
