namespace Sosia.Torch.Tests;

public sealed class LayerTests
{
    [Fact]
    public void BatchNormGathersStatisticsWhileTraining()
    {
        using var scope = TensorScope.Enter();
        using var norm = new BatchNorm(2, momentum: 0.5);
        var x = Tensor.Of([1f, 10, 3, 30], 2, 2);
        Expect.Close([-1, -1, 1, 1], norm.Forward(x), 1e-4);
        Expect.Close([1, 10], norm.RunningMean);
        Expect.Close([0.5 + 1, 0.5 + 100], norm.RunningVariance); // of the unbiased variances 2 and 200
        Assert.Equal(1, norm.NamedState().Last().Tensor.Item<long>());
        norm.Eval();
        Expect.Close([0, 0, 2 / Math.Sqrt(1.5), 20 / Math.Sqrt(100.5)], norm.Forward(x), 1e-4);
        Assert.Equal(1, norm.NamedState().Last().Tensor.Item<long>());
        norm.Train();
        Assert.Equal([2L, 2, 3, 3, 3], norm.Forward(Tensor.Randn([2, 2, 3, 3, 3])).Shape);
        Assert.Throws<TorchException>(() => norm.Forward(Tensor.Ones([2, 3])));
        Assert.Throws<TorchArgumentException>(() => norm.Forward(Tensor.Ones([1, 2])));
        using var plain = new BatchNorm(2, affine: false);
        Assert.Empty(plain.Parameters());
        Expect.Close([-1, -1, 1, 1], plain.Forward(x), 1e-4);
    }

    [Fact]
    public void GroupNormOfOneGroupIsLayerNormOverAll()
    {
        using var scope = TensorScope.Enter();
        using var norm = new GroupNorm(1, 4);
        var x = Tensor.Randn([2, 4, 3]);
        Expect.Close(x.LayerNorm([4, 3]), norm.Forward(x), 1e-5);
    }

    [Fact]
    public void EmbeddingTakesRows()
    {
        using var scope = TensorScope.Enter();
        using var embedding = new Embedding(5, 3);
        var found = embedding.Forward(Tensor.Of([4L, 0, 4, 1], 2, 2));
        Assert.Equal([2L, 2, 3], found.Shape);
        Expect.Close(embedding.Weight[4], found[1, 0], 0);
        Assert.Throws<TorchException>(() => embedding.Forward(Tensor.Of([5L], 1)));
    }

    [Fact]
    public void DropoutDropsWhileTrainingOnly()
    {
        using var scope = TensorScope.Enter();
        using var dropout = new Dropout(0.25);
        var dropped = Expect.Values(dropout.Forward(Tensor.Ones([10_000])));
        Assert.Equal([0, 4 / 3f], dropped.Distinct().Order());
        Assert.InRange(dropped.Count(v => v == 0), 2200, 2800);
        dropout.Eval();
        Expect.Close([1, 1, 1], dropout.Forward(Tensor.Ones([3])), 0);
    }

    [Fact]
    public void AttentionIsThatOfTheFormula()
    {
        using var scope = TensorScope.Enter();
        using var attention = new MultiHeadAttention(6, 2);
        var x = Tensor.Randn([2, 4, 6]);
        var qkv = x.Linear(Of("qkv.weight"), Of("qkv.bias"));
        var heads = Enumerable.Range(0, 2).Select(h =>
        {
            var (q, k, v) = (Head(0), Head(1), Head(2));
            return (q.MatMul(k.Transpose(1, 2)) / Math.Sqrt(3)).Softmax(-1).MatMul(v);

            Tensor Head(int which) => qkv[.., .., ((which * 6) + (h * 3))..((which * 6) + (h * 3) + 3)];
        }).ToArray();
        Expect.Close(Tensor.Cat(heads, -1).Linear(Of("proj.weight"), Of("proj.bias")), attention.Forward(x), 1e-5);

        // With a mask that leaves each token to itself, its value is what comes through.
        var alone = attention.Forward(x, Tensor.Eye(4).To(ScalarType.Bool));
        Expect.Close(qkv[.., .., 12..].Linear(Of("proj.weight"), Of("proj.bias")), alone, 1e-5);
        Assert.Throws<ArgumentException>(() => new MultiHeadAttention(6, 4));
        Assert.Throws<TorchArgumentException>(() => attention.Forward(x[0]));

        Tensor Of(string name) => attention.NamedParameters().Single(p => p.Name == name).Tensor;
    }

    [Fact]
    public void CausalAttentionSeesThePast()
    {
        using var scope = TensorScope.Enter();
        var (q, k, v) = (Tensor.Randn([1, 1, 3, 2]), Tensor.Randn([1, 1, 3, 2]), Tensor.Randn([1, 1, 3, 2]));
        var masked = q.ScaledDotProductAttention(k, v, Tensor.Ones([3, 3]).Tril().To(ScalarType.Bool));
        Expect.Close(masked, q.ScaledDotProductAttention(k, v, causal: true), 1e-6);
        Expect.Close(v[0, 0, 0], masked[0, 0, 0], 1e-6);
    }

    [Fact]
    public void ConvolutionsHaveTheShapesOfPyTorch()
    {
        using var scope = TensorScope.Enter();
        using var patches = new Conv3d(3, 8, [2, 4, 4], [2, 4, 4]);
        using var grouped = new Conv2d(4, 4, [3], padding: [1], groups: 4, bias: false);
        using var wider = new ConvTranspose3d(8, 3, [2, 4, 4], [2, 4, 4]);
        var tubes = patches.Forward(Tensor.Randn([1, 3, 4, 8, 8]));
        Assert.Equal([1L, 8, 2, 2, 2], tubes.Shape);
        Assert.Equal([1L, 3, 4, 8, 8], wider.Forward(tubes).Shape);
        Assert.Equal([4L, 1, 3, 3], grouped.Weight.Shape);
        Assert.Equal([1L, 4, 5, 5], grouped.Forward(Tensor.Randn([1, 4, 5, 5])).Shape);
        Assert.Equal(["weight"], grouped.NamedState().Select(s => s.Name));
    }

    [Fact]
    public void StartingValuesLieWherePyTorchPutsThem()
    {
        using var scope = TensorScope.Enter();
        using var linear = new Linear(100, 200);
        Assert.InRange(linear.Weight.Abs().Max().Item(), 0.099, 0.1);
        Assert.InRange(Init.TruncatedNormal(Tensor.Empty([10_000]), 0.02).Std(null, 1).Item(), 0.019, 0.021);
        Assert.InRange(Init.TruncatedNormal(Tensor.Empty([10_000]), 2).Abs().Max().Item(), 1.9, 2);
        Assert.InRange(Init.XavierUniform(Tensor.Empty([100, 200])).Abs().Max().Item(), 0.139, Math.Sqrt(6 / 300.0));
        Assert.InRange(Init.KaimingNormalFanOut(Tensor.Empty([64, 8, 3, 3])).Std(null, 1).Item(), 0.055, 0.063);
    }

    [Fact]
    public void AListOfModulesIsAList()
    {
        using var blocks = new ModuleList<Linear>(Enumerable.Range(1, 3).Select(i => new Linear(i, i)));
        Assert.Equal(3, blocks.Count);
        Assert.Equal([2L, 2], blocks[1].Weight.Shape);
        Assert.Equal(["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"], blocks.NamedState().Select(s => s.Name));
        Assert.Equal([1L, 2, 3], blocks.Select(b => b.Weight.Size(0)));
    }
}
