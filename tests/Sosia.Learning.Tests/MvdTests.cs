using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>MVD on networks of a few thousand weights.</summary>
public sealed class MvdTests
{
    private static readonly MvdOptions Options = new("mae.pth", "videomae.pth", DecoderWidth: 16, DecoderDepth: 1, DecoderHeads: 2, MaskRatio: 0.75);

    private static readonly VideoMaeShape Shape = new(
        new(32, 1, 4), 8, Pooling: VideoMaePooling.MeanAsIs, Positions: VideoMaePositions.Grid, Frames: 4, Side: 16);

    [Fact]
    public void A_few_steps_on_one_batch_lower_the_loss()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        using var optimiser = new AdamW([new ParameterGroup(method.NamedParameters().Where(p => p.Tensor.RequiresGrad), 5e-3, 0)], 5e-3);
        var batch = Batch(method, 4);
        var losses = new List<double>();
        for (var step = 0; step < 40; step++)
        {
            using var inner = TensorScope.Enter();
            var loss = method.Step(batch, default).Total();
            loss.Backward();
            losses.Add(loss.Item());
            optimiser.Step();
            method.ZeroGrad();
        }

        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(" ", losses));
    }

    [Fact]
    public void The_student_alone_gets_gradients()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        method.Step(Batch(method, 3), default).Total().Backward();
        foreach (var (name, parameter) in method.NamedParameters())
        {
            var isStudent = name.StartsWith("student.", StringComparison.Ordinal);
            Assert.True(isStudent ? parameter.Grad is { } grad && grad.Abs().Max().Item() > 0 : parameter.Grad is null, name);
        }
    }

    [Fact]
    public void A_step_is_a_function_of_its_batch_and_names_its_terms()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        using var same = Method();
        var losses = method.Step(Batch(method, 3), default);
        Assert.Equal(["image", "video"], losses.Terms.Select(term => term.Name));
        Assert.Equal(losses.Total().Item(), same.Step(Batch(same, 3), default).Total().Item());
        Assert.NotEqual(losses.Total().Item(), same.Step(Batch(same, 3, epoch: 1), default).Total().Item()); // other places are hidden
        using var normalised = Method(Options with { NormaliseFeatures = true, Distance = FeatureDistance.L2 });
        Assert.NotEqual(losses.Total().Item(), normalised.Step(Batch(normalised, 3), default).Total().Item());
    }

    [Fact]
    public void An_image_teacher_with_other_patches_sees_the_clip_at_its_own_size()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(teacher: new(new(24, 1, 2), Patch: 7, Height: 14, Width: 14));
        Assert.True(double.IsFinite(method.Step(Batch(method, 3), default).Total().Item()));
        Assert.Throws<RecipeException>(() => Method(teacher: new(new(24, 1, 2), Patch: 7, Height: 21, Width: 21)));
    }

    [Fact]
    public void Published_teachers_are_read_from_their_files()
    {
        using var scope = TensorScope.Enter();
        var folder = Directory.CreateTempSubdirectory("sosia-teachers-").FullName;
        try
        {
            using var mae = new MaskedAutoencoder(new(new(64, 1, 1), new(16, 1, 2), 8, 32, 32), new Generator(1)); // of larger pictures
            using var videoMae = new VideoMaePretraining(new(new(64, 1, 1), new(16, 1, 2), 8), new Generator(2));
            var (image, video) = (Path.Combine(folder, "mae.safetensors"), Path.Combine(folder, "videomae.safetensors"));
            Safetensors.Write(image, mae.ToStored());
            Safetensors.Write(video, videoMae.ToStored());
            using var method = (Options with { ImageTeacher = image, VideoTeacher = video }).Build(() => new VideoMae(Shape, new Generator(3)), World.Single);
            var state = method.NamedState().ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
            Assert.Equal(PositionTables.Sine(2, 2, 64).ToArray<float>(), state["image_teacher.pos_embed"].Detach().ToArray<float>());
            Assert.Equal(Entry(mae, "blocks.0.attn.qkv.bias"), state["image_teacher.blocks.0.attn.qkv.bias"].Detach().ToArray<float>());
            Assert.Equal(Entry(videoMae, "encoder.blocks.0.attn.qkv.weight"), state["video_teacher.blocks.0.attn.qkv.weight"].Detach().ToArray<float>());
            Assert.True(double.IsFinite(method.Step(Batch(method, 2), default).Total().Item()));

            var swapped = Options with { ImageTeacher = video, VideoTeacher = image };
            Assert.Contains("MAE", Assert.Throws<RecipeException>(() => swapped.Build(() => new VideoMae(Shape), World.Single)).Message, StringComparison.Ordinal);
            Assert.Throws<RecipeException>(() => (Options with { ImageTeacher = Path.Combine(folder, "none.pth") }).Build(() => new VideoMae(Shape), World.Single));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        MvdOptions[] wrong =
        [
            Options with { MaskRatio = 1 }, Options with { MaskRatio = 0 }, Options with { ImageWeight = -1 }, Options with { ImageWeight = 0, VideoWeight = 0 },
            Options with { Interval = 0 }, Options with { DecoderWidth = 24 }, Options with { DecoderHeads = 3 },
        ];
        Assert.All(wrong, options => Assert.Throws<RecipeException>(() => Method(options)));
        using var other = new VideoTransformer(new(new(24, 1, 2), 8, 16, 16, 4));
        Assert.Throws<RecipeException>(() => Options.Build(() => other, World.Single));
    }

    private static Mvd Method(MvdOptions? options = null, VisionTransformerShape? teacher = null)
    {
        Generator.Seed(3); // the decoders' weights
        var image = new VisionTransformer(teacher ?? new(new(24, 1, 2), 8, 16, 16), new Generator(1));
        var video = new VideoMae(new(new(12, 1, 2), 8, Pooling: VideoMaePooling.MeanOfNormalised), new Generator(2));
        using var generator = new Generator(4);
        foreach (var parameter in image.Parameters().Concat(video.Parameters()).Where(p => p.Rank > 1)) { Init.Normal(parameter, 0, 0.2, generator); }
        return new Mvd(new VideoMae(Shape, new Generator(5)), image, video, options ?? Options);
    }

    private static float[] Entry(Module network, string name) => network.NamedState().Single(entry => entry.Name == name).Tensor.Detach().ToArray<float>();

    private static Batch Batch(Method method, int count, int epoch = 0)
    {
        var plan = method.Views.Clips[0];
        var bytes = (Tensor.Rand([count, plan.Frames, plan.Side, plan.Side, 3], new Generator(21)) * 255).To(ScalarType.UInt8);
        var clips = new Dictionary<string, Tensor> { [plan.Name] = bytes };
        return new Batch(clips, [.. Enumerable.Range(0, count).Select(i => (long)i)], [.. Enumerable.Range(0, count).Select(i => new SampleRandom(1, epoch, i))]);
    }
}
