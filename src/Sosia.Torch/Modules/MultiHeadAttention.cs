namespace Sosia.Torch;

/// <summary>Self-attention with several heads (Vaswani et al. 2017, section 3.2.2); query, key and value by one linear layer, named as in timm.</summary>
public sealed class MultiHeadAttention : Module, ILayer
{
    private readonly long heads;
    private readonly double dropout;
    private readonly Linear qkv;
    private readonly Linear proj;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="width">Of a token; a multiple of the heads.</param>
    /// <param name="heads">Number of heads.</param>
    /// <param name="qkvBias">Whether query, key and value have one.</param>
    /// <param name="dropout">Probability, applied to the weights while training.</param>
    /// <exception cref="ArgumentException">The width is no multiple of the heads.</exception>
    public MultiHeadAttention(long width, long heads, bool qkvBias = true, double dropout = 0)
    {
        if (heads <= 0 || width % heads != 0)
        {
            throw new ArgumentException($"a width of {width} cannot be divided among {heads} heads", nameof(heads));
        }

        (this.heads, this.dropout) = (heads, dropout);
        qkv = Part("qkv", new Linear(width, 3 * width, qkvBias));
        proj = Part("proj", new Linear(width, width));
    }

    /// <summary>B x N x width, the same shape.</summary>
    public Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>B x N x width, the same shape.</summary>
    /// <param name="input">B x N x width.</param>
    /// <param name="mask">Added to the scores, or true where attention is allowed; broadcast to B x heads x N x N.</param>
    public Tensor Forward(Tensor input, Tensor? mask)
    {
        var (batch, tokens, width) = input.Shape is [var b, var n, var d] ? (b, n, d) : throw new TorchArgumentException($"attention takes B x N x width, not {input.Describe()}");
        var all = qkv.Forward(input).Reshape([batch, tokens, 3, heads, width / heads]).Permute([2, 0, 3, 1, 4]).Unbind(); // each B x heads x N x d
        var mixed = all[0].ScaledDotProductAttention(all[1], all[2], mask, IsTraining ? dropout : 0);
        return proj.Forward(mixed.Transpose(1, 2).Reshape([batch, tokens, width]));
    }
}
