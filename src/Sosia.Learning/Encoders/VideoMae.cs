using System.Text.Json.Serialization;
using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>How the tokens of a VideoMAE encoder become one vector.</summary>
public enum VideoMaePooling
{
    /// <summary>Mean of the tokens, then fc_norm: the fine-tuning network.</summary>
    [JsonStringEnumMemberName("mean")]
    Mean,

    /// <summary>norm, then the first token.</summary>
    [JsonStringEnumMemberName("first")]
    First,

    /// <summary>norm on all tokens, then their mean: for embeddings of a pre-trained network, whose norm is kept (ours).</summary>
    [JsonStringEnumMemberName("mean-of-normalised")]
    MeanOfNormalised,

    /// <summary>Mean of the tokens as they leave the last block; norm is for the decoders alone: an MVD student that was not fine-tuned.</summary>
    [JsonStringEnumMemberName("mean-as-is")]
    MeanAsIs,
}

/// <summary>The fixed positions of a VideoMAE encoder.</summary>
public enum VideoMaePositions
{
    /// <summary>By the number of the token in the clip (VideoMAE).</summary>
    [JsonStringEnumMemberName("flat")]
    Flat,

    /// <summary>By time, column and row (MVD).</summary>
    [JsonStringEnumMemberName("grid")]
    Grid,
}

/// <summary>What a VideoMAE encoder is made of.</summary>
/// <param name="Size">Width, depth, heads.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Tubelet">Frames of a patch.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
/// <param name="Pooling">How tokens become a vector.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
/// <param name="LayerScale">Start value of the learnt factor on each branch; 0: none, as in the published files.</param>
/// <param name="HeadScale">Factor on the head's starting values (init_scale of the fine-tuning script).</param>
/// <param name="Positions">How the fixed positions count.</param>
/// <param name="Frames">Of the clips that it is trained on; others pass too.</param>
/// <param name="Side">Of their frames, in pixels.</param>
public sealed record VideoMaeShape(
    TransformerSize Size,
    int Patch = 16,
    int Tubelet = 2,
    int Classes = 0,
    VideoMaePooling Pooling = VideoMaePooling.Mean,
    double DropPath = 0,
    double LayerScale = 0,
    double HeadScale = 0.001,
    VideoMaePositions Positions = VideoMaePositions.Flat,
    int Frames = 16,
    int Side = 224);

/// <summary>
/// The encoder of VideoMAE (Tong et al. 2022) under its published names: tubelets, attention over all tokens, fixed positions that are no part
/// of the state, so that clips of any size pass.
/// </summary>
public sealed class VideoMae : Encoder
{
    private readonly VideoMaeShape shape;
    private readonly FixedPositions positions;
    private readonly PatchEmbedding patchEmbedding;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear? head;

    /// <summary>With the starting values of the fine-tuning network: truncated normal 0.02, biases 0, the head scaled down.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public VideoMae(VideoMaeShape shape, Generator? generator = null)
    {
        this.shape = shape;
        var size = shape.Size;
        positions = new FixedPositions(size.Width, shape.Positions);
        using (SkipInit.Enter())
        {
            patchEmbedding = Part("patch_embed", new PatchEmbedding(size.Width, shape.Patch, shape.Tubelet));
            blocks = [.. DropPath.Rates(shape.DropPath, size.Depth)
                .Select((rate, i) => Part($"blocks.{i}", size.Block(rate, splitBias: true, shape.LayerScale)))];
            norm = Part(shape.Pooling == VideoMaePooling.Mean ? "fc_norm" : "norm", new LayerNorm(size.Width, TransformerSize.NormEps));
            head = shape.Classes > 0 ? Part("head", new Linear(size.Width, shape.Classes)) : null;
        }

        TransformerInit.TruncatedNormal(this, generator);
        patchEmbedding.Initialise(generator);
        ScaleHead();
    }

    /// <inheritdoc/>
    public override int Width => shape.Size.Width;

    /// <summary>What it is made of.</summary>
    public VideoMaeShape Shape => shape;

    /// <summary>The blocks.</summary>
    public IReadOnlyList<TransformerBlock> Blocks => blocks;

    /// <summary>Clips to vectors.</summary>
    /// <param name="input">N x 3 x T x H x W, multiples of tubelet and patch.</param>
    /// <returns>Tokens after the last block, not normalised: time, then row, then column.</returns>
    public override Features Forward(Tensor input)
    {
        var grid = Cut(input);
        var x = Encode(Embed(grid), grid.Batch).View([grid.Batch, -1, Width]);
        var vector = shape.Pooling switch
        {
            VideoMaePooling.Mean => norm.Forward(x.Mean([1])),
            VideoMaePooling.First => norm.Forward(x.Select(1, 0)),
            VideoMaePooling.MeanAsIs => x.Mean([1]),
            _ => norm.Forward(x).Mean([1]),
        };
        return new Features(vector, x);
    }

    /// <summary>Clips into tubelets.</summary>
    public PatchGrid Cut(Tensor clips) => patchEmbedding.Cut(clips);

    /// <summary>Tubelets to tokens with their positions.</summary>
    /// <param name="grid">The tubelets of N clips.</param>
    /// <param name="visible">Those to take, by their place in N·tokens; null: all.</param>
    /// <param name="table">1 x tokens x D, positions in place of the fixed ones.</param>
    /// <returns>N·tokens x D.</returns>
    public Tensor Embed(PatchGrid grid, Tensor? visible = null, Tensor? table = null)
    {
        table ??= positions.For(grid, grid.Pixels);
        if (visible is null)
        {
            return (patchEmbedding.Forward(grid.Pixels).View([grid.Batch, -1, Width]) + table).View([-1, Width]);
        }

        // What is hidden is not embedded at all.
        var of = table.Expand([grid.Batch, -1, -1]).Reshape([-1, Width]).IndexSelect(0, visible);
        return TransformerBlock.Add(patchEmbedding.Forward(grid.Pixels.IndexSelect(0, visible)), of);
    }

    /// <summary>All blocks.</summary>
    /// <param name="tokens">N·tokens x D.</param>
    /// <param name="clips">N.</param>
    public Tensor Encode(Tensor tokens, long clips) => TransformerBlock.Forward(blocks, tokens, clips);

    /// <summary>The last norm.</summary>
    public Tensor Norm(Tensor tokens) => norm.Forward(tokens);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => head is null ? throw new InvalidOperationException("the network was made without classes") : head.Forward(vector);

    /// <summary>PyTorch's starting values for the patch embedding.</summary>
    internal void InitialisePatches(Generator? generator) => patchEmbedding.Initialise(generator);

    private void ScaleHead()
    {
        if (head is null || shape.HeadScale == 1)
        {
            return;
        }

        using var noGrad = NoGrad.Enter();
        head.Weight.MulInPlace(shape.HeadScale);
    }
}

/// <summary>The fixed table for the grid that came last; no part of the state.</summary>
/// <param name="width">D.</param>
/// <param name="kind">How positions count.</param>
internal sealed class FixedPositions(int width, VideoMaePositions kind)
{
    private (int Times, int Rows, int Columns) last;
    private float[] table = [];

    /// <summary>1 x positions x D, of the type and on the device of a tensor.</summary>
    public Tensor For(PatchGrid grid, Tensor like)
    {
        var asked = (grid.Times, grid.Rows, grid.Columns);
        if (asked != last)
        {
            (last, table) = (asked, Values(grid));
        }

        return Tensor.Of(table, 1, grid.Times * grid.Places, width).To(like.Device, like.Type);
    }

    private float[] Values(PatchGrid grid) => kind == VideoMaePositions.Flat
        ? PositionTables.SineValues(grid.Times * grid.Places, width)
        : PositionTables.SineValues(grid.Times, grid.Rows, grid.Columns, width);
}
