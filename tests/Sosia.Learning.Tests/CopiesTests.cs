using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Learning.Tests;

/// <summary>The method that trains the default model, with the pretrained trunk on a few small pictures.</summary>
public sealed class CopiesTests
{
    private const int Side = ClipTrunk.Side;
    private const int Width = 16;

    private static readonly CopiesOptions Options = new(
        LearnFrom: 8, Memory: 4, ReadSide: Side, LearnSide: 64, Edits: EditOptions.Each(0) with { Crop = 0.5, Grey = 0.5 }); // each step sees as much

    [Fact]
    public void A_few_steps_on_one_batch_lower_the_loss()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options);
        var batch = Batch(method, 0, 4);
        method.Begin([batch]);
        var losses = Steps(method, batch, 10);
        Assert.True(losses[^1] < 0.7 * losses[0], string.Join(" ", losses));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(14)]
    public void Blocks_from_the_first_that_learns_on_get_gradients(int from)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { LearnFrom = from });
        method.Step(Batch(method, 0, 3), default).Total().Backward();
        Assert.All(method.NamedParameters(), one => Assert.True(
            Learns(one.Name, from) == (one.Tensor.Grad is { } grad && grad.Abs().Max().Item() > 0), $"{one.Name}: {(one.Tensor.Grad is null ? "no" : "a")} gradient"));
    }

    [Fact]
    public void Beyond_the_last_block_only_what_is_over_time_learns()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { LearnFrom = 15, Frames = 2 }, timeDepth: 1);
        Stir(method, "encoder.time.");
        method.Step(Batch(method, 0, 3), default).Total().Backward();
        Assert.All(method.NamedParameters(), one => Assert.Equal(one.Name.StartsWith("encoder.time.", StringComparison.Ordinal), one.Tensor.Grad is { } grad && grad.Abs().Max().Item() > 0));
    }

    [Fact]
    public void A_step_is_a_function_of_its_batch_and_names_its_terms()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options);
        using var same = Method(Options);
        var losses = method.Step(Batch(method, 0, 3), default);
        Assert.Equal(["distillation", "contrast"], losses.Terms.Select(term => term.Name));
        Assert.Equal(losses.Total().Item(), same.Step(Batch(same, 0, 3), default).Total().Item());

        using var other = Method(Options);
        Assert.NotEqual(losses.Total().Item(), other.Step(Batch(other, 0, 3, epoch: 1), default).Total().Item());
    }

    [Fact]
    public void The_trunk_is_whitened_before_and_after_and_the_teacher_stays_in_between()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { WhiteningFloor = 1e-9 });
        Batch[] batches = [.. Enumerable.Range(0, 6).Select(i => Batch(method, 4 * i, 4))];
        Assert.False(IsWhite(method, batches));
        method.Begin(batches);
        Assert.True(IsWhite(method, batches));
        var taught = State(method, "teacher.");
        Assert.Equal(State(method, "encoder."), taught);

        Steps(method, batches[0], 2);
        Assert.Equal(taught, State(method, "teacher."));
        Assert.NotEqual(taught["projection.weight"], State(method, "encoder.")["projection.weight"]);
        Assert.NotEqual(taught["network.features.14.conv.0.0.weight"], State(method, "encoder.")["network.features.14.conv.0.0.weight"]);
        Assert.Equal(taught["network.features.7.conv.0.0.weight"], State(method, "encoder.")["network.features.7.conv.0.0.weight"]);

        Assert.False(IsWhite(method, batches));
        method.End(batches);
        Assert.True(IsWhite(method, batches));
        Assert.Equal(taught, State(method, "teacher."));
    }

    [Fact]
    public void A_later_stage_keeps_what_an_earlier_one_learnt()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { Whiten = false, Distillation = 0, LearnFrom = 15, Frames = 2 }, timeDepth: 1);
        var before = State(method, "encoder.");
        var batch = Batch(method, 0, 3);
        method.Begin([batch]);
        method.End([batch]);
        Assert.Equal(before, State(method, "encoder."));
        Assert.True(double.IsFinite(method.Step(batch, default).Total().Item()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)] // over the picture lies a part of the next one
    public void A_mixture_is_described_as_the_sum_of_both_clips(double over)
    {
        using var scope = TensorScope.Enter();
        var edits = EditOptions.Each(0) with { PipOver = over, PipIn = 1 - over };
        using var method = Method(Options with { LearnSide = Side, Edits = edits });
        var batch = Batch(method, 0, 3);
        method.Begin([batch]);
        var clips = Rows(method.Encoder, batch["clip"]);
        var mixed = Rows(method.Encoder, CopyEdits.Apply(batch["clip"], [.. batch.Randoms.Select(random => CopyEdits.Draw(edits, random.For(1)))]));
        var expected = Enumerable.Range(0, 3).Average(i => 1 - Cos(mixed[i], [.. clips[i].Zip(clips[(i + 1) % 3], (a, b) => a + b)]));

        var found = method.Step(batch, default).Terms[0].Value.Item();

        Assert.Equal(expected, found, 1e-4);
        Assert.True(Math.Abs(Enumerable.Range(0, 3).Average(i => 1 - Cos(mixed[i], clips[i])) - found) > 0.01);
    }

    [Fact]
    public void Clips_of_several_frames_are_learnt_from()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options with { Frames = 2, LearnFrom = 15, Intervals = [1] }, timeDepth: 1);
        var plan = Assert.Single(method.Views.Clips);
        Assert.Equal(("clip", 2, 1.0, Side, true), (plan.Name, plan.Frames, plan.Intervals[0], plan.Side, plan.Whole));
        var batch = Batch(method, 0, 4);
        method.Begin([batch]);
        var losses = Steps(method, batch, 10);
        Assert.True(losses[^1] < losses[0] - 1e-3, string.Join(" ", losses));
    }

    [Fact]
    public void Half_precision_gives_nearly_the_same()
    {
        using var scope = TensorScope.Enter();
        using var method = Method(Options);
        using var half = Method(Options);
        var batch = Batch(method, 0, 4);
        var full = method.Step(batch, default).Total().Item();
        Tensor loss;
        using (Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16))
        {
            loss = half.Step(batch, default).Total();
        }

        loss.Backward();
        Assert.Equal(full, loss.Item(), 0.1 * full);
        Assert.NotEqual(full, loss.Item());
        Assert.All(half.Parameters().Where(parameter => parameter.Grad is not null), parameter => Assert.True(parameter.Grad!.IsFinite().All().Item<bool>()));
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var method = Method(Options);
        Pass();
        var before = LiveTensors.Settled();
        Pass();
        Assert.Equal(before, Tensor.Live);

        void Pass()
        {
            using var scope = TensorScope.Enter();
            var batch = Batch(method, 0, 2);
            method.Begin([batch]);
            method.Step(batch, default).Total().Backward();
            method.ZeroGrad();
            method.End([batch]);
        }
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        using var encoder = Encoder(timeDepth: 0);
        Refused(new CopiesOptions(Frames: 0), "frames");
        Refused(new CopiesOptions(Frames: 3), "the encoder's 2");
        Refused(new CopiesOptions(ReadSide: Side - 1), "readSide");
        Refused(new CopiesOptions(LearnSide: Side + 1), "learnSide");
        Refused(new CopiesOptions(LearnSide: 16), "learnSide");
        Refused(new CopiesOptions(Near: 0), "near");
        Refused(new CopiesOptions(Near: double.NaN), "near");
        Refused(new CopiesOptions(Memory: -1), "memory");
        Refused(new CopiesOptions(Temperature: 0), "temperature");
        Refused(new CopiesOptions(WhiteningFloor: -1), "whiteningFloor");
        Refused(new CopiesOptions(Distillation: -1), "distillation");
        Refused(new CopiesOptions(Contrast: double.NaN), "contrast");
        Refused(new CopiesOptions(Intervals: []), "intervals");
        Refused(new CopiesOptions(Intervals: [0.5, -1]), "intervals");
        Refused(new CopiesOptions(LearnFrom: 15), "learnFrom"); // nothing would learn
        Refused(new CopiesOptions(Edits: new EditOptions(Crop: 2)), "crop is 2");
        Assert.Contains("a memory of 8 cannot hold the clips of 9 videos", new CopiesOptions(Memory: 8).Fault(9), StringComparison.Ordinal);
        Assert.Null(new CopiesOptions(Memory: 8).Fault(8));
        Assert.Null(new CopiesOptions(Memory: 0).Fault(9));
        using var other = new VisionTransformer(new(new(24, 1, 3), 8, 16, 24));
        Assert.Contains("clip-trunk", Assert.Throws<RecipeException>(() => new CopiesOptions().Build(() => other, World.Single)).Message, StringComparison.Ordinal);

        void Refused(CopiesOptions options, string name) =>
            Assert.Contains(name, Assert.Throws<RecipeException>(() => options.Build(() => encoder, World.Single)).Message, StringComparison.Ordinal);
    }

    private static ClipTrunk Encoder(int timeDepth)
    {
        Generator.Seed(3);
        return (ClipTrunk)new ClipTrunkOptions(Width: Width, Frames: 2, TimeWidth: 8, TimeDepth: timeDepth, TimeHeads: 2).Build(new Generator(3), checkpointing: false);
    }

    private static Copies Method(CopiesOptions options, int timeDepth = 0) => (Copies)options.Build(() => Encoder(timeDepth), World.Single);

    private static bool Learns(string name, int from)
    {
        var parts = name.Split('.');
        return parts[0] == "encoder" && (parts[1] == "projection" || int.Parse(parts[3], System.Globalization.CultureInfo.InvariantCulture) >= from);
    }

    private static List<double> Steps(Copies method, Batch batch, int count)
    {
        using var optimiser = new AdamW([new ParameterGroup(method.NamedParameters(), 2e-3, 0)], 2e-3);
        var losses = new List<double>();
        for (var step = 0; step < count; step++)
        {
            using var scope = TensorScope.Enter();
            var loss = method.Step(batch, new Progress(step, count, count)).Total();
            loss.Backward();
            losses.Add(loss.Item());
            optimiser.Step();
            method.ZeroGrad();
        }

        return losses;
    }

    // Of the projected frames of all batches, and their mirror images: no mean, the same spread along every direction and none together.
    private static bool IsWhite(Copies method, Batch[] batches)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var trunk = (ClipTrunk)method.Encoder;
        var pictures = Tensor.Cat([.. batches.Select(batch => method.Prepare(batch["clip"]).Select(2, 0))], 0);
        var rows = trunk.Project(trunk.Pooled(Tensor.Cat([pictures, pictures.Flip([3])], 0))) * Math.Sqrt(Width);
        var covariance = rows.Transpose(0, 1).MatMul(rows) / rows.Size(0);
        return rows.Mean([0]).Abs().Max().Item() < 0.01 && (covariance - Tensor.Eye(Width)).Abs().Max().Item() < 0.05;
    }

    private static Dictionary<string, float[]> State(Copies method, string part) =>
        method.NamedState().Where(entry => entry.Name.StartsWith(part, StringComparison.Ordinal)).ToDictionary(entry => entry.Name[part.Length..], entry => entry.Tensor.ToArray<float>());

    // The last layer starts at zero, which lets nothing through.
    private static void Stir(Copies method, string part)
    {
        using var noGrad = NoGrad.Enter();
        var generator = new Generator(9);
        foreach (var (_, tensor) in method.NamedParameters().Where(one => one.Name.StartsWith(part, StringComparison.Ordinal)))
        {
            tensor.AddInPlace(Tensor.Randn(tensor.Shape, generator), 0.2);
        }
    }

    private static float[][] Rows(Encoder encoder, Tensor clips)
    {
        using var noGrad = NoGrad.Enter();
        return [.. encoder.Forward((clips * 2) - 1).Vector.ToArray<float>().Chunk(Width)];
    }

    private static double Cos(float[] a, float[] b) => Dot(a, b) / Math.Sqrt(Dot(a, a) * Dot(b, b));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    // Of scenes that have nothing in common.
    private static Batch Batch(Copies method, int first, int count, int epoch = 0)
    {
        var plan = method.Views.Clips[0];
        byte[] bytes = [.. Enumerable.Range(first, count).SelectMany(i => Scenes.Render(100 + i, plan.Frames, 1, Side, Side).SelectMany(frame => frame.ToArray()))];
        var clips = new Dictionary<string, Tensor> { [plan.Name] = Tensor.Of(bytes, count, plan.Frames, Side, Side, 3) };
        return new Batch(clips, [.. Enumerable.Range(first, count).Select(i => (long)i)], [.. Enumerable.Range(first, count).Select(i => new SampleRandom(1, epoch, i))]);
    }
}
