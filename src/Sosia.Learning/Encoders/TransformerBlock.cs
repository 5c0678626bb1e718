using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Width D, number of blocks, and heads of each.</summary>
public sealed record TransformerSize(int Width, int Depth, int Heads)
{
    /// <summary>Eps of every layer norm in vision transformers (timm).</summary>
    public const double NormEps = 1e-6;

    /// <summary>ViT-Ti (Touvron et al. 2021, table 1).</summary>
    public static TransformerSize Tiny { get; } = new(192, 12, 3);

    /// <summary>ViT-S (Touvron et al. 2021, table 1).</summary>
    public static TransformerSize Small { get; } = new(384, 12, 6);

    /// <summary>ViT-B (Dosovitskiy et al. 2021, table 1).</summary>
    public static TransformerSize Base { get; } = new(768, 12, 12);

    /// <summary>ViT-L (Dosovitskiy et al. 2021, table 1).</summary>
    public static TransformerSize Large { get; } = new(1024, 24, 16);

    /// <summary>Ours, for two cores.</summary>
    public static TransformerSize Nano { get; } = new(96, 4, 3);

    /// <summary>Ours, for tests and for a first try.</summary>
    public static TransformerSize Micro { get; } = new(48, 2, 3);

    /// <summary>A block of this size.</summary>
    internal TransformerBlock Block(double dropPath = 0, bool splitBias = false, double layerScale = 0) =>
        new(Width, Heads, dropPath, splitBias, layerScale);
}

/// <summary>Multi-head self-attention with one matrix for queries, keys and values (timm).</summary>
/// <remarks>
/// Tokens of a batch lie under each other, B·N x D: a linear layer over two dimensions is one call of BLAS, bias included, and its result is
/// no view, so that the residual can be added in place.
/// </remarks>
public sealed class Attention : Module
{
    private readonly int heads;
    private readonly Linear qkv;
    private readonly Linear proj;
    private readonly Tensor? queryBias;
    private readonly Tensor? valueBias;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D.</param>
    /// <param name="heads">They share the width.</param>
    /// <param name="splitBias">Biases of queries and values alone, as VideoMAE has them; a bias of the keys would change nothing.</param>
    /// <exception cref="ArgumentException">The heads do not share the width evenly.</exception>
    public Attention(int width, int heads, bool splitBias = false)
    {
        if (heads <= 0 || width % heads != 0)
        {
            throw new ArgumentException($"{heads} heads cannot share a width of {width}", nameof(heads));
        }

        this.heads = heads;
        if (splitBias)
        {
            queryBias = Parameter("q_bias", Tensor.Zeros([width]));
            valueBias = Parameter("v_bias", Tensor.Zeros([width]));
        }

        qkv = Part("qkv", new Linear(width, 3 * width, bias: !splitBias));
        proj = Part("proj", new Linear(width, width));
    }

    /// <summary>Each sequence attends to itself.</summary>
    /// <param name="tokens">B·N x D.</param>
    /// <param name="sequences">B.</param>
    /// <returns>B·N x D.</returns>
    public Tensor Forward(Tensor tokens, long sequences) => Project(Mix(QueriesKeysValues(tokens), sequences, heads));

    /// <summary>... x D to ... x 3D: queries, keys, values, each head by head.</summary>
    public Tensor QueriesKeysValues(Tensor tokens) => tokens.Linear(qkv.Weight, queryBias is null ? qkv.Bias : SplitBias(queryBias, valueBias!));

    /// <summary>The output projection, ... x D.</summary>
    public Tensor Project(Tensor mixed) => proj.Forward(mixed);

    /// <summary>softmax(q kT / sqrt(d)) v, head by head (Vaswani et al. 2017, eq. 1).</summary>
    /// <param name="qkv">B·N x 3D.</param>
    /// <param name="sequences">B.</param>
    /// <param name="heads">h.</param>
    /// <returns>B·N x D.</returns>
    public static Tensor Mix(Tensor qkv, long sequences, int heads)
    {
        var (q, k, v) = Heads(qkv, sequences, heads);
        var y = q.ScaledDotProductAttention(k, v); // B x h x N x d
        return y.Transpose(1, 2).Reshape([-1, heads * y.Size(-1)]);
    }

    /// <summary>How much each token takes from each other one: the softmax alone, to look at.</summary>
    /// <param name="tokens">B·N x D.</param>
    /// <param name="sequences">B.</param>
    /// <returns>B x h x N x N; rows sum to 1.</returns>
    public Tensor Weights(Tensor tokens, long sequences)
    {
        var (q, k, _) = Heads(QueriesKeysValues(tokens), sequences, heads);
        return (q / Math.Sqrt(q.Size(-1))).MatMul(k.Transpose(-2, -1)).Softmax(-1);
    }

    /// <summary>VideoMAE's two biases as the one of timm: q, zeros, v.</summary>
    public static Tensor SplitBias(Tensor queryBias, Tensor valueBias) => Tensor.Cat([queryBias, queryBias.ZerosLike(), valueBias]);

    // One copy brings all three into the order in which they are multiplied.
    private static (Tensor Q, Tensor K, Tensor V) Heads(Tensor qkv, long sequences, int heads)
    {
        var width = qkv.Size(-1) / 3 / heads;
        var parts = qkv.View([sequences, -1, 3, heads, width]).Permute([2, 0, 3, 1, 4]).Contiguous().Unbind(0); // 3 of B x h x N x d
        return (parts[0], parts[1], parts[2]);
    }
}

/// <summary>Two layers with GELU between, the exact one (erf): D to 4D to D.</summary>
public sealed class Mlp : Module
{
    private readonly Linear fc1;
    private readonly Linear fc2;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D.</param>
    public Mlp(int width)
    {
        fc1 = Part("fc1", new Linear(width, 4 * width));
        fc2 = Part("fc2", new Linear(4 * width, width));
    }

    /// <summary>... x D, the same shape.</summary>
    public Tensor Forward(Tensor tokens) => fc2.Forward(fc1.Forward(tokens).Gelu());
}

/// <summary>Stochastic depth (Huang et al. 2016): in training, a branch is left out for some of the elements, and weighs more for the others.</summary>
/// <param name="rate">Share that is left out; below 1.</param>
public sealed class DropPath(double rate) : Module
{
    /// <summary>Share that is left out.</summary>
    public double Rate { get; } = rate is >= 0 and < 1 ? rate : throw new ArgumentOutOfRangeException(nameof(rate), rate, "a share from 0 to below 1");

    /// <summary>Rate of each block: from 0 at the first to <paramref name="last"/> at the last, in equal steps.</summary>
    public static double[] Rates(double last, int depth) => [.. Enumerable.Range(0, depth).Select(i => depth == 1 ? 0 : last * i / (depth - 1))];

    /// <summary>One draw for each element, from the default generator of the device: 0, or 1 / (1 - rate).</summary>
    /// <param name="count">Number of elements.</param>
    /// <param name="like">Gives type and device.</param>
    /// <returns>count; null where nothing is left out.</returns>
    public Tensor? Draw(long count, Tensor like) =>
        IsTraining && Rate > 0 ? Scaled(Tensor.Empty([count], like.Type, like.Device).BernoulliInPlace(1 - Rate)) : null;

    /// <summary>What is kept (1) and what is left out (0) as factors.</summary>
    public Tensor Scaled(Tensor kept) => kept / (1 - Rate);

    /// <summary>Applies a draw to a branch whose first dimension holds as many rows for each element.</summary>
    /// <param name="branch">count·n x D.</param>
    /// <param name="draw">count, or null.</param>
    public static Tensor Apply(Tensor branch, Tensor? draw) =>
        draw is null ? branch : branch * draw.View([-1, 1]).Expand([-1, branch.Size(0) / draw.Count]).Reshape([-1, 1]);
}

/// <summary>A pre-norm block (timm): x += attn(norm1 x), then x += mlp(norm2 x); each branch under stochastic depth.</summary>
public sealed class TransformerBlock : Module
{
    private readonly LayerNorm norm1;
    private readonly Attention attention;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;
    private readonly DropPath dropPath;
    private readonly Tensor? gamma1;
    private readonly Tensor? gamma2;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">D.</param>
    /// <param name="heads">h.</param>
    /// <param name="dropPath">Share of the sequences for which a branch is left out in training.</param>
    /// <param name="splitBias">As in <see cref="Attention"/>.</param>
    /// <param name="layerScale">Start value of a learnt factor of each channel on both branches; 0: none.</param>
    public TransformerBlock(int width, int heads, double dropPath = 0, bool splitBias = false, double layerScale = 0)
    {
        if (layerScale > 0)
        {
            gamma1 = Parameter("gamma_1", Tensor.Full([width], layerScale));
            gamma2 = Parameter("gamma_2", Tensor.Full([width], layerScale));
        }

        norm1 = Part("norm1", new LayerNorm(width, TransformerSize.NormEps));
        attention = Part("attn", new Attention(width, heads, splitBias));
        norm2 = Part("norm2", new LayerNorm(width, TransformerSize.NormEps));
        mlp = Part("mlp", new Mlp(width));
        this.dropPath = Part("drop_path", new DropPath(dropPath));
    }

    /// <summary>One block.</summary>
    /// <param name="tokens">B·N x D.</param>
    /// <param name="sequences">B.</param>
    /// <returns>B·N x D.</returns>
    public Tensor Forward(Tensor tokens, long sequences)
    {
        using var scope = TensorScope.Enter();
        var x = Residual(tokens, attention.Forward(norm1.Forward(tokens), sequences), gamma1, sequences);
        return scope.Keep(Residual(x, mlp.Forward(norm2.Forward(x)), gamma2, sequences));
    }

    /// <summary>All blocks. Without a graph no more stays in memory than one of them needs, and the result.</summary>
    internal static Tensor Forward(IEnumerable<TransformerBlock> blocks, Tensor tokens, long sequences)
    {
        var x = tokens;
        foreach (var block in blocks)
        {
            var passed = x;
            x = block.Forward(passed, sequences);
            if (passed != tokens)
            {
                passed.Dispose();
            }
        }

        return x;
    }

    private Tensor Residual(Tensor tokens, Tensor branch, Tensor? gamma, long sequences)
    {
        var scaled = gamma is null ? branch : branch * gamma;
        return Add(DropPath.Apply(scaled, dropPath.Draw(sequences, scaled)), tokens);
    }

    /// <summary>The sum, in the memory of the branch, which nothing else needs; under autocast, where it is in half precision, in that of neither.</summary>
    internal static Tensor Add(Tensor branch, Tensor tokens) => branch.Type == tokens.Type ? branch.AddInPlace(tokens) : branch.Add(tokens);
}
