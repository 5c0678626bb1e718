using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>The decoder of VideoMAE (Tong et al. 2022) and MVD (Wang et al. 2023): blocks over what is seen and what is asked for, then a norm and a linear layer for the latter.</summary>
internal sealed class TokenDecoder : Module
{
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>With PyTorch's starting values.</summary>
    /// <param name="size">Dd, depth, heads.</param>
    /// <param name="outputs">Numbers of an answer.</param>
    /// <param name="dropPath">Of the last block, rising to it linearly.</param>
    public TokenDecoder(TransformerSize size, int outputs, double dropPath)
    {
        blocks = [.. DropPath.Rates(dropPath, size.Depth).Select((rate, i) => Part($"blocks.{i}", size.Block(rate, splitBias: true)))];
        norm = Part("norm", new LayerNorm(size.Width, TransformerSize.NormEps));
        head = Part("head", new Linear(size.Width, outputs));
    }

    /// <summary>Answers to the hidden tokens, from the visible ones: these come first, each with its own position.</summary>
    /// <param name="seen">N·visible x Dd, without positions.</param>
    /// <param name="maskToken">1 x 1 x Dd, in the place of each hidden one.</param>
    /// <param name="positions">1 x tokens x Dd.</param>
    /// <param name="visible">N·visible places in N·tokens.</param>
    /// <param name="hidden">N·hidden places in N·tokens.</param>
    /// <param name="clips">N.</param>
    /// <returns>N x hidden x outputs, in the order of the places.</returns>
    public Tensor Forward(Tensor seen, Tensor maskToken, Tensor positions, Tensor visible, Tensor hidden, long clips)
    {
        var width = seen.Size(1);
        var table = positions.Expand([clips, -1, -1]).Reshape([-1, width]);
        var known = seen + table.IndexSelect(0, visible);
        var asked = table.IndexSelect(0, hidden) + maskToken.View([1, width]);
        var tokens = Tensor.Cat([known.View([clips, -1, width]), asked.View([clips, -1, width])], 1);
        var x = TransformerBlock.Forward(blocks, tokens.View([-1, width]), clips).View(tokens.Shape);
        var count = hidden.Count / clips;
        return head.Forward(norm.Forward(x.Narrow(1, x.Size(1) - count, count)));
    }
}
