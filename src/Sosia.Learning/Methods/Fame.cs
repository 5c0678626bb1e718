using Sosia.Learning.Encoders;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>FAME; sources of the values are in the recipe.</summary>
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
/// <param name="Beta">Share of the pixels that are foreground.</param>
/// <param name="Foreground">Share of the pixels, those that move most, that are seeds of the foreground.</param>
/// <param name="Background">Share of the pixels, those that move least, that are seeds of the background.</param>
/// <param name="Turns">Whether a colour's angle is its hue, and not, as in the authors' code, 2 pi times the hue.</param>
/// <param name="EnqueueBetween">Whether the queries of the plain clips meet their own keys among the negatives, as in the authors' code.</param>
/// <param name="Groups">In how many parts a process computes its keys; more than one, or several processes, keep batch norm from telling them.</param>
/// <param name="Augmentation">How clips are edited after merging; null: the published colours and blur.</param>
public sealed record FameOptions(
    int Queue = 65536,
    double Momentum = 0.999,
    double Temperature = 0.1,
    int Width = 128,
    HeadLayers Head = HeadLayers.Mlp,
    int Frames = 16,
    int Stride = 2,
    int Side = 112,
    double LeastArea = 0.2,
    double Mirror = 0.5,
    double Beta = 0.5,
    double Foreground = 0.5,
    double Background = 0.1,
    bool Turns = false,
    bool EnqueueBetween = false,
    int Groups = 1,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override string? Fault(int samples) => MomentumContrast.Fault(Queue, Groups, samples);

    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new Fame(encoder(), encoder(), this, world);
}

/// <summary>
/// FAME (Ding et al. 2022): the moving foreground of a clip is pasted onto the background of another, and momentum contrast must still know it from a
/// second, plain clip of the video: by what moves, not by the scene.
/// </summary>
public sealed class Fame : Method
{
    private const int FirstPart = 1; // of a sample's random numbers
    private const int SecondPart = 2;
    private const int ShufflePart = 3;
    private const int BackgroundPart = 4;

    private readonly FameOptions options;
    private readonly World world;
    private readonly MomentumContrast contrast;
    private readonly ForegroundMask foreground;
    private readonly Augmentation augmentation;

    /// <summary>With a queue of random keys.</summary>
    /// <param name="encoder">What is trained; it becomes a part of the method.</param>
    /// <param name="key">Another of the same sizes, which follows it.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="world">The processes that train together.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Fame(Encoder encoder, Encoder key, FameOptions options, World world)
    {
        Check(options);
        (this.options, this.world) = (options, world);
        Encoder = Part("encoder", encoder);
        contrast = Part("contrast", new MomentumContrast(encoder, key, options.Width, options.Head, options.Queue, options.Groups, world));
        foreground = new ForegroundMask(options.Side, options.Beta, options.Turns, options.Foreground, options.Background);
        augmentation = new Augmentation(options.Augmentation ?? Moco.ColoursAndBlur(options.Side));
        Views = ClipPair.Plan(options.Frames, options.Stride, options.Side, options.LeastArea, options.Mirror);
    }

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
        var merged = Edited(Merged(batch["first"], batch.Randoms), batch, FirstPart);
        var plain = Edited(batch["second"], batch, SecondPart);
        var both = SymmetricContrast.Of(
            (contrast.Query(merged), Key(merged, batch)), (contrast.Query(plain), Key(plain, batch)), contrast.Queue, options.Temperature, options.EnqueueBetween, world);
        return new Losses(new LossTerm("merged", both.Merged, 0.5), new LossTerm("plain", both.Plain, 0.5));
    }

    /// <summary>Each clip's foreground on the background of another of the batch; a clip may keep its own.</summary>
    /// <param name="clips">N x 3 x T x H x W in [0, 1].</param>
    /// <param name="randoms">N; the first draws who gets whose.</param>
    public Tensor Merged(Tensor clips, IReadOnlyList<SampleRandom> randoms) =>
        ForegroundMerging.Apply(clips, foreground.Of(clips), randoms[0].For(BackgroundPart).Order(randoms.Count));

    private static void Check(FameOptions options)
    {
        if (options is not { Momentum: >= 0 and <= 1, Temperature: > 0, Width: >= 1, Frames: >= 2, Stride: >= 1, Side: >= 8, LeastArea: > 0 and <= 1, Mirror: >= 0 and <= 1 })
        {
            throw new RecipeException("fame: momentum and mirror are from 0 to 1, temperature is above 0, leastArea a share above 0, width and stride 1 or more, frames 2 or more (what moves is seen in two) and side 8 or more");
        }

        if (options is not { Beta: > 0 and < 1, Foreground: > 0 and <= 1, Background: > 0 and <= 1 })
        {
            throw new RecipeException("fame: beta, foreground and background are shares of the pixels above 0");
        }
    }

    private Tensor Key(Tensor clips, Batch batch) => contrast.Key(clips, batch.Randoms[0].For(ShufflePart));

    private Tensor Edited(Tensor clips, Batch batch, int part) =>
        Prepare(augmentation.Apply(clips, batch.Randoms, part));
}
