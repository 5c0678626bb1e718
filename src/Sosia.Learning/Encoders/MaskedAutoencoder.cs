using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What MAE's pre-training network is made of.</summary>
/// <param name="Encoder">Width, depth, heads of the encoder.</param>
/// <param name="Decoder">Of the decoder.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Height">Of the pictures, a multiple of the patch.</param>
/// <param name="Width">Of the pictures, a multiple of the patch.</param>
public sealed record MaskedAutoencoderShape(TransformerSize Encoder, TransformerSize Decoder, int Patch = 16, int Height = 224, int Width = 224)
{
    /// <summary>MAE with its decoder of 512 channels, 8 blocks, 16 heads (He et al. 2022).</summary>
    public static MaskedAutoencoderShape Of(TransformerSize encoder) => new(encoder, new(512, 8, 16));
}

/// <summary>What MAE says of a batch.</summary>
/// <param name="Latent">N x 1+kept x D: class token, then the kept patches in the order of their noise, after the norm.</param>
/// <param name="Prediction">N x patches x pixels.</param>
/// <param name="Hidden">N x patches, true where hidden.</param>
public sealed record MaskedPicture(Tensor Latent, Tensor Prediction, Tensor Hidden);

/// <summary>MAE's pre-training network on pictures (He et al. 2022) under its published names.</summary>
public sealed class MaskedAutoencoder : Module
{
    private readonly MaskedAutoencoderShape shape;
    private readonly Tensor classToken;
    private readonly Tensor maskToken;
    private readonly Tensor positions;
    private readonly Tensor decoderPositions;
    private readonly PatchEmbedding patchEmbedding;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear decoderEmbed;
    private readonly TransformerBlock[] decoderBlocks;
    private readonly LayerNorm decoderNorm;
    private readonly Linear decoderPred;

    /// <summary>With the published starting values: Xavier uniform, biases 0, tokens normal 0.02; position tables fixed.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public MaskedAutoencoder(MaskedAutoencoderShape shape, Generator? generator = null)
    {
        this.shape = shape;
        var (encoder, decoder) = (shape.Encoder, shape.Decoder);
        var (rows, columns) = (shape.Height / shape.Patch, shape.Width / shape.Patch);
        using (SkipInit.Enter())
        {
            classToken = Parameter("cls_token", Tensor.Empty([1, 1, encoder.Width]));
            maskToken = Parameter("mask_token", Tensor.Empty([1, 1, decoder.Width]));
            positions = Buffer("pos_embed", PositionTables.Sine(rows, columns, encoder.Width));
            decoderPositions = Buffer("decoder_pos_embed", PositionTables.Sine(rows, columns, decoder.Width));
            patchEmbedding = Part("patch_embed", new PatchEmbedding(encoder.Width, shape.Patch));
            blocks = [.. Enumerable.Range(0, encoder.Depth).Select(i => Part($"blocks.{i}", encoder.Block()))];
            norm = Part("norm", new LayerNorm(encoder.Width, TransformerSize.NormEps));
            decoderEmbed = Part("decoder_embed", new Linear(encoder.Width, decoder.Width));
            decoderBlocks = [.. Enumerable.Range(0, decoder.Depth).Select(i => Part($"decoder_blocks.{i}", decoder.Block()))];
            decoderNorm = Part("decoder_norm", new LayerNorm(decoder.Width, TransformerSize.NormEps));
            decoderPred = Part("decoder_pred", new Linear(decoder.Width, 3 * shape.Patch * shape.Patch));
        }

        TransformerInit.Xavier(this, generator);
        patchEmbedding.Initialise(generator);
        using var matrix = patchEmbedding.Weight.View([encoder.Width, -1]);
        Init.XavierUniform(matrix, generator);
    }

    /// <summary>Hides patches and says what was there.</summary>
    /// <param name="pictures">N x 3 x H x W of the sizes given.</param>
    /// <param name="noise">N x patches: those of the smallest noise stay.</param>
    /// <param name="ratio">Share that is hidden.</param>
    public MaskedPicture Forward(Tensor pictures, Tensor noise, double ratio)
    {
        var grid = patchEmbedding.Cut(pictures);
        var (n, width) = (grid.Batch, shape.Encoder.Width);
        var (kept, restore) = Masks.OfNoise(noise, ratio);
        var seen = Masks.PlacesOfBatch(kept, grid.Places);

        // What is hidden is not embedded at all.
        var table = positions.SplitWithSizes([1, grid.Places], 1);
        var x = patchEmbedding.Forward(grid.Pixels.IndexSelect(0, seen)) + table[1].View([-1, width]).IndexSelect(0, kept.Flatten());
        x = Tensor.Cat([(classToken + table[0]).Expand([n, 1, width]), x.View([n, -1, width])], 1).View([-1, width]);
        var latent = norm.Forward(TransformerBlock.Forward(blocks, x, n)).View([n, -1, width]);
        return new MaskedPicture(latent, Decode(latent, restore), restore.Ge(kept.Size(1)));
    }

    /// <summary>
    /// What should be said: pixels as fed, in (row, column, colour), and where <paramref name="normalise"/> (norm_pix_loss), of each patch less
    /// their mean and by sqrt(unbiased variance + 1e-6), all colours together.
    /// </summary>
    /// <param name="pictures">N x 3 x H x W.</param>
    /// <param name="patch">Side of a patch.</param>
    /// <param name="normalise">As the published runs have it.</param>
    /// <returns>N x patches x pixels.</returns>
    public static Tensor Targets(Tensor pictures, int patch, bool normalise = true)
    {
        var s = pictures.Shape;
        var parts = pictures.Reshape([s[0], 3, s[2] / patch, patch, s[3] / patch, patch]).Permute([0, 2, 4, 3, 5, 1]).Reshape([s[0], -1, patch * patch * 3]);
        return normalise ? (parts - parts.Mean([2], keepdim: true)) / (parts.Var([2], correction: 1, keepdim: true) + 1e-6).Sqrt() : parts;
    }

    /// <summary>Mean of the squared differences of each patch, then over the hidden ones.</summary>
    /// <param name="prediction">N x patches x pixels.</param>
    /// <param name="targets">N x patches x pixels.</param>
    /// <param name="hidden">N x patches.</param>
    public static Tensor Loss(Tensor prediction, Tensor targets, Tensor hidden)
    {
        var mask = hidden.To(prediction.Type);
        return ((prediction - targets).Square().Mean([2]) * mask).Sum() / mask.Sum();
    }

    // Mask tokens are appended, everything is put back in place, and positions are added, to mask tokens too.
    private Tensor Decode(Tensor latent, Tensor restore)
    {
        var (n, places, width) = (restore.Size(0), restore.Size(1), shape.Decoder.Width);
        var x = decoderEmbed.Forward(latent);
        var parts = x.SplitWithSizes([1, x.Size(1) - 1], 1);
        var ordered = Tensor.Cat([parts[1], maskToken.Expand([n, places - parts[1].Size(1), width])], 1)
            .View([-1, width]).IndexSelect(0, Masks.PlacesOfBatch(restore, places)).View([n, places, width]);
        var tokens = (Tensor.Cat([parts[0], ordered], 1) + decoderPositions).View([-1, width]);
        var decoded = decoderPred.Forward(decoderNorm.Forward(TransformerBlock.Forward(decoderBlocks, tokens, n)));
        return decoded.View([n, 1 + places, -1]).Narrow(1, 1, places);
    }
}
