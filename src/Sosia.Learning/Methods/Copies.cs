using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>How the default model is trained; all values are ours.</summary>
/// <param name="LearnFrom">First block of the trunk that learns; beyond 14 only the transformer over time does.</param>
/// <param name="WhiteningFloor">Share of the mean eigenvalue that is added to each.</param>
/// <param name="Distillation">Weight of the demand that an edited clip is described as the frozen trunk describes the clip itself.</param>
/// <param name="Contrast">Weight of the demand that it is told from all other clips.</param>
/// <param name="Temperature">Of the contrast.</param>
/// <param name="HardNegatives">Whether other moments of the same video, which the memory holds, are negatives.</param>
/// <param name="Near">Cosine, by the frozen trunk, from which two clips are too alike to be negatives.</param>
/// <param name="Memory">Rows of the memory; 0: a batch is compared with itself alone.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="ReadSide">Side of the clips that are edited, pixels: larger than the network's, so that a part of a picture is still sharp.</param>
/// <param name="LearnSide">Side of the edited clips that are learnt from; smaller than in use is faster, and harms little (Touvron et al. 2019).</param>
/// <param name="Intervals">Seconds from frame to frame, one of them is drawn.</param>
/// <param name="Edits">How a copy is edited.</param>
/// <param name="Whiten">Whether the projection is made a whitening before the first step, and whitened again after the last; a later stage keeps what an earlier one learnt.</param>
public sealed record CopiesOptions(
    int LearnFrom = 3,
    double WhiteningFloor = 0.1,
    double Distillation = 1,
    double Contrast = 0.5,
    double Temperature = 0.07,
    bool HardNegatives = true,
    double Near = 0.9,
    int Memory = 1024,
    int Frames = 1,
    int ReadSide = 216,
    int LearnSide = 128,
    IReadOnlyList<double>? Intervals = null,
    EditOptions? Edits = null,
    bool Whiten = true) : MethodOptions
{
    /// <inheritdoc/>
    public override string? Fault(int samples) =>
        Memory > 0 && samples > Memory ? $"a memory of {Memory} cannot hold the clips of {samples} videos" : null;

    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) =>
        new Copies(encoder() as ClipTrunk ?? throw new RecipeException("copies trains a clip-trunk, no other encoder"), this, world);
}

/// <summary>
/// 3D-CSL's second stage for a trunk that can see already (ours): clips are compared with edited copies of themselves, and with other moments of the
/// same video. So few videos would spoil what the trunk knows; a frozen copy of it therefore says where an edited clip belongs.
/// </summary>
public sealed class Copies : Method
{
    private const double Same = 1 - 1e-4; // cosine of a clip with itself
    private const int LeastSide = 32; // pixels: what the trunk's strides leave a place of

    private readonly CopiesOptions options;
    private readonly World world;
    private readonly ClipTrunk encoder;
    private readonly ClipTrunk teacher;
    private readonly EmbeddingMemory? memory;
    private readonly EditOptions edits;

    /// <summary>With an empty memory; the teacher is the encoder as it is when training begins.</summary>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Copies(ClipTrunk encoder, CopiesOptions options, World world)
    {
        Check(encoder, options);
        (this.options, this.world, edits) = (options, world, options.Edits ?? new EditOptions());
        edits.Validate();
        this.encoder = Part("encoder", encoder);
        teacher = Part("teacher", new ClipTrunk(encoder.Shape with { TimeDepth = 0 }));
        teacher.RequireGrad(false);
        encoder.LearnFrom(options.LearnFrom);
        memory = options.Memory == 0 ? null : Part("memory", new EmbeddingMemory(options.Memory, encoder.Width));
        Views = new ViewPlan(new ClipPlan("clip", options.Frames, options.Intervals ?? [0.5], options.ReadSide) { Whole = true });
    }

    /// <inheritdoc/>
    public override Encoder Encoder => encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    /// <remarks>Whitens the trunk, which the teacher then is a copy of.</remarks>
    public override void Begin(IEnumerable<Batch> batches)
    {
        if (options.Whiten)
        {
            Fit(batches, encoder.Pooled, FrameTrunk.PooledWidth, encoder.Whiten);
        }

        teacher.Load(encoder.NamedState(), strict: false);
    }

    /// <inheritdoc/>
    /// <remarks>Training pulls descriptors together: they are spread evenly again.</remarks>
    public override void End(IEnumerable<Batch> batches)
    {
        if (options.Whiten)
        {
            Fit(batches, pictures => encoder.Project(encoder.Pooled(pictures)), encoder.Width, encoder.WhitenAgain);
        }
    }

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        EditedClip[] drawn = [.. batch.Randoms.Select(random => CopyEdits.Draw(edits, random.For(1)))];
        var edited = encoder.Forward(Sized(CopyEdits.Apply(batch["clip"], drawn), options.LearnSide)).Vector; // N x D
        var videos = world.Gather(batch.Videos.ToArray());
        return Objective(
            world.Gather(edited), world.Gather(Gallery(batch["clip"])), Tensor.Of(videos, videos.Length).To(edited.Device), world.Gather(Partners(drawn)));
    }

    /// <summary>The losses of edited clips against the clips as they are, and those of earlier batches.</summary>
    /// <param name="edited">N x D, of length 1.</param>
    /// <param name="clips">N x D: the same clips, not edited.</param>
    /// <param name="videos">N labels.</param>
    /// <param name="partners">N: which clip is also seen in an edited one; its own number where none is.</param>
    public Losses Objective(Tensor edited, Tensor clips, Tensor videos, long[] partners)
    {
        using var full = Autocast.Enter(edited.Device.Type, enabled: false);
        (edited, clips) = (Cosine.Unit(edited.To(ScalarType.Float32)), Cosine.Unit(clips.To(ScalarType.Float32))); // in half precision a length is off by more than Same
        var partner = Tensor.Of(partners, partners.Length).To(edited.Device);
        var target = Cosine.Unit(clips + clips.IndexSelect(0, partner)); // of a mixture, both
        var distillation = (1 - Cosine.Pairs(edited, target)).Mean();
        return new Losses(
            new LossTerm("distillation", distillation, options.Distillation),
            new LossTerm("contrast", Contrast(edited, clips, videos, partner), options.Contrast));
    }

    private Tensor Contrast(Tensor edited, Tensor clips, Tensor videos, Tensor partner)
    {
        var (rows, labels) = (clips, videos); // M x D, M
        if (memory is not null)
        {
            memory.Write(clips, videos);
            (rows, labels) = (memory.Rows.Clone(), memory.Labels.Clone()); // a copy, as the next batch is written over it
        }

        // A clip is told from what it is compared with by its own likeness: what looks the same to the trunk is no negative.
        var likeness = Cosine.Matrix(clips, rows);
        var both = likeness.Maximum(likeness.IndexSelect(0, partner)); // N x M
        var seen = both.Ge(Same);
        var far = both.Lt(options.Near).LogicalAnd(rows.Abs().Sum([1]).Gt(0)); // the memory is empty at first
        var negative = options.HardNegatives ? far : far.LogicalAnd(Other(videos)).LogicalAnd(Other(videos.IndexSelect(0, partner)));
        return InfoNce.Loss(Cosine.Matrix(edited, rows), new PairMasks(seen, negative), options.Temperature);

        Tensor Other(Tensor own) => labels.View([1, -1]).Eq(own.View([-1, 1])).LogicalNot(); // N x M
    }

    private static void Check(ClipTrunk encoder, CopiesOptions options)
    {
        if (options.ReadSide < ClipTrunk.Side || options.LearnSide is < LeastSide or > ClipTrunk.Side)
        {
            throw new RecipeException($"copies: learnSide is {LeastSide} to {ClipTrunk.Side}, and readSide {ClipTrunk.Side} or more; they are {options.LearnSide} and {options.ReadSide}");
        }

        if (options.Frames < 1 || options.Frames > encoder.Shape.Frames || options.Near is not (> 0 and <= 1) || options.Memory < 0)
        {
            throw new RecipeException($"copies: frames are 1 to the encoder's {encoder.Shape.Frames}, near is a cosine above 0, and memory is not negative");
        }

        if (options is not { Temperature: > 0, WhiteningFloor: >= 0, Distillation: >= 0, Contrast: >= 0 } || options.Intervals is [] || options.Intervals?.Any(interval => interval is not >= 0) == true)
        {
            throw new RecipeException("copies: temperature is above 0, whiteningFloor, distillation and contrast are not negative, and intervals are one or more, in seconds");
        }

        if (options.LearnFrom > ClipTrunk.LastBlock && encoder.Shape.TimeDepth == 0)
        {
            throw new RecipeException($"copies: nothing learns with learnFrom = {options.LearnFrom} and timeDepth = 0: the last block is {ClipTrunk.LastBlock}");
        }
    }

    // Clips as a library holds them.
    private Tensor Gallery(Tensor clips)
    {
        using var noGrad = NoGrad.Enter();
        return (options.Distillation > 0 ? teacher : encoder).Forward(Sized(clips, ClipTrunk.Side)).Vector;
    }

    // N x 3 x T x H x W in [0, 1] to N x 3 x T x side x side in [-1, 1].
    private Tensor Sized(Tensor clips, int side)
    {
        var (count, frames) = (clips.Size(0), clips.Size(2));
        var pictures = clips.Transpose(1, 2).Flatten(0, 1).UpsampleBilinear2dAa([side, side], alignCorners: false);
        return Prepare(pictures).View([count, frames, 3, side, side]).Transpose(1, 2);
    }

    private void Fit(IEnumerable<Batch> batches, Func<Tensor, Tensor> describe, int width, Action<Whitening> use)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var rows = Tensor.Cat(Described(batches, Rows), 0);
        using var whitening = new Whitening(width, encoder.Width);
        whitening.Fit(rows, Tensor.Ones([rows.Size(0)]), options.WhiteningFloor);
        whitening.To(encoder.Parameters().First().Device);
        use(whitening);

        Tensor Rows(Batch batch)
        {
            var clips = Sized(batch["clip"], ClipTrunk.Side).Transpose(1, 2).Flatten(0, 1); // N·T x 3 x H x W
            return describe(Tensor.Cat([clips, clips.Flip([3])])).To(Device.Cpu); // mirror images are looked for too
        }
    }

    // Of a batch that is made within the scope nothing but its rows stays.
    private static Tensor[] Described(IEnumerable<Batch> batches, Func<Batch, Tensor> rows)
    {
        var described = new List<Tensor>();
        using var each = batches.GetEnumerator();
        while (true)
        {
            using var inner = TensorScope.Enter();
            if (!each.MoveNext())
            {
                return [.. described];
            }

            described.Add(inner.Keep(rows(each.Current)));
        }
    }

    // The next clip of the batch, where it is seen too.
    private long[] Partners(EditedClip[] drawn)
    {
        var first = (long)world.Rank * drawn.Length;
        return [.. drawn.Select((edit, i) => first + (edit.Insets.Count > 0 ? (i + 1) % drawn.Length : i))];
    }
}
