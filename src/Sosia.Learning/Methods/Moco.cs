using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>Momentum contrast between two clips of a video; sources of the values are in the recipe.</summary>
/// <param name="Queue">K, keys of earlier batches; a multiple of the batch.</param>
/// <param name="Momentum">m of the key network.</param>
/// <param name="Temperature">T.</param>
/// <param name="Width">C, of a key.</param>
/// <param name="Head">Its layers.</param>
/// <param name="Frames">Of a clip.</param>
/// <param name="Stride">Frames of the video from one to the next.</param>
/// <param name="Side">Of a clip, pixels.</param>
/// <param name="LeastArea">Least share of the picture that a clip shows.</param>
/// <param name="Mirror">How likely a clip is mirrored.</param>
/// <param name="Groups">In how many parts a process computes its keys; more than one, or several processes, keep batch norm from telling them.</param>
/// <param name="Augmentation">How clips are edited; null: the published colours and blur.</param>
public sealed record MocoOptions(
    int Queue = 65536,
    double Momentum = 0.999,
    double Temperature = 0.07,
    int Width = 128,
    HeadLayers Head = HeadLayers.Mlp,
    int Frames = 16,
    int Stride = 2,
    int Side = 112,
    double LeastArea = 0.2,
    double Mirror = 0.5,
    int Groups = 1,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override string? Fault(int samples) => MomentumContrast.Fault(Queue, Groups, samples);

    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new Moco(encoder(), encoder(), this, world);
}

/// <summary>
/// MoCo (He et al. 2020) on video: a clip is to be told from all other clips by a second clip of the same video. The baseline of the methods that want
/// motion to count.
/// </summary>
public sealed class Moco : Method
{
    private const int FirstPart = 1; // of a sample's random numbers
    private const int SecondPart = 2;
    private const int ShufflePart = 3;

    private readonly MocoOptions options;
    private readonly World world;
    private readonly MomentumContrast contrast;
    private readonly Augmentation augmentation;

    /// <summary>With a queue of random keys.</summary>
    /// <param name="encoder">What is trained; it becomes a part of the method.</param>
    /// <param name="key">Another of the same sizes, which follows it.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="world">The processes that train together.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Moco(Encoder encoder, Encoder key, MocoOptions options, World world)
    {
        Check(options);
        (this.options, this.world) = (options, world);
        Encoder = Part("encoder", encoder);
        contrast = Part("contrast", new MomentumContrast(encoder, key, options.Width, options.Head, options.Queue, options.Groups, world));
        augmentation = new Augmentation(options.Augmentation ?? ColoursAndBlur(options.Side));
        Views = ClipPair.Plan(options.Frames, options.Stride, options.Side, options.LeastArea, options.Mirror);
    }

    /// <summary>Colours (p = 0.8: 0.4, 0.4, 0.4, hue 0.1), grey (0.2) and blur (0.5), as MoCo v2 (Chen et al. 2020) and FAME edit clips.</summary>
    /// <param name="side">Of a clip, pixels: the blur's deviation is 0.1 to 2 of them.</param>
    public static AugmentationOptions ColoursAndBlur(int side) =>
        AugmentationOptions.None with { ColourJitter = 0.8, Grey = 0.2, Blur = 0.5, LeastBlur = 0.1 / side, MostBlur = 2.0 / side };

    /// <inheritdoc/>
    public override Encoder Encoder { get; }

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.Kinetics.Apply(clips);

    /// <inheritdoc/>
    public override void Begin(IEnumerable<Batch> batches) => contrast.Begin();

    /// <inheritdoc/>
    /// <remarks>The key network so has moved before the next keys are computed, once a step.</remarks>
    public override void AfterStep(Progress at) => contrast.Follow(options.Momentum);

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var query = contrast.Query(Edited(batch["first"], batch, FirstPart));
        var key = contrast.Key(Edited(batch["second"], batch, SecondPart), batch.Randoms[0].For(ShufflePart));
        var loss = InfoNce.AgainstQueue(query, key, contrast.Queue.Keys(), options.Temperature);
        contrast.Queue.Write(world.GatherDetached(key));
        return new Losses(new LossTerm("contrast", loss));
    }

    private static void Check(MocoOptions options)
    {
        if (options is not { Momentum: >= 0 and <= 1, Temperature: > 0, Width: >= 1, Frames: >= 1, Stride: >= 1, Side: >= 8, LeastArea: > 0 and <= 1, Mirror: >= 0 and <= 1 })
        {
            throw new RecipeException("moco: momentum and mirror are from 0 to 1, temperature is above 0, leastArea a share above 0, width, frames and stride 1 or more and side 8 or more");
        }
    }

    private Tensor Edited(Tensor clips, Batch batch, int part) =>
        Prepare(augmentation.Apply(clips, batch.Randoms, part));
}
