using Sosia.Torch;

namespace Sosia.Learning.Encoders;

/// <summary>What attends to what in a TimeSformer (Bertasius et al. 2021, section 3).</summary>
public enum SpaceTimeAttention
{
    /// <summary>Over time at each place, then over the places of each frame.</summary>
    Divided,

    /// <summary>Over all patches of the clip at once.</summary>
    Joint,

    /// <summary>Within each frame; the frames are averaged at the end.</summary>
    SpaceOnly,
}

/// <summary>What a TimeSformer is made of.</summary>
/// <param name="Size">Width, depth, heads.</param>
/// <param name="Patch">Side of a patch.</param>
/// <param name="Height">Of the frames that positions are stored for; clips may have another, a multiple of the patch.</param>
/// <param name="Width">Of the frames that positions are stored for.</param>
/// <param name="Frames">Of the clips that times are stored for.</param>
/// <param name="Attention">What attends to what.</param>
/// <param name="Classes">Outputs of the head; 0: none.</param>
/// <param name="MeanPool">The vector is the mean of the patches after the last norm; otherwise the class token.</param>
/// <param name="DropPath">Of the last block, rising to it linearly.</param>
public sealed record VideoTransformerShape(
    TransformerSize Size,
    int Patch = 16,
    int Height = 224,
    int Width = 224,
    int Frames = 8,
    SpaceTimeAttention Attention = SpaceTimeAttention.Divided,
    int Classes = 0,
    bool MeanPool = false,
    double DropPath = 0.1)
{
    /// <summary>The network of 3D-CSL (Deng et al. 2023, code): TimeSformer with divided attention, 8 frames of 224 x 224, patches of 16.</summary>
    public static VideoTransformerShape ThreeDCsl(TransformerSize size) => new(size);
}

/// <summary>TimeSformer (Bertasius et al. 2021) under its published names; the encoder of 3D-CSL.</summary>
public sealed class VideoTransformer : Encoder
{
    private readonly VideoTransformerShape shape;
    private readonly Tensor classToken;
    private readonly Tensor positions;
    private readonly Tensor? times;
    private readonly PatchEmbedding patchEmbedding;
    private readonly DividedBlock[] divided;
    private readonly TransformerBlock[] blocks;
    private readonly LayerNorm norm;
    private readonly Linear? head;

    /// <summary>With the published starting values: truncated normal 0.02, biases, times and the temporal projections 0.</summary>
    /// <param name="shape">What it is made of.</param>
    /// <param name="generator">Draws the weights; the default one without it.</param>
    public VideoTransformer(VideoTransformerShape shape, Generator? generator = null)
    {
        this.shape = shape;
        var size = shape.Size;
        var rates = DropPath.Rates(shape.DropPath, size.Depth);
        using (SkipInit.Enter())
        {
            classToken = Parameter("cls_token", Tensor.Empty([1, 1, size.Width]));
            positions = Parameter("pos_embed", Tensor.Empty([1, 1 + (StoredRows * StoredColumns), size.Width]));
            times = shape.Attention == SpaceTimeAttention.SpaceOnly ? null : Parameter("time_embed", Tensor.Empty([1, shape.Frames, size.Width]));
            patchEmbedding = Part("patch_embed", new PatchEmbedding(size.Width, shape.Patch));
            var isDivided = shape.Attention == SpaceTimeAttention.Divided;
            divided = isDivided ? [.. rates.Select((rate, i) => Part($"blocks.{i}", new DividedBlock(size.Width, size.Heads, rate)))] : [];
            blocks = isDivided ? [] : [.. rates.Select((rate, i) => Part($"blocks.{i}", size.Block(rate)))];
            norm = Part("norm", new LayerNorm(size.Width, TransformerSize.NormEps));
            head = shape.Classes > 0 ? Part("head", new Linear(size.Width, shape.Classes)) : null;
        }

        TransformerInit.TruncatedNormal(this, generator);
        patchEmbedding.Initialise(generator);
        foreach (var block in divided)
        {
            Init.Constant(block.TemporalFc.Weight, 0);
        }
    }

    /// <inheritdoc/>
    public override int Width => shape.Size.Width;

    /// <summary>What it is made of.</summary>
    public VideoTransformerShape Shape => shape;

    /// <summary>Whether divided blocks keep only their inputs in training, and are run again for the gradients (<see cref="GradientCheckpoint"/>).</summary>
    public bool Checkpointing { get; init; }

    private int StoredRows => shape.Height / shape.Patch;

    private int StoredColumns => shape.Width / shape.Patch;

    /// <summary>Clips to vectors.</summary>
    /// <param name="input">N x 3 x T x H x W; where it has other numbers of places or frames than are stored, positions are brought to its sizes by nearest neighbour.</param>
    /// <returns>
    /// Tokens after the last block, not normalised: the class token, then (row, column, time) with time fastest. With space-only attention the
    /// frames are averaged: class token, then (row, column).
    /// </returns>
    public override Features Forward(Tensor input)
    {
        var (classes, patches, frames) = Embed(input);
        var clips = classes.Size(0);
        (classes, patches) = Encode(classes, patches, frames);
        var tokens = Tensor.Cat([classes.View([clips, 1, Width]), patches.View([clips, -1, Width])], 1);
        if (shape.Attention == SpaceTimeAttention.SpaceOnly)
        {
            tokens = tokens.View([-1, frames, tokens.Size(1), Width]).Mean([1]);
            return new Features(Pool(tokens), tokens);
        }

        return new Features(shape.MeanPool ? Pool(tokens) : norm.Forward(classes), tokens);
    }

    /// <summary>Class tokens and patches with their positions; with space-only attention each frame is a sequence of its own.</summary>
    /// <param name="input">N x 3 x T x H x W.</param>
    /// <param name="visible">N x V: the places of each clip that are seen, the same in all its frames; null: all. Not with space-only attention.</param>
    /// <returns>B x D, and B·P·T x D place by place with time fastest (N·T x D and N·T·P x D, T times as many sequences, in space only); T.</returns>
    public (Tensor Classes, Tensor Patches, int Frames) Embed(Tensor input, Tensor? visible = null)
    {
        var grid = patchEmbedding.Cut(input, timeFastest: times is not null);
        var frames = grid.Times;
        var space = grid.Places == StoredRows * StoredColumns // by their number alone: another grid of as many places takes them as they are (code)
            ? positions
            : PositionTables.NearestSpace(positions, StoredRows, StoredColumns, grid.Rows, grid.Columns);
        var parts = space.View([-1, Width]).SplitWithSizes([1, grid.Places], 0);
        var sequences = times is null ? grid.Batch * frames : grid.Batch;
        var table = times is null ? parts[1] : (parts[1].View([-1, 1, Width]) + TimesOf(frames)).View([-1, Width]); // P·T x D
        var pixels = grid.Pixels;
        if (visible is not null)
        {
            (pixels, table) = Seen(grid, table, visible); // what is hidden is not embedded at all
        }

        var patches = patchEmbedding.Forward(pixels).View([sequences, -1, Width]) + table;
        var classes = (classToken.View([1, Width]) + parts[0]).Expand([sequences, Width]);
        return (classes, patches.View([-1, Width]), frames);
    }

    /// <summary>All blocks.</summary>
    /// <param name="classes">B x D.</param>
    /// <param name="patches">B·P·T x D.</param>
    /// <param name="frames">T.</param>
    /// <param name="watch">Is shown what leaves each block, in this order.</param>
    /// <returns>The same shapes.</returns>
    public (Tensor Classes, Tensor Patches) Encode(Tensor classes, Tensor patches, long frames, Action<Tensor, Tensor>? watch = null)
    {
        foreach (var (i, block) in divided.Index())
        {
            var (passed, passedPatches) = (classes, patches);
            (classes, patches) = Checkpointing && IsTraining ? Again(block, passed, passedPatches, frames) : block.Forward(passed, passedPatches, frames);
            watch?.Invoke(classes, patches);
            if (watch is null && i > 0)
            {
                passed.Dispose();
                passedPatches.Dispose();
            }
        }

        return blocks.Length == 0 ? (classes, patches) : EncodeJointly(classes, patches, watch);
    }

    /// <summary>The last norm.</summary>
    /// <param name="tokens">... x D.</param>
    public Tensor Norm(Tensor tokens) => norm.Forward(tokens);

    /// <summary>Scores of the classes.</summary>
    /// <param name="vector">N x D.</param>
    /// <exception cref="InvalidOperationException">The network has no head.</exception>
    public Tensor Classify(Tensor vector) => head is null ? throw new InvalidOperationException("the network was made without classes") : head.Forward(vector);

    private Tensor Pool(Tensor tokens) =>
        shape.MeanPool ? norm.Forward(tokens).Narrow(1, 1, tokens.Size(1) - 1).Mean([1]) : norm.Forward(tokens.Select(1, 0));

    private Tensor TimesOf(int frames) => frames == times!.Size(1) ? times : PositionTables.NearestTime(times, frames);

    // Pixels and positions of the visible places of each clip.
    private (Tensor Pixels, Tensor Table) Seen(PatchGrid grid, Tensor table, Tensor visible)
    {
        var pixels = grid.Pixels.View([grid.Batch * grid.Places, -1]).IndexSelect(0, Masks.PlacesOfBatch(visible, grid.Places));
        var positionsSeen = table.View([grid.Places, -1]).IndexSelect(0, visible.Flatten());
        return (pixels.View([-1, grid.Pixels.Size(1)]), positionsSeen.View([grid.Batch, -1, Width]));
    }

    // As one tensor, since a checkpoint has one output.
    private static (Tensor Classes, Tensor Patches) Again(DividedBlock block, Tensor classes, Tensor patches, long frames)
    {
        long[] rows = [classes.Size(0), patches.Size(0)];
        Tensor Joined(Tensor[] inputs)
        {
            var parts = inputs[0].SplitWithSizes(rows, 0);
            var (c, p) = block.Forward(parts[0], parts[1], frames);
            return Tensor.Cat([c, p], 0);
        }

        var both = GradientCheckpoint.Run(Joined, classes.Device, Tensor.Cat([classes, patches], 0)).SplitWithSizes(rows, 0);
        return (both[0], both[1]);
    }

    private (Tensor Classes, Tensor Patches) EncodeJointly(Tensor classes, Tensor patches, Action<Tensor, Tensor>? watch)
    {
        var sequences = classes.Size(0);
        var tokens = Tensor.Cat([classes.View([sequences, 1, Width]), patches.View([sequences, -1, Width])], 1).View([-1, Width]);
        foreach (var block in blocks)
        {
            var passed = tokens;
            tokens = block.Forward(passed, sequences);
            passed.Dispose();
            if (watch is not null)
            {
                (classes, patches) = Apart(tokens, sequences);
                watch(classes, patches);
            }
        }

        return Apart(tokens, sequences);
    }

    private (Tensor Classes, Tensor Patches) Apart(Tensor tokens, long sequences)
    {
        var sequence = tokens.View([sequences, -1, Width]);
        return (sequence.Select(1, 0), sequence.Narrow(1, 1, sequence.Size(1) - 1).Reshape([-1, Width]));
    }
}
