using Sosia.Learning.Encoders;
using Sosia.Torch;

namespace Sosia.Learning.Parts;

/// <summary>
/// The decoder of PredMAE (Deng et al. 2023, figure; the details are ours): from what the encoder saw of t frames to the pixels of the t frames that
/// follow. Thrown away after training.
/// </summary>
public sealed class FutureDecoder : Module
{
    private readonly Linear embed;
    private readonly Tensor maskToken;
    private readonly Tensor positions;
    private readonly Tensor times;
    private readonly DividedBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>With the starting values of the encoder; the temporal projections are drawn too.</summary>
    /// <param name="encoder">What it decodes.</param>
    /// <param name="size">Width Dd, depth, heads.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public FutureDecoder(VideoTransformerShape encoder, TransformerSize size, Generator? generator = null)
    {
        Frames = encoder.Frames;
        Places = encoder.Height / encoder.Patch * (encoder.Width / encoder.Patch);
        Width = size.Width;
        using (SkipInit.Enter())
        {
            maskToken = Parameter("mask_token", Tensor.Empty([1, 1, 1, Width]));
            positions = Parameter("pos_embed", Tensor.Empty([1, 1 + Places, Width]));
            times = Parameter("time_embed", Tensor.Empty([1, Frames, Width]));
            embed = Part("embed", new Linear(encoder.Size.Width, Width));
            blocks = [.. Enumerable.Range(0, size.Depth).Select(i => Part($"blocks.{i}", new DividedBlock(Width, size.Heads)))];
            norm = Part("norm", new LayerNorm(Width, TransformerSize.NormEps));
            head = Part("head", new Linear(Width, 3 * encoder.Patch * encoder.Patch));
        }

        TransformerInit.TruncatedNormal(this, generator);
    }

    /// <summary>t.</summary>
    public int Frames { get; }

    /// <summary>N, of a frame.</summary>
    public int Places { get; }

    /// <summary>Dd.</summary>
    public int Width { get; }

    /// <summary>Puts what was seen in its places, mask tokens in all others, and says what comes next.</summary>
    /// <param name="classes">B x D, after the encoder's norm.</param>
    /// <param name="seen">B·V·t x D, after the encoder's norm.</param>
    /// <param name="visible">B x V places, ascending.</param>
    /// <returns>B x N x t x pixels of a patch (row, column, colour): (n, i) is patch n of the i-th frame that follows.</returns>
    public Tensor Forward(Tensor classes, Tensor seen, Tensor visible)
    {
        var clips = classes.Size(0);
        var known = embed.Forward(seen).View([-1, Frames, Width]); // B·V x t x Dd
        var grid = maskToken.View([1, 1, Width]).To(known.Type).Expand([clips * Places, Frames, Width]).Clone();
        grid.IndexCopyInPlace(0, Masks.PlacesOfBatch(visible, Places), known);

        var space = positions.View([-1, Width]).SplitWithSizes([1, Places], 0);
        var table = (space[1].View([-1, 1, Width]) + times).View([1, -1, Width]); // 1 x N·t x Dd
        var c = embed.Forward(classes) + space[0];
        var x = (grid.View([clips, -1, Width]) + table).View([-1, Width]);
        foreach (var block in blocks)
        {
            (c, x) = block.Forward(c, x, Frames);
        }

        return head.Forward(norm.Forward(x)).View([clips, Places, Frames, -1]);
    }
}
