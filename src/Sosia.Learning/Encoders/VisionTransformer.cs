using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What an image ViT is made of.</summary>
/// <param name="Size">Width, depth, heads.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Height">Of the pictures, a multiple of the patch.</param>
/// <param name="Width">Of the pictures, a multiple of the patch.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
/// <param name="MeanPool">The vector is the mean of the patches, normalised by fc_norm, as MAE is fine-tuned; otherwise the class token.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
/// <param name="LayerScale">Start value of the learnt factor on each branch (Touvron et al. 2021b), as DINOv2 has it; 0: none.</param>
/// <param name="Registers">Learnt tokens after the class token, which have no place (Darcet et al. 2024); DINOv2's files have none or 4.</param>
public sealed record VisionTransformerShape(
    TransformerSize Size,
    int Patch = 16,
    int Height = 224,
    int Width = 224,
    int Classes = 0,
    bool MeanPool = false,
    double DropPath = 0,
    double LayerScale = 0,
    int Registers = 0)
{
    /// <summary>DINOv2 without registers (Oquab et al. 2023, code), for pictures of 224; its positions are stored for 518.</summary>
    public static VisionTransformerShape DinoV2(TransformerSize size) => new(size, Patch: 14, LayerScale: 1);
}

/// <summary>Vision transformer (Dosovitskiy et al. 2021) under timm's names.</summary>
public sealed class VisionTransformer : Encoder
{
    private readonly VisionTransformerShape shape;
    private readonly Tensor classToken;
    private readonly Tensor positions;
    private readonly Tensor? registers;
    private readonly PatchEmbedding patchEmbedding;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear? head;

    /// <summary>With the starting values of timm: truncated normal 0.02, biases 0.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public VisionTransformer(VisionTransformerShape shape, Generator? generator = null)
    {
        this.shape = shape;
        var (size, places) = (shape.Size, shape.Height / shape.Patch * (shape.Width / shape.Patch));
        using (SkipInit.Enter())
        {
            classToken = Parameter("cls_token", Tensor.Empty([1, 1, size.Width]));
            positions = Parameter("pos_embed", Tensor.Empty([1, 1 + places, size.Width]));
            registers = shape.Registers > 0 ? Parameter("register_tokens", Tensor.Empty([1, shape.Registers, size.Width])) : null;
            patchEmbedding = Part("patch_embed", new PatchEmbedding(size.Width, shape.Patch));
            blocks = [.. DropPath.Rates(shape.DropPath, size.Depth).Select((rate, i) => Part($"blocks.{i}", size.Block(rate, layerScale: shape.LayerScale)))];
            norm = Part(shape.MeanPool ? "fc_norm" : "norm", new LayerNorm(size.Width, TransformerSize.NormEps));
            head = shape.Classes > 0 ? Part("head", new Linear(size.Width, shape.Classes)) : null;
        }

        TransformerInit.TruncatedNormal(this, generator);
        patchEmbedding.Initialise(generator);
    }

    /// <inheritdoc/>
    public override int Width => shape.Size.Width;

    /// <summary>What it is made of.</summary>
    public VisionTransformerShape Shape => shape;

    /// <summary>The blocks.</summary>
    public IReadOnlyList<TransformerBlock> Blocks => blocks;

    /// <summary>Pictures to vectors.</summary>
    /// <param name="input">N x 3 x H x W of the sizes given.</param>
    /// <returns>Tokens after the last block, not normalised: class token, registers, then patches row by row.</returns>
    public override Features Forward(Tensor input)
    {
        var x = Embed(input); // N x 1+R+P x D
        var (pictures, tokens, before) = (x.Size(0), x.Size(1), 1 + shape.Registers);
        x = TransformerBlock.Forward(blocks, x.View([-1, Width]), pictures).View([pictures, tokens, Width]);
        return new Features(norm.Forward(shape.MeanPool ? x.Narrow(1, before, tokens - before).Mean([1]) : x.Select(1, 0)), x);
    }

    /// <summary>Patches and class token with their positions; registers between them.</summary>
    /// <returns>N x 1+R+P x D.</returns>
    public Tensor Embed(Tensor input)
    {
        var grid = patchEmbedding.Cut(input);
        if ((grid.Times, grid.Rows, grid.Columns) != (1, shape.Height / shape.Patch, shape.Width / shape.Patch))
        {
            throw new ArgumentException(
                $"pictures are {shape.Height} x {shape.Width} here, not {string.Join(" x ", input.Shape[2..])}: resize them, or import with other positions",
                nameof(input));
        }

        var tokens = patchEmbedding.Forward(grid.Pixels).View([grid.Batch, -1, Width]);
        var placed = Tensor.Cat([classToken.Expand([grid.Batch, 1, Width]), tokens], 1) + positions;
        return registers is null ? placed : WithRegisters(placed, registers.Expand([grid.Batch, shape.Registers, Width]));
    }

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => head is null ? throw new InvalidOperationException("the network was made without classes") : head.Forward(vector);

    private static Tensor WithRegisters(Tensor placed, Tensor all)
    {
        var parts = placed.SplitWithSizes([1, placed.Size(1) - 1], 1);
        return Tensor.Cat([parts[0], all, parts[1]], 1);
    }
}
