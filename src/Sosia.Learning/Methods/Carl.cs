using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>CARL; sources of the values are in the recipe.</summary>
/// <param name="Frames">T, of a view; the encoder's.</param>
/// <param name="Temperature">Of the cosines.</param>
/// <param name="Variance">Of the Gaussian over the distance in time, frames squared.</param>
/// <param name="Projection">Width between the layers of the projection.</param>
/// <param name="Side">Of a frame, pixels.</param>
/// <param name="LeastArea">Least share of the picture that a view shows.</param>
/// <param name="Mirror">How likely a view is mirrored.</param>
/// <param name="Augmentation">How views are edited; null: the published colours and blur.</param>
public sealed record CarlOptions(
    int Frames = 80,
    double Temperature = 0.1,
    double Variance = 10,
    int Projection = 128,
    int Side = 224,
    double LeastArea = 0.8,
    double Mirror = 0.5,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) =>
        new Carl(encoder() as FrameSequenceEncoder ?? throw new RecipeException("carl trains a frame-sequence encoder, no other"), this);
}

/// <summary>
/// CARL (Chen et al. 2022): of two overlapping, differently edited views of a long video each frame is to be as like the frames of the other view as they
/// are near in time. So a vector of each frame says what moment of the action it is.
/// </summary>
public sealed class Carl : Method
{
    private const int ViewsPart = 1; // of what a sample's clips share
    private const int ColourPart = 1; // of a sample's random numbers, and the number of the view

    private static readonly string[] Names = ["first", "second"];

    private readonly CarlOptions options;
    private readonly FrameSequenceEncoder encoder;
    private readonly FrameProjection projection;
    private readonly SequenceContrast contrast;
    private readonly Augmentation augmentation;

    /// <summary>With a projection of starting weights.</summary>
    /// <param name="encoder">What is trained; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Carl(FrameSequenceEncoder encoder, CarlOptions options)
    {
        Check(options);
        this.options = options;
        this.encoder = Part("encoder", encoder);
        projection = Part("ssl_projection", new FrameProjection(encoder.Width, options.Projection));
        contrast = new SequenceContrast(options.Temperature, options.Variance);
        augmentation = new Augmentation(options.Augmentation ?? Colours(options.Side));
        Views = new ViewPlan(View(Names[0], views => views.First), View(Names[1], views => views.Second));
    }

    /// <summary>Colours (p = 0.8: 0.8, 0.8, 0.8, hue 0.2), grey (0.2) and blur (0.4: half of the 0.8), as the authors' code edits views.</summary>
    /// <param name="side">Of a frame, pixels: the blur's deviation is 0.1 to 2 of them.</param>
    public static AugmentationOptions Colours(int side) => AugmentationOptions.None with
    {
        ColourJitter = 0.8,
        Brightness = 0.8,
        Contrast = 0.8,
        Saturation = 0.8,
        Hue = 0.2,
        Grey = 0.2,
        Blur = 0.4,
        LeastBlur = 0.1 / side,
        MostBlur = 2.0 / side,
    };

    /// <inheritdoc/>
    public override Encoder Encoder => encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.ImageNet.Apply(clips);

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var views = Tensor.Stack([.. Names.Select((name, i) => Edited(batch, name, i))], 1); // B x 2 x 3 x T x H x W
        var (steps, mask) = Times(batch, views.Device); // B x 2 x T each
        var frames = projection.Forward(encoder.Frames(Prepare(views.Flatten(0, 1)), mask.Flatten(0, 1))); // 2B x T x D
        var lengths = Both(batch, origins => origins.Lengths).To(views.Device); // B x 2
        return Objective(frames.View([batch.Count, 2, options.Frames, -1]), steps, lengths, mask);
    }

    /// <summary>The sequence contrastive loss, in full precision.</summary>
    /// <param name="projections">B x 2 x T x D, of any length.</param>
    /// <param name="steps">B x 2 x T, numbers of the frames in their videos.</param>
    /// <param name="lengths">B x 2, frames of the videos.</param>
    /// <param name="mask">B x 2 x T, 1 where a frame is valid, else 0.</param>
    public Losses Objective(Tensor projections, Tensor steps, Tensor lengths, Tensor mask)
    {
        using var full = Autocast.Enter(projections.Device.Type, enabled: false);
        return new Losses(new LossTerm("sequence", contrast.Loss(projections.To(ScalarType.Float32), steps, lengths, mask)));
    }

    // Frames beyond the end of a short video are masked, and show its last one.
    private (Tensor Steps, Tensor Mask) Times(Batch batch, Device device)
    {
        var chosen = Both(batch, origins => origins.Frames).View([batch.Count, 2, options.Frames]);
        var last = Both(batch, origins => origins.Lengths).Unsqueeze(2) - 1;
        return (chosen.Minimum(last).To(device), chosen.Le(last).To(ScalarType.Float32).To(device));
    }

    // B x 2 x ..., of the first view and of the second.
    private static Tensor Both(Batch batch, Func<ClipOrigins, long[]> what) =>
        Tensor.Stack([.. Names.Select(name => what(batch.Origins(name))).Select(numbers => Tensor.Of(numbers, batch.Count, numbers.Length / batch.Count))], 1).Squeeze(-1);

    private ClipPlan View(string name, Func<(SequenceView First, SequenceView Second), SequenceView> which) => new(name, options.Frames, [1], options.Side)
    {
        Times = (length, _, sample) =>
        {
            var view = which(new SequenceViews(length, options.Frames).Draw(sample.For(ViewsPart)));
            return [.. view.Steps.Zip(view.Mask, (step, valid) => valid > 0 ? step : length)];
        },
        Crop = (width, height, random) => AreaCrop.Draw(width, height, (options.LeastArea, 1), random),
        Mirror = options.Mirror,
    };

    private Tensor Edited(Batch batch, string name, int number) =>
        augmentation.Apply(batch[name], batch.Randoms, ColourPart + number);

    private static void Check(CarlOptions options)
    {
        if (options is not { Frames: >= 2, Temperature: > 0, Variance: > 0, Projection: >= 1, Side: >= 32, LeastArea: > 0 and <= 1, Mirror: >= 0 and <= 1 })
        {
            throw new RecipeException("carl: frames are 2 or more, temperature and variance above 0, projection 1 or more, side 32 or more, leastArea a share above 0 and mirror a probability");
        }
    }
}
