using Sosia.Learning.Encoders;
using Sosia.Learning.Import;
using Sosia.Learning.Objectives;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>The cases of <c>mvd</c>.</summary>
public static class MvdVectors
{
    public static IReadOnlyDictionary<string, Action<VectorCase>> Cases { get; } = TorchCase.Scoped(new Dictionary<string, Action<VectorCase>>
    {
        ["loss"] = Losses,
        ["smooth_l1_edges"] = Edges,
        ["normalised_target"] = static one => one.Expect("target", TeacherFeatures.Normalised(one.Tensor("teacher"))),
        ["tube_mask"] = TubeMask,
        ["tube_mask_75"] = TubeMask,
        ["positions_3d"] = GridPositions,
        ["positions_video_teacher"] = static one => one.Expect("table", PositionTables.Sine((int)one.Option("tokens"), (int)one.Option("dim"))[0]),
        ["student"] = Student,
        ["image_teacher"] = ImageTeacher,
        ["video_teacher"] = VideoTeacher,
        ["training_step"] = TrainingStep,
        ["classifier"] = Classifier,
        ["frames_long"] = Frames,
        ["frames_short"] = Frames,
        ["frames_one"] = Frames,
        ["crops"] = Crops,
        ["schedule"] = Schedule,
        ["weight_decay_groups"] = Decays,
    });

    private static void Losses(VectorCase one)
    {
        var (image, video, hidden) = (one.Tensor("output_image").RequireGrad(), one.Tensor("output_video").RequireGrad(), one.Tensor("mask"));
        var ofImage = FeatureDistillation.Loss(image, one.Tensor("teacher_image"), hidden);
        var ofVideo = FeatureDistillation.Loss(video, one.Tensor("teacher_video"), hidden);
        var loss = (ofImage * one.Option("weight_image")) + (ofVideo * one.Option("weight_video"));
        loss.Backward();
        one.Expect("loss_image", ofImage);
        one.Expect("loss_video", ofVideo);
        one.Expect("loss", loss);
        one.Expect("grad_output_image", image.Grad!);
        one.Expect("grad_output_video", video.Grad!);
    }

    private static void Edges(VectorCase one)
    {
        var output = one.Tensor("output").RequireGrad();
        var loss = FeatureDistillation.Loss(output.View([1, -1, 1]), one.Tensor("target").View([1, -1, 1]), Tensor.Ones([1, output.Count], ScalarType.Bool));
        loss.Backward();
        one.Expect("loss", loss);
        one.Expect("grad_output", output.Grad!);
    }

    private static void TubeMask(VectorCase one)
    {
        var slices = one.Options.GetProperty("window")[0].GetInt32();
        var mask = Masks.TubeOfOrder(one.Tensor("order").View([1, -1]), slices, one.Option("ratio"))[0];
        one.Expect("mask", mask);
        one.Expect("hidden_per_frame", mask.To(ScalarType.Int64).Sum() / slices);
    }

    private static void GridPositions(VectorCase one)
    {
        var grid = (int)one.Option("grid");
        one.Expect("table", PositionTables.Sine((int)one.Option("time"), grid, grid, (int)one.Option("dim"))[0]);
    }

    private static void Student(VectorCase one)
    {
        using var student = StudentOf(one);
        one.ExpectEntries(student);
        using var noGrad = NoGrad.Enter();
        var (encoded, image, video) = student.Forward(one.Tensor("video"), one.Tensor("mask"));
        one.Expect("encoded", encoded);
        one.Expect("output_image", image);
        one.Expect("output_video", video);
    }

    private static void ImageTeacher(VectorCase one)
    {
        var side = (int)(one.Option("grid") * one.Option("patch"));
        using var teacher = new VisionTransformer(new(Size(one), (int)one.Option("patch"), side, side));
        Importer.Load(teacher, PublishedNames.MaskedAutoencoder(one.StateTensors()));
        one.Expect("features", TeacherFeatures.OfFrames(teacher, one.Tensor("video"), (int)one.Option("frame_step")));
    }

    private static void VideoTeacher(VectorCase one)
    {
        using var teacher = new VideoMae(
            new(Size(one), (int)one.Option("patch"), (int)one.Option("tubelet"), Pooling: VideoMaePooling.MeanOfNormalised));
        Importer.Load(teacher, PublishedNames.VideoMaePretraining(one.StateTensors(), norm: true));
        one.Expect("features", TeacherFeatures.OfClips(teacher, one.Tensor("video")));
    }

    private static void TrainingStep(VectorCase one)
    {
        using var student = StudentOf(one);
        var hidden = one.Tensor("mask");
        var (_, image, video) = student.Forward(one.Tensor("video"), hidden);
        var ofImage = FeatureDistillation.Loss(image, one.Tensor("teacher_image"), hidden);
        var ofVideo = FeatureDistillation.Loss(video, one.Tensor("teacher_video"), hidden);
        (ofImage + ofVideo).Backward();
        var gradients = student.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Grad!);
        one.Expect("loss_image", ofImage);
        one.Expect("loss_video", ofVideo);
        one.Expect("grad_mask_token_img", gradients["mask_token_img"]);
        one.Expect("grad_mask_token_vid", gradients["mask_token_vid"]);
        one.Expect("grad_down_vid_weight", gradients["down_vid.weight"]);
        one.Expect("grad_blocks_0_attn_q_bias", gradients["blocks.0.attn.q_bias"]);
        one.Expect("grad_patch_embed_proj_bias", gradients["patch_embed.proj.bias"]);
    }

    private static void Classifier(VectorCase one)
    {
        using var network = new VideoMae(new(
            Size(one), (int)one.Option("patch"), (int)one.Option("tubelet"), (int)one.Option("classes"), Positions: VideoMaePositions.Grid));
        network.Load(one.StateTensors());
        using var noGrad = NoGrad.Enter();
        var feature = network.Forward(one.Tensor("video")).Vector;
        one.Expect("feature", feature);
        one.Expect("logits", network.Classify(feature));
    }

    private static void Frames(VectorCase one)
    {
        var frames = MvdFrames.Clip((int)one.Option("duration"), (int)one.Integers("offset")[0], (int)one.Option("frames"), (int)one.Option("step"));
        one.Expect("frames", Array.ConvertAll(frames, static frame => (long)frame));
    }

    private static void Crops(VectorCase one)
    {
        var sizes = MultiScaleCrop.Sizes(340, 256, (int)one.Option("size"));
        one.Expect("pairs", [.. sizes.SelectMany(static size => new long[] { size.Width, size.Height })]);
        one.Expect("corners", [.. MultiScaleCrop.Corners(340, 256, sizes[3]).SelectMany(static corner => new long[] { corner.X, corner.Y })]);
    }

    private static void Schedule(VectorCase one)
    {
        var (perEpoch, share) = ((long)one.Option("steps_per_epoch"), one.Option("batch") / 256);
        var (steps, warmup) = ((long)one.Option("epochs") * perEpoch, (long)one.Option("warmup_epochs") * perEpoch);
        one.Expect("lr", [.. Enumerable.Range(0, (int)steps)
            .Select(step => (float)Schedules.WarmedCosine(step, steps, warmup, one.Option("base_lr") * share, one.Option("min_lr") * share))]);
    }

    private static void Decays(VectorCase one)
    {
        var names = one.Options.GetProperty("names").EnumerateArray().Select(static name => name.GetString()!);
        var shapes = one.Options.GetProperty("shapes").EnumerateArray().Select(static shape => shape.EnumerateArray().Select(static n => n.GetInt64()).ToArray());
        one.Expect("decays", [.. names.Zip(shapes).Select(static pair => TransformerInit.Decays(pair.First, Tensor.Zeros(pair.Second)) ? 1L : 0)]);
    }

    private static MvdStudent StudentOf(VectorCase one)
    {
        var (patch, tubelet) = ((int)one.Option("patch"), (int)one.Option("tubelet"));
        var side = (int)one.Option("grid") * patch;
        var decoder = new TransformerSize((int)one.Option("decoder_dim"), (int)one.Option("decoder_depth"), (int)one.Option("decoder_heads"));
        var encoder = new VideoMae(new(
            Size(one), patch, tubelet, Pooling: VideoMaePooling.MeanAsIs, Positions: VideoMaePositions.Grid, Frames: (int)one.Option("time") * tubelet, Side: side));
        var student = new MvdStudent(encoder, new(decoder, (int)one.Option("target_dim_image"), (int)one.Option("target_dim_video")));
        Importer.Load(student, PublishedNames.MvdStudent(one.StateTensors()));
        return student;
    }

    private static TransformerSize Size(VectorCase one) => new((int)one.Option("dim"), (int)one.Option("depth"), (int)one.Option("heads"));
}
