using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>Starting values of vision transformers, and what in them decays how much. Norms start at 1 and 0 in all of them.</summary>
public static class TransformerInit
{
    /// <summary>
    /// ViT, TimeSformer and VideoMAE's fine-tuning (timm): matrices, class token and positions truncated normal with deviation 0.02; biases and
    /// times 0. The patch embedding has its own.
    /// </summary>
    public static void TruncatedNormal(Module network, Generator? generator) => Each(network, (name, tensor) =>
    {
        if (tensor.Rank == 1 || name == "time_embed")
        {
            Init.Constant(tensor, 0);
        }
        else
        {
            Init.TruncatedNormal(tensor, 0.02, generator: generator);
        }
    });

    /// <summary>The masked autoencoders: matrices Xavier uniform, biases 0, tokens normal with deviation 0.02.</summary>
    /// <param name="network">Whose parameters are drawn.</param>
    /// <param name="generator">Draws them.</param>
    /// <param name="limit">Tokens are cut off there.</param>
    public static void Xavier(Module network, Generator? generator, double limit = double.PositiveInfinity) => Each(network, (name, tensor) =>
    {
        if (tensor.Rank == 1)
        {
            Init.Constant(tensor, 0);
        }
        else if (!name.EndsWith("token", StringComparison.Ordinal))
        {
            Init.XavierUniform(tensor, generator);
        }
        else if (double.IsInfinity(limit))
        {
            Init.Normal(tensor, 0, 0.02, generator);
        }
        else
        {
            Init.TruncatedNormal(tensor, 0.02, limit, generator);
        }
    });

    /// <summary>Whether weight decay shrinks a parameter: not what has one dimension, nor tokens and positions.</summary>
    public static bool Decays(string name, Tensor parameter) =>
        parameter.Rank > 1 && name[(name.LastIndexOf('.') + 1)..] is not ("cls_token" or "pos_embed" or "mask_token" or "time_embed" or "decoder_pos_embed");

    /// <summary>Factor on the learning rate of each group in fine-tuning (VideoMAE and BEiT): decay to the power of depth + 1 - group.</summary>
    /// <returns>Patch embedding and positions, then block after block, then the rest.</returns>
    public static double[] LayerFactors(int depth, double decay) => [.. Enumerable.Range(0, depth + 2).Select(group => Math.Pow(decay, depth + 1 - group))];

    /// <summary>The group of a parameter, as <see cref="LayerFactors"/> counts them.</summary>
    public static int LayerGroup(string name, int depth)
    {
        var parts = name.Split('.');
        return parts[0] switch
        {
            "cls_token" or "pos_embed" or "time_embed" or "mask_token" or "patch_embed" => 0,
            "blocks" => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture) + 1,
            _ => depth + 1,
        };
    }

    // Scales of norms are left at 1; what the patch embedding holds is drawn by itself.
    private static void Each(Module network, Action<string, Tensor> draw)
    {
        foreach (var (_, module) in network.NamedModules().Where(m => m.Module is LayerNorm))
        {
            Init.Constant(((LayerNorm)module).Weight, 1);
        }

        foreach (var (name, tensor) in network.NamedParameters())
        {
            var own = name[(name.LastIndexOf('.') + 1)..];
            var norm = own == "weight" && tensor.Rank == 1;
            if (!norm && !name.Contains("patch_embed.", StringComparison.Ordinal) && !own.StartsWith("gamma_", StringComparison.Ordinal))
            {
                draw(own, tensor);
            }
        }
    }
}
