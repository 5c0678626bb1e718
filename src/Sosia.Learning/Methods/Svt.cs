using Sosia.Learning.Encoders;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>SVT; sources of the values are in the recipe.</summary>
/// <param name="GlobalFrames">Frames of the two global views.</param>
/// <param name="LocalFrames">Frames of each local view.</param>
/// <param name="LocalSide">Pixels of the local views; the global ones have the encoder's.</param>
/// <param name="Seconds">Of the window that all views are from.</param>
/// <param name="LeastArea">Least share of the picture that a local view shows.</param>
/// <param name="MiddleArea">Most of a local view, and least of a global one.</param>
/// <param name="Mirror">How likely a view is mirrored.</param>
/// <param name="Augmentation">How each view's colours change; null: the authors'.</param>
/// <param name="HeadHidden">Of the head's two hidden layers.</param>
/// <param name="HeadBottleneck">Of the vector that is compared with the prototypes.</param>
/// <param name="Prototypes">K.</param>
/// <param name="StudentTemperature">Above 0.</param>
/// <param name="TeacherTemperature">Above 0.</param>
/// <param name="WarmTeacherTemperature">From which the teacher's rises; null: there is no warm-up.</param>
/// <param name="WarmTeacherEpochs">Of rising.</param>
/// <param name="FrozenPrototypeEpochs">Before the prototypes learn.</param>
/// <param name="CentreMomentum">Part of the centre that stays at each step.</param>
/// <param name="Momentum">Part of the teacher that stays at the first step; rises to 1.</param>
public sealed record SvtOptions(
    IReadOnlyList<int>? GlobalFrames = null,
    IReadOnlyList<int>? LocalFrames = null,
    int LocalSide = 96,
    double Seconds = 256 / 30.0,
    double LeastArea = 0.05,
    double MiddleArea = 0.4,
    double Mirror = 0.5,
    AugmentationOptions? Augmentation = null,
    int HeadHidden = 2048,
    int HeadBottleneck = 256,
    int Prototypes = 65536,
    double StudentTemperature = 0.1,
    double TeacherTemperature = 0.04,
    double? WarmTeacherTemperature = null,
    int WarmTeacherEpochs = 0,
    int FrozenPrototypeEpochs = 1,
    double CentreMomentum = 0.9,
    double Momentum = 0.996) : MethodOptions
{
    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => new Svt(ThreeDCsl.Fitting(encoder(), "svt"), this, world);
}

/// <summary>
/// SVT (Ranasinghe et al. 2022): large and small, long and short, dense and sparse views of one video are to mean the same. A teacher that follows the
/// student slowly sees the two global views; the student, which sees all, says of each what the teacher says of another one.
/// </summary>
public sealed class Svt : Method
{
    private const int WindowPart = 1; // of a sample's random numbers
    private const int StartPart = 100; // and the number of the view
    private const int ColourPart = 200;

    private static readonly AugmentationOptions Colours =
        AugmentationOptions.None with { ColourJitter = 0.8, Brightness = 0.4, Contrast = 0.4, Saturation = 0.2, Hue = 0, Grey = 0.2 };

    private readonly SvtOptions options;
    private readonly World world;
    private readonly VideoTransformer encoder;
    private readonly PrototypeHead head;
    private readonly VideoTransformer teacher;
    private readonly PrototypeHead teacherHead;
    private readonly Centre centre;
    private readonly Augmentation augmentation;

    /// <summary>The teacher is the student as it is when training begins.</summary>
    /// <param name="encoder">With divided attention; it becomes a part of the method.</param>
    /// <param name="options">What else is to be said.</param>
    /// <param name="world">The processes that train together: they have one centre.</param>
    /// <exception cref="RecipeException">The options cannot be.</exception>
    public Svt(VideoTransformer encoder, SvtOptions options, World world)
    {
        Check(encoder, options);
        (this.options, this.world) = (options, world);
        var shape = new PrototypeHeadShape(options.HeadHidden, options.HeadBottleneck, options.Prototypes);
        this.encoder = Part("encoder", encoder);
        head = Part("head", new PrototypeHead(encoder.Width, shape));
        teacher = Part("teacher", new VideoTransformer(encoder.Shape with { DropPath = 0 })); // as in DINO; SVT's code leaves branches of the teacher out too
        teacherHead = Part("teacher_head", new PrototypeHead(encoder.Width, shape));
        centre = Part("centre", new Centre(options.Prototypes));
        teacher.RequireGrad(false);
        teacherHead.RequireGrad(false);
        augmentation = new Augmentation(options.Augmentation ?? Colours);
        Views = new ViewPlan([.. Plans()]);
    }

    /// <inheritdoc/>
    public override Encoder Encoder => encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.ImageNet.Apply(clips);

    /// <inheritdoc/>
    public override void Begin(IEnumerable<Batch> batches)
    {
        MomentumCopy.Begin(teacher, encoder);
        MomentumCopy.Begin(teacherHead, head);
    }

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        Tensor[] views = [.. Views.Clips.Select((plan, i) => Prepare(Recoloured(batch, plan.Name, i)))];
        var student = head.Forward(MultiCrop.Vectors(encoder, views), learnPrototypes: at.Epoch >= options.FrozenPrototypeEpochs);
        return Objective(student, Targets(views[..2]), batch.Count, at);
    }

    /// <summary>The cross entropy of every view with every other global one, in full precision; moves the centre.</summary>
    /// <param name="student">V·B x K logits, view by view, the two global ones first.</param>
    /// <param name="targets">2·B x K logits of the teacher.</param>
    /// <param name="batch">B.</param>
    /// <param name="at">Where the training stands.</param>
    public Losses Objective(Tensor student, Tensor targets, long batch, Progress at)
    {
        using var full = Autocast.Enter(student.Device.Type, enabled: false);
        targets = targets.To(ScalarType.Float32);
        var loss = SelfDistillation.Loss(student.To(ScalarType.Float32), targets, centre.Value.Clone(), batch, Temperatures(at));
        centre.Update(world.GatherDetached(targets.Mean([0], keepdim: true)), options.CentreMomentum);
        return new Losses(new LossTerm("distillation", loss));
    }

    /// <inheritdoc/>
    public override void AfterStep(Progress at)
    {
        var momentum = Schedules.Between(at.Step, at.Steps, options.Momentum, 1);
        MomentumCopy.Update(teacher, encoder, momentum);
        MomentumCopy.Update(teacherHead, head, momentum);
    }

    private Tensor Targets(Tensor[] views)
    {
        using var noGrad = NoGrad.Enter();
        return teacherHead.Forward(MultiCrop.Vectors(teacher, views));
    }

    private Tensor Recoloured(Batch batch, string view, int number) =>
        augmentation.Apply(batch[view], batch.Randoms, ColourPart + number);

    private Temperatures Temperatures(Progress at)
    {
        var warm = options.WarmTeacherTemperature ?? options.TeacherTemperature;
        var epoch = at.EpochSteps == 0 ? 0 : at.Epoch;
        return new Temperatures(options.StudentTemperature, Schedules.Line(epoch, options.WarmTeacherEpochs, warm, options.TeacherTemperature));
    }

    // Two global views, then the local ones, all from one window of the video.
    private IEnumerable<ClipPlan> Plans()
    {
        var (globals, locals) = (GlobalFramesOf(options), LocalFramesOf(options));
        yield return Plan("global1", globals[0], encoder.Shape.Height, (options.MiddleArea, 1), (window, _) => SvtFrames.FirstGlobal(window, globals[0]));
        yield return Plan("global2", globals[1], encoder.Shape.Height, (options.MiddleArea, 1), (window, _) => SvtFrames.SecondGlobal(window, globals[1]));
        foreach (var (i, count) in locals.Index())
        {
            yield return Plan($"local{i + 1}", count, options.LocalSide, (options.LeastArea, options.MiddleArea),
                (window, sample) => SvtFrames.Local(window, SvtFrames.LocalStart(window, sample.For(StartPart + i)), count));
        }
    }

    private ClipPlan Plan(string name, int frames, int side, (double Least, double Most) area, Func<int, SampleRandom, int[]> choose) => new(name, frames, [options.Seconds / frames], side)
    {
        Times = (length, rate, sample) =>
        {
            var (start, count) = SvtFrames.Window(length, rate, options.Seconds, sample.For(WindowPart));
            return [.. choose(count, sample).Select(frame => start + frame)];
        },
        Crop = (width, height, random) => AreaCrop.Draw(width, height, area, random),
        Mirror = options.Mirror,
    };

    private static IReadOnlyList<int> GlobalFramesOf(SvtOptions options) => options.GlobalFrames ?? [8, 16];

    private static IReadOnlyList<int> LocalFramesOf(SvtOptions options) => options.LocalFrames ?? [2, 2, 4, 4, 8, 8, 16, 16];

    private static void Check(VideoTransformer encoder, SvtOptions options)
    {
        if (GlobalFramesOf(options).Count != 2 || GlobalFramesOf(options).Concat(LocalFramesOf(options)).Any(frames => frames < 1))
        {
            throw new RecipeException("svt: globalFrames are two numbers and localFrames any, each 1 or more");
        }

        if (encoder.Shape.Height != encoder.Shape.Width || options.LocalSide < 1 || options.LocalSide % encoder.Shape.Patch != 0)
        {
            throw new RecipeException($"svt: the encoder's frames are square, and a localSide of {options.LocalSide} is no whole number of patches of {encoder.Shape.Patch}");
        }

        if (options is not { Seconds: > 0, LeastArea: > 0, Mirror: >= 0 and <= 1, MiddleArea: <= 1 } || options.LeastArea > options.MiddleArea)
        {
            throw new RecipeException("svt: seconds is above 0, 0 < leastArea <= middleArea <= 1, and mirror is a probability from 0 to 1");
        }

        if (options is not { StudentTemperature: > 0, TeacherTemperature: > 0, WarmTeacherTemperature: null or > 0, Momentum: >= 0 and <= 1, CentreMomentum: >= 0 and <= 1 }
            || options is not { HeadHidden: > 0, HeadBottleneck: > 0, Prototypes: > 1, WarmTeacherEpochs: >= 0, FrozenPrototypeEpochs: >= 0 })
        {
            throw new RecipeException("svt: temperatures are above 0, momentum and centreMomentum from 0 to 1, sizes of the head above 0, prototypes above 1, and epochs 0 or more");
        }
    }
}
