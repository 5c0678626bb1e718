using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>Stage 2 of 3D-CSL; sources of the values are in the recipe.</summary>
/// <param name="Fcs">What L_FCS means.</param>
/// <param name="Margin">m of L_FCS; null: that of the reading.</param>
/// <param name="FcsWeight">lambda.</param>
/// <param name="Memory">M, rows of the memory bank, three a video; 0: a batch is compared with itself alone.</param>
/// <param name="MemoryFrom">Share of the stage before which a batch is compared with itself alone: rows of a network that still changes fast mislead (Wang et al. 2020).</param>
/// <param name="MinerEpsilon">e, by how much a pair may be easier than the hardest of the other kind; null: all pairs count.</param>
/// <param name="ShotMix">How likely a copy has frames of another video.</param>
/// <param name="Intervals">Seconds from frame to frame, one of them is drawn; null: the sibling's 32 and 16 frames at 30 a second.</param>
/// <param name="LeastScale">Least short side of the picture that the window is cut from, over the window's.</param>
/// <param name="MostScale">The largest.</param>
/// <param name="Mirror">How likely the whole video is mirrored, anchor and copy alike.</param>
/// <param name="Augmentation">How a copy is edited; null: the defaults.</param>
public sealed record ThreeDCslOptions(
    FcsReading Fcs = FcsReading.Ranked,
    double? Margin = null,
    double FcsWeight = 1,
    int Memory = 1024,
    double MemoryFrom = 0,
    double? MinerEpsilon = 0.3,
    double ShotMix = 0.5,
    IReadOnlyList<double>? Intervals = null,
    double LeastScale = 256.0 / 224,
    double MostScale = 320.0 / 224,
    double Mirror = 0.5,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override string? Fault(int samples) =>
        Memory > 0 && 3 * samples > Memory ? $"a memory of {Memory} cannot hold the three clips each of {samples} videos" : null;

    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new ThreeDCsl(ThreeDCsl.Fitting(encoder(), "3d-csl"), this, world);
}

/// <summary>
/// 3D-CSL, stage 2 (Deng et al. 2023, figure): three clips of each video share one encoder: the anchor, an augmented copy, and the copy mirrored.
/// L = L_MS + lambda · L_FCS; L_MS compares them with the memory of earlier batches too, of which the hard pairs are mined.
/// </summary>
public sealed class ThreeDCsl : Method
{
    private const int AugmentationPart = 1; // of a sample's random numbers
    private const int ShotMixPart = 2;

    private static readonly IReadOnlyList<double> SiblingIntervals = [32 / 30.0, 16 / 30.0]; // seconds

    private readonly ThreeDCslOptions options;
    private readonly World world;
    private readonly VideoTransformer encoder;
    private readonly EmbeddingMemory? memory;
    private readonly MultiSimilarity multiSimilarity = new();
    private readonly double margin;
    private readonly Augmentation augmentation;

    /// <summary>With an empty memory.</summary>
    /// <param name="encoder">With divided attention; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="world">The processes that train together: their batches are compared as one.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public ThreeDCsl(VideoTransformer encoder, ThreeDCslOptions options, World world)
    {
        if (options.Memory < 0 || options.MemoryFrom is not (>= 0 and <= 1) || options.ShotMix is not (>= 0 and <= 1) || options.FcsWeight < 0)
        {
            throw new RecipeException("3d-csl: memory and fcsWeight cannot be negative, memoryFrom is a share and shotMix a probability from 0 to 1");
        }

        (this.options, this.world) = (options, world);
        this.encoder = Part("encoder", encoder);
        memory = options.Memory == 0 ? null : Part("memory", new EmbeddingMemory(options.Memory, encoder.Width));
        margin = options.Margin ?? Objectives.Fcs.Margin(options.Fcs);
        augmentation = new Augmentation(options.Augmentation ?? new AugmentationOptions());
        var shape = encoder.Shape;
        Views = new ViewPlan(Clip(shape.Frames, shape.Height, options.Intervals, options.LeastScale, options.MostScale, options.Mirror));
    }

    /// <inheritdoc/>
    public override Encoder Encoder => encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var anchor = batch["clip"]; // N x 3 x T x H x W
        var augmented = Mix(batch).Apply(augmentation.Apply(anchor, batch.Randoms, AugmentationPart));
        var flipped = Mirror.LeftRight(augmented);

        var clips = Tensor.Stack([anchor, augmented, flipped], 1).Flatten(0, 1); // 3N, video by video
        var videos = world.Gather(batch.Videos.ToArray());
        return Objective(world.Gather(encoder.Forward(Prepare(clips)).Vector), Tensor.Of(videos, videos.Length).To(clips.Device), at.Share >= options.MemoryFrom);
    }

    /// <summary>L_MS and L_FCS, in full precision.</summary>
    /// <param name="embeddings">3N x D, any length: anchor, augmented, flipped of each video.</param>
    /// <param name="videos">N labels.</param>
    /// <param name="useMemory">Whether they are compared with the memory, where there is one, and written into it.</param>
    public Losses Objective(Tensor embeddings, Tensor videos, bool useMemory = true)
    {
        using var full = Autocast.Enter(embeddings.Device.Type, enabled: false);
        var z = embeddings.To(ScalarType.Float32);
        var triplets = z.View([-1, 3, z.Size(1)]).Unbind(1); // anchor, augmented, flipped: N x D each
        var ms = SimilarityLoss(Cosine.Unit(z), videos.RepeatInterleave(3), useMemory); // the mirrored clip is a positive too
        var fcs = Objectives.Fcs.Loss(triplets[0], triplets[1], triplets[2], videos, options.Fcs, margin);
        return new Losses(new LossTerm("ms", ms), new LossTerm("fcs", fcs, options.FcsWeight));
    }

    /// <summary>How both stages take a clip from a video.</summary>
    internal static ClipPlan Clip(int frames, int side, IReadOnlyList<double>? intervals, double leastScale, double mostScale, double mirror) =>
        leastScale >= 1 && mostScale >= leastScale && mirror is >= 0 and <= 1 && intervals is not [] && intervals?.Any(interval => interval is not >= 0) != true
            ? new ClipPlan("clip", frames, intervals ?? SiblingIntervals, side) { Scale = (leastScale, mostScale), Mirror = mirror }
            : throw new RecipeException("1 <= leastScale <= mostScale, mirror is a probability from 0 to 1, and intervals are one or more, in seconds");

    /// <summary>The encoder of 3D-CSL, or an error that says so.</summary>
    internal static VideoTransformer Fitting(Encoder encoder, string method) =>
        encoder is VideoTransformer { Shape.Attention: SpaceTimeAttention.Divided } transformer
            ? transformer
            : throw new RecipeException($"{method} trains a video-transformer with divided attention, no other encoder");

    private Tensor SimilarityLoss(Tensor z, Tensor labels, bool useMemory)
    {
        if (memory is null || !useMemory)
        {
            var within = Cosine.Matrix(z, z);
            return multiSimilarity.Loss(within, Mined(PairMasks.Within(labels), within));
        }

        var (s, pairs, own) = memory.Compare(z, labels);
        return multiSimilarity.Loss(s, Mined(pairs, s).Without(own));
    }

    private PairMasks Mined(PairMasks pairs, Tensor similarities) => options.MinerEpsilon is { } e ? pairs.Mined(similarities, e) : pairs;

    private ShotMix Mix(Batch batch) =>
        ShotMix.Draw([.. batch.Randoms.Select(random => random.For(ShotMixPart))], batch.Videos, encoder.Shape.Frames, options.ShotMix);
}
