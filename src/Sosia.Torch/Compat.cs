namespace Sosia.Torch;

/// <summary>Where the libtorch that runs differs from 1.13, of which the typed methods were made: each difference, and its branch. A test finds new ones.</summary>
internal static class Compat
{
    /// <summary>Operators whose schema differs by more than SymInt for int and added arguments with defaults, and why that is harmless.</summary>
    public static readonly IReadOnlyDictionary<string, string> Differences = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["aten::std.correction"] = "correction is a Scalar since 2.0: an int is one",
        ["aten::var.correction"] = "correction is a Scalar since 2.0: an int is one",
    };

    private static readonly Operator AttentionOf113 = new("aten::_scaled_dot_product_attention");
    private static readonly Operator AttentionOf2 = new("aten::scaled_dot_product_attention");

    /// <summary>Attention in one operator: its name and arguments are others in 1.13 and in 2.</summary>
    public static Tensor Attention(Tensor query, Tensor key, Tensor value, Tensor? mask, double dropout, bool causal)
    {
        if (AttentionOf2.Exists)
        {
            return AttentionOf2.Tensor(query, key, value, mask, dropout, causal);
        }

        var results = AttentionOf113.Tensors(query, key, value, mask, dropout, false, causal);
        results[1]?.Dispose(); // the weights, which nobody asked for
        return results[0];
    }
}

public sealed partial class Tensor
{
    /// <summary>softmax(q kT / sqrt(d)) v over the last two dimensions (Vaswani et al. 2017, eq. 1).</summary>
    /// <param name="key">B x heads x S x d.</param>
    /// <param name="value">B x heads x S x d.</param>
    /// <param name="mask">Added to the scores, or true where attention is allowed; broadcast to B x heads x N x S.</param>
    /// <param name="dropout">Probability, applied to the weights.</param>
    /// <param name="causal">Whether a query sees only the keys up to its own place.</param>
    /// <returns>B x heads x N x d.</returns>
    public Tensor ScaledDotProductAttention(Tensor key, Tensor value, Tensor? mask = null, double dropout = 0, bool causal = false) =>
        Compat.Attention(this, key, value, mask, dropout, causal);
}
