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
/// <param name="Weak">Of the weakly supervised term (ours); 0: plain CARL, to which the folders of videos say nothing.</param>
/// <param name="Videos">Most videos whose classes can be remembered.</param>
/// <param name="Augmentation">How views are edited; null: the published colours and blur.</param>
public sealed record CarlOptions(
    int Frames = 80,
    double Temperature = 0.1,
    double Variance = 10,
    int Projection = 128,
    int Side = 224,
    double LeastArea = 0.8,
    double Mirror = 0.5,
    double Weak = 0,
    int Videos = 300_000,
    AugmentationOptions? Augmentation = null) : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new Carl(encoder(), this);
}

/// <summary>
/// CARL (Chen et al. 2022): of two overlapping, differently edited views of a long video each frame is to be as like the frames of the other view as they
/// are near in time. So a vector of each frame says what moment of the action it is. The weak version (its extension, 2212.03125; ours) takes a view of
/// another video of the same class, too, which is aligned with the first one: a class is the folder that videos lie in.
/// </summary>
public sealed class Carl : Method
{
    private const int ViewsPart = 1; // of what a sample's clips share
    private const int OtherPart = 2;
    private const int PartnerPart = 3;
    private const int ColourPart = 1; // of a sample's random numbers, and the number of the view

    private const string First = "first";
    private const string Second = "second";
    private const string Other = "other"; // a view of another video of the class

    private readonly CarlOptions options;
    private readonly IFrameEncoder encoder;
    private readonly FrameProjection projection;
    private readonly SequenceContrast contrast;
    private readonly Augmentation augmentation;
    private readonly ClusterMemory? memory; // of classes, where there is a weak term
    private VideoClusters classes = new([], []);

    /// <summary>With a projection of starting weights.</summary>
    /// <param name="encoder">What is trained, an <see cref="IFrameEncoder"/>; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <exception cref="RecipeException">The options cannot be, or the encoder is another one.</exception>
    public Carl(Encoder encoder, CarlOptions options)
    {
        Check(options);
        this.options = options;
        this.encoder = encoder as IFrameEncoder ?? throw new RecipeException("carl trains a frame-sequence encoder, no other");
        Encoder = Part("encoder", encoder);
        projection = Part("ssl_projection", new FrameProjection(encoder.Width, options.Projection));
        contrast = new SequenceContrast(options.Temperature, options.Variance);
        augmentation = new Augmentation(options.Augmentation ?? Colours(options.Side));
        ClipPlan[] own = [View(First, ViewsPart, views => views.First), View(Second, ViewsPart, views => views.Second)];
        memory = options.Weak > 0 ? Part("classes", new ClusterMemory(options.Videos)) : null;
        Views = new ViewPlan(memory is null ? own : [.. own, View(Other, OtherPart, views => views.First) with { From = Partner }]);
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
    public override Encoder Encoder { get; }

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.ImageNet.Apply(clips);

    /// <inheritdoc/>
    /// <remarks>Classes are written down once, before the first step.</remarks>
    public override bool BeginEpoch(IVideoSurvey videos, Progress at)
    {
        if (memory is null || at.Epoch > 0)
        {
            return false;
        }

        if (videos.Videos.Count > options.Videos)
        {
            throw new RecipeException($"carl: there are {videos.Videos.Count} videos with classes: set videos to as many");
        }

        var labels = FolderClasses.Of(videos.Names);
        if (labels.Distinct().Count() == labels.Length)
        {
            throw new RecipeException("carl: weak needs videos of the same class, and no two lie in one folder of the pack: pack the folder that holds CLASS/VIDEO");
        }

        memory.Write(videos.Videos, labels);
        Resume();
        return true;
    }

    /// <inheritdoc/>
    public override void Resume() => classes = memory?.Read() ?? classes;

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        string[] names = [.. Views.Clips.Select(clip => clip.Name)]; // V: 2, and with the weak term 3
        var clips = Tensor.Stack([.. names.Select((name, i) => Edited(batch, name, i))], 1); // B x V x 3 x T x H x W
        var (steps, mask) = Times(batch, names, clips.Device); // B x V x T each
        var lengths = Numbers(batch, names, origins => origins.Lengths).To(clips.Device); // B x V
        var paired = Paired(batch).To(clips.Device); // P
        var frames = projection.Forward(encoder.Frames(Prepare(Chosen(clips, paired)), Chosen(mask, paired))); // (2B + P) x T x D: one batch for the norms

        using var full = Autocast.Enter(clips.Device.Type, enabled: false);
        var parts = frames.To(ScalarType.Float32).SplitWithSizes([2 * batch.Count, paired.Count], 0);
        var own = parts[0].View([batch.Count, 2, options.Frames, -1]);
        var sequence = new LossTerm("sequence", contrast.Loss(own, steps.Narrow(1, 0, 2), lengths.Narrow(1, 0, 2), mask.Narrow(1, 0, 2)));
        return memory is null ? new Losses(sequence) : new Losses(sequence, Weak(own, parts[1], steps, mask, paired));
    }

    // Of each pair the first view and that of the partner.
    private LossTerm Weak(Tensor own, Tensor others, Tensor steps, Tensor mask, Tensor paired)
    {
        var pairs = Tensor.Stack([own.Select(1, 0).IndexSelect(0, paired), others], 1); // P x 2 x T x D
        return new LossTerm("weak", new AlignedPairContrast(contrast).Mean(pairs, Ends(steps), Ends(mask)), options.Weak);

        Tensor Ends(Tensor views) => Tensor.Stack([views.Select(1, 0), views.Select(1, 2)], 1).IndexSelect(0, paired); // P x 2 x T
    }

    // Of B x V views the own two of each sample, and then the third of those that have a partner: 2B + P.
    private static Tensor Chosen(Tensor views, Tensor paired)
    {
        var own = views.Narrow(1, 0, 2).Flatten(0, 1);
        return paired.Count == 0 ? own : Tensor.Cat([own, views.Select(1, 2).IndexSelect(0, paired)], 0);
    }

    // Numbers of the samples that have a view of another video.
    private Tensor Paired(Batch batch)
    {
        long[] rows = memory is null ? [] : [.. Enumerable.Range(0, batch.Count).Where(i => batch.Origins(Other).Videos[i] != batch.Videos[i]).Select(i => (long)i)];
        return Tensor.Of(rows, rows.Length);
    }

    // Frames beyond the end of a short video are masked, and show its last one.
    private (Tensor Steps, Tensor Mask) Times(Batch batch, string[] names, Device device)
    {
        var chosen = Numbers(batch, names, origins => origins.Frames).View([batch.Count, names.Length, options.Frames]);
        var last = Numbers(batch, names, origins => origins.Lengths).Unsqueeze(2) - 1;
        return (chosen.Minimum(last).To(device), chosen.Le(last).To(ScalarType.Float32).To(device));
    }

    // B x V x ..., view by view.
    private static Tensor Numbers(Batch batch, string[] names, Func<ClipOrigins, long[]> what) =>
        Tensor.Stack([.. names.Select(name => what(batch.Origins(name))).Select(numbers => Tensor.Of(numbers, batch.Count, numbers.Length / batch.Count))], 1).Squeeze(-1);

    private ClipPlan View(string name, int part, Func<(SequenceView First, SequenceView Second), SequenceView> which) => new(name, options.Frames, [1], options.Side)
    {
        Times = (length, _, sample) =>
        {
            var view = which(new SequenceViews(length, options.Frames).Draw(sample.For(part)));
            return [.. view.Steps.Zip(view.Mask, (step, valid) => valid > 0 ? step : length)];
        },
        Crop = (width, height, random) => AreaCrop.Draw(width, height, (options.LeastArea, 1), random),
        Mirror = options.Mirror,
    };

    private long Partner(long video, SampleRandom sample) => classes.Another(video, sample.For(PartnerPart).Next());

    private Tensor Edited(Batch batch, string name, int number) =>
        augmentation.Apply(batch[name], batch.Randoms, ColourPart + number);

    private static void Check(CarlOptions options)
    {
        if (options is not { Frames: >= 2, Temperature: > 0, Variance: > 0, Projection: >= 1, Side: >= 32, LeastArea: > 0 and <= 1, Mirror: >= 0 and <= 1, Weak: >= 0, Videos: >= 1 })
        {
            throw new RecipeException("carl: frames are 2 or more, temperature and variance above 0, projection and videos 1 or more, side 32 or more, leastArea a share above 0, mirror a probability and weak not negative");
        }
    }
}
