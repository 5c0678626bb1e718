using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Parts;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>SVT on a network of a few thousand weights.</summary>
public sealed class SvtTests
{
    private static readonly SvtOptions Options = new(
        GlobalFrames: [2, 4], LocalFrames: [1, 2], LocalSide: 8, HeadHidden: 16, HeadBottleneck: 8, Prototypes: 12, FrozenPrototypeEpochs: 0);

    // With the centre held: when it comes, targets are spread out again, and the loss rises before it falls.
    [Fact]
    public void A_few_steps_on_one_batch_lower_the_loss()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { CentreMomentum = 1 });
        using var optimiser = new AdamW([new ParameterGroup(method.NamedParameters().Where(p => p.Tensor.RequiresGrad), 2e-3, 0)], 2e-3);
        var batch = Batch(method, 4);
        var losses = new List<double>();
        for (var step = 0; step < 10; step++)
        {
            using var inner = TensorScope.Enter();
            var loss = method.Step(batch, new Progress(step, 1000, 1000)).Total();
            loss.Backward();
            losses.Add(loss.Item());
            optimiser.Step();
            method.AfterStep(new Progress(step, 1000, 1000));
            method.ZeroGrad();
        }

        Assert.True(losses[^1] < 0.5 * losses[0], string.Join(" ", losses));
    }

    [Fact]
    public void The_student_gets_gradients_and_the_teacher_follows()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        Stir(method);
        method.Step(Batch(method, 3), new Progress(0, 10, 10)).Total().Backward();
        foreach (var (name, parameter) in method.NamedParameters())
        {
            var isTeacher = name.StartsWith("teacher", StringComparison.Ordinal);
            Assert.True(isTeacher ? parameter.Grad is null : parameter.Grad is { } grad && grad.Abs().Max().Item() > 0, name);
        }

        using var noGrad = NoGrad.Enter();
        foreach (var parameter in method.Encoder.Parameters()) { parameter.AddInPlace(1); }
        var before = Values(method, "teacher.norm.bias");
        method.AfterStep(new Progress(0, 10, 10));
        var student = Values(method, "encoder.norm.bias");
        Assert.All(Values(method, "teacher.norm.bias").Zip(before.Zip(student)), v => Assert.Equal((0.996f * v.Second.First) + (0.004f * v.Second.Second), v.First, 1e-6f));
        method.AfterStep(new Progress(10, 10, 10)); // at the end it stands still
        Assert.Equal((0.996f * before[0]) + (0.004f * student[0]), Values(method, "teacher.norm.bias")[0], 1e-6f);
    }

    [Fact]
    public void Prototypes_stand_still_in_the_first_epoch()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { FrozenPrototypeEpochs = 1 });
        var prototypes = method.NamedParameters().Single(p => p.Name == "head.last_layer.weight_v").Tensor;
        method.Step(Batch(method, 2), new Progress(9, 20, 10)).Total().Backward();
        Assert.Null(prototypes.Grad);
        method.Step(Batch(method, 2), new Progress(10, 20, 10)).Total().Backward();
        Assert.NotNull(prototypes.Grad);
    }

    [Fact]
    public void A_step_is_a_function_of_its_batch_and_moves_the_centre_afterwards()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        using var same = Method();
        var at = new Progress(0, 10, 10);
        var losses = method.Step(Batch(method, 3), at);
        Assert.Equal(["distillation"], losses.Terms.Select(term => term.Name));
        Assert.Equal(losses.Total().Item(), same.Step(Batch(same, 3), at).Total().Item());
        Assert.Contains(Values(method, "centre.center"), value => value != 0);
        Assert.NotEqual(losses.Total().Item(), method.Step(Batch(method, 3), at).Total().Item()); // there is a centre now
        Assert.NotEqual(losses.Total().Item(), Method().Step(Batch(method, 3, epoch: 1), at).Total().Item());
    }

    [Fact]
    public void Views_are_two_global_and_the_local_ones_of_one_window()
    {
        using var method = Method(new SvtOptions(Prototypes: 12, LocalSide: 8));
        Assert.Equal(["global1", "global2", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "local8"], method.Views.Clips.Select(plan => plan.Name));
        Assert.Equal([8, 16, 2, 2, 4, 4, 8, 8, 16, 16], method.Views.Clips.Select(plan => plan.Frames));
        Assert.Equal([16, 16, 8, 8, 8, 8, 8, 8, 8, 8], method.Views.Clips.Select(plan => plan.Side));
        var frames = method.Views.Clips.Select(plan => plan.Times!(1000, 8, new SampleRandom(1, 0, 0))).ToArray();
        Assert.Equal(frames[0][0] + 5, frames[1][0]);
        Assert.All(frames.SelectMany(view => view), frame => Assert.InRange(frame, frames[0][0], frames[1][^1]));
        Assert.All(frames[2..], local => Assert.InRange(local[^1] - local[0], 0, 68 / 8));
        Assert.True(frames[2..].Select(local => local[0]).Distinct().Count() > 4);
    }

    [Fact]
    public void Half_precision_gives_nearly_the_same()
    {
        using var scope = TensorScope.Enter();
        using var method = Method();
        using var half = Method();
        var full = method.Step(Batch(method, 3), default(Progress) with { EpochSteps = 1 }).Total();
        Tensor loss;
        using (Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16))
        {
            loss = half.Step(Batch(half, 3), default(Progress) with { EpochSteps = 1 }).Total();
        }

        loss.Backward();
        Assert.Equal(full.Item(), loss.Item(), 0.1 * full.Item());
        Assert.NotEqual(full.Item(), loss.Item());
        Assert.All(half.Encoder.Parameters(), parameter => Assert.True(parameter.Grad!.IsFinite().All().Item<bool>()));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        using var encoder = Encoder();
        SvtOptions[] wrong =
        [
            Options with { GlobalFrames = [8] }, Options with { LocalFrames = [0] }, Options with { LocalSide = 12 }, Options with { Seconds = double.NaN },
            Options with { LeastArea = 0.5 }, Options with { TeacherTemperature = 0 }, Options with { Momentum = 2 }, Options with { Prototypes = 1 },
        ];
        Assert.All(wrong, options => Assert.Throws<RecipeException>(() => options.Build(() => encoder, World.Single)));
        using var other = new VideoMae(new(new(24, 1, 2), 8));
        Assert.Throws<RecipeException>(() => Options.Build(() => other, World.Single));
    }

    private static VideoTransformer Encoder() =>
        new(new VideoTransformerShape(new(24, 1, 4), Patch: 8, Height: 16, Width: 16, Frames: 4, DropPath: 0), new Generator(1));

    private static Svt Method(SvtOptions? options = null)
    {
        Generator.Seed(3); // the head's weights
        var method = new Svt(Encoder(), options ?? Options, World.Single);
        method.Begin([]);
        return method;
    }

    // Zeros of the temporal branch let nothing through.
    private static void Stir(Method method)
    {
        using var generator = new Generator(4);
        foreach (var parameter in method.Encoder.Parameters().Where(p => p.Rank > 1)) { Init.Normal(parameter, 0, 0.1, generator); }
        foreach (var (_, parameter) in method.NamedParameters().Where(p => p.Name.StartsWith("head.mlp", StringComparison.Ordinal))) { Init.Normal(parameter, 0, 0.3, generator); }
    }

    private static float[] Values(Module method, string name) => method.NamedState().Single(entry => entry.Name == name).Tensor.Detach().Clone().ToArray<float>();

    private static Batch Batch(Method method, int count, int epoch = 0)
    {
        var generator = new Generator(21);
        var clips = method.Views.Clips.ToDictionary(
            plan => plan.Name, plan => (Tensor.Rand([count, plan.Frames, plan.Side, plan.Side, 3], generator) * 255).To(ScalarType.UInt8), StringComparer.Ordinal);
        return new Batch(clips, [.. Enumerable.Range(0, count).Select(i => (long)i)], [.. Enumerable.Range(0, count).Select(i => new SampleRandom(1, epoch, i))]);
    }
}
