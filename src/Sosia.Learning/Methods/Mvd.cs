using System.Text.Json.Serialization;
using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Methods;

/// <summary>MVD; sources of the values are in the recipe.</summary>
/// <param name="ImageTeacher">File of a pre-trained MAE (facebookresearch/mae); null: a network of starting weights, for trials.</param>
/// <param name="VideoTeacher">File of a pre-trained VideoMAE (MCG-NJU/VideoMAE); null: a network of starting weights, for trials.</param>
/// <param name="DecoderWidth">Of both decoders; null: as the authors' scripts have it for a student of this width.</param>
/// <param name="DecoderDepth">Blocks of each; null: the same.</param>
/// <param name="DecoderHeads">Of each block; null: the same.</param>
/// <param name="MaskRatio">Share of the places that the student does not see.</param>
/// <param name="ImageWeight">Of the image teacher's loss.</param>
/// <param name="VideoWeight">Of the video teacher's loss.</param>
/// <param name="Distance">Of an answer from a feature.</param>
/// <param name="NormaliseFeatures">Whether each token of a teacher is normalised first.</param>
/// <param name="Interval">Seconds from frame to frame.</param>
public sealed record MvdOptions(
    string? ImageTeacher = null,
    string? VideoTeacher = null,
    int? DecoderWidth = null,
    int? DecoderDepth = null,
    int? DecoderHeads = null,
    double MaskRatio = 0.9,
    double ImageWeight = 1,
    double VideoWeight = 1,
    FeatureDistance Distance = FeatureDistance.SmoothL1,
    bool NormaliseFeatures = false,
    double Interval = 4 / 30.0) : MethodOptions
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override MethodOptions WithoutFiles => this with { ImageTeacher = null, VideoTeacher = null };

    /// <inheritdoc/>
    public override Method Build(Func<Encoder> encoder, World world) => encoder() is VideoMae student
        ? new Mvd(student, ImageTeacherOf(student.Shape), VideoTeacherOf(student.Shape), this)
        : throw new RecipeException("mvd trains a videomae, no other encoder");

    private VisionTransformer ImageTeacherOf(VideoMaeShape student) =>
        ImageTeacher is { } file ? Pretrained.Mae(file, student) : new VisionTransformer(new(student.Size, student.Patch, student.Side, student.Side));

    private VideoMae VideoTeacherOf(VideoMaeShape student) =>
        VideoTeacher is { } file ? Pretrained.VideoMae(file) : new VideoMae(student with { DropPath = 0, Positions = VideoMaePositions.Flat, Pooling = VideoMaePooling.MeanOfNormalised });
}

/// <summary>
/// MVD, stage 2 (Wang et al. 2023): of a clip of which nine tenths are hidden, a student says what an image teacher and a video teacher see at the hidden
/// places. The first is good at how things look, the second at how they move.
/// </summary>
public sealed class Mvd : Method
{
    private const int MaskPart = 1; // of a sample's random numbers
    private const int FramesPart = 2;

    private readonly MvdOptions options;
    private readonly MvdStudent student;
    private readonly VisionTransformer imageTeacher;
    private readonly VideoMae videoTeacher;

    /// <summary>With decoders of starting weights.</summary>
    /// <param name="encoder">It becomes a part of the student.</param>
    /// <param name="imageTeacher">Frozen; its grid is the student's.</param>
    /// <param name="videoTeacher">Frozen; its tubelets are the student's.</param>
    /// <param name="options">What else is to be said.</param>
    /// <exception cref="RecipeException">The options cannot be, or the teachers do not fit.</exception>
    public Mvd(VideoMae encoder, VisionTransformer imageTeacher, VideoMae videoTeacher, MvdOptions options)
    {
        Check(options);
        this.options = options;
        var usual = MvdStudentShape.DecoderOf(encoder.Shape.Size);
        var decoder = new TransformerSize(options.DecoderWidth ?? usual.Width, options.DecoderDepth ?? usual.Depth, options.DecoderHeads ?? usual.Heads);
        RequireFit(encoder.Shape, imageTeacher.Shape, videoTeacher.Shape, decoder);
        student = Part("student", new MvdStudent(encoder, new MvdStudentShape(decoder, imageTeacher.Width, videoTeacher.Width)));
        this.imageTeacher = Part("image_teacher", imageTeacher);
        this.videoTeacher = Part("video_teacher", videoTeacher);
        imageTeacher.RequireGrad(false);
        videoTeacher.RequireGrad(false);
        var shape = encoder.Shape;
        Views = new ViewPlan(new ClipPlan("clip", shape.Frames, [options.Interval], shape.Side)
        {
            Times = (length, rate, sample) => Frames(length, rate, shape.Frames, sample),
            Crop = (width, height, random) => MultiScaleCrop.Draw(width, height, shape.Side, random),
        });
    }

    /// <inheritdoc/>
    public override Encoder Encoder => student.Encoder;

    /// <inheritdoc/>
    public override ViewPlan Views { get; }

    /// <inheritdoc/>
    public override Tensor Prepare(Tensor clips) => PixelNormalisation.ImageNet.Apply(clips);

    /// <inheritdoc/>
    public override Losses Step(Batch batch, Progress at)
    {
        var clips = Prepare(batch["clip"]); // N x 3 x T x H x W
        var hidden = Hidden(batch.Randoms, clips.Device);
        var image = TeacherFeatures.OfFrames(imageTeacher, Sized(clips, imageTeacher.Shape.Height), student.Encoder.Shape.Tubelet);
        var video = TeacherFeatures.OfClips(videoTeacher, clips);
        return Objective(student.Forward(clips, hidden), image, video, hidden);
    }

    /// <summary>The distances from both teachers at the hidden tokens, in full precision.</summary>
    /// <param name="said">By the student.</param>
    /// <param name="image">N x tokens x D of the image teacher.</param>
    /// <param name="video">N x tokens x D of the video teacher.</param>
    /// <param name="hidden">N x tokens, true where hidden.</param>
    public Losses Objective(Distilled said, Tensor image, Tensor video, Tensor hidden)
    {
        using var full = Autocast.Enter(image.Device.Type, enabled: false);
        return new Losses(
            new LossTerm("image", Distance(said.Image, image), options.ImageWeight),
            new LossTerm("video", Distance(said.Video, video), options.VideoWeight));

        Tensor Distance(Tensor output, Tensor features)
        {
            var wide = features.To(ScalarType.Float32);
            var target = options.NormaliseFeatures ? TeacherFeatures.Normalised(wide) : wide;
            return FeatureDistillation.Loss(output.To(ScalarType.Float32), target, hidden, options.Distance);
        }
    }

    private Tensor Hidden(IReadOnlyList<SampleRandom> randoms, Device device)
    {
        var shape = student.Encoder.Shape;
        var places = shape.Side / shape.Patch * (shape.Side / shape.Patch);
        var noise = randoms.Select(random => random.For(MaskPart)).SelectMany(own => Enumerable.Range(0, places).Select(_ => own.Next())).ToArray();
        return Masks.TubeOfOrder(Tensor.Of(noise, randoms.Count, places).ArgSort(), shape.Frames / shape.Tubelet, options.MaskRatio).To(device);
    }

    // N x 3 x T x H x W to the side of a teacher whose patches are of another size.
    private static Tensor Sized(Tensor clips, int side)
    {
        if (clips.Size(-1) == side)
        {
            return clips;
        }

        var (count, frames) = (clips.Size(0), clips.Size(2));
        var pictures = clips.Transpose(1, 2).Flatten(0, 1).UpsampleBilinear2d([side, side], alignCorners: false);
        return pictures.View([count, frames, 3, side, side]).Transpose(1, 2);
    }

    private int[] Frames(int length, double rate, int count, SampleRandom sample)
    {
        var step = double.IsNaN(rate) ? 1 : Math.Max(1, (int)Math.Round(options.Interval * rate));
        return MvdFrames.Clip(length, MvdFrames.Start(length, count, step, sample.For(FramesPart)), count, step);
    }

    private static void Check(MvdOptions options)
    {
        if (options is not { MaskRatio: > 0 and < 1, ImageWeight: >= 0, VideoWeight: >= 0, Interval: > 0 } || options.ImageWeight + options.VideoWeight == 0)
        {
            throw new RecipeException("mvd: maskRatio lies between 0 and 1, imageWeight and videoWeight are not negative and not both 0, and interval is above 0, in seconds");
        }
    }

    private static void RequireFit(VideoMaeShape encoder, VisionTransformerShape image, VideoMaeShape video, TransformerSize decoder)
    {
        var grid = encoder.Side / encoder.Patch;
        if (image.Height / image.Patch != grid || image.Width / image.Patch != grid || (video.Patch, video.Tubelet) != (encoder.Patch, encoder.Tubelet))
        {
            throw new RecipeException($"mvd: the image teacher sees {grid} x {grid} patches, and the video teacher tubelets of {encoder.Tubelet} x {encoder.Patch} x {encoder.Patch}, as the student does");
        }

        if (encoder is not { Positions: VideoMaePositions.Grid, Pooling: VideoMaePooling.MeanAsIs })
        {
            throw new RecipeException("mvd: the encoder's positions are grid and its pooling is mean-as-is");
        }

        if (decoder is not { Width: > 0, Depth: > 0, Heads: > 0 } || decoder.Width % 16 != 0 || decoder.Width % decoder.Heads != 0)
        {
            throw new RecipeException($"mvd: decoderWidth is a multiple of 16 that decoderHeads share evenly; they are {decoder.Width} and {decoder.Heads}");
        }
    }
}
