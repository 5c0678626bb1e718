using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Objectives;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>Both stages on a network of a few thousand weights.</summary>
public sealed class ThreeDCslTests
{
    private const int Side = 16;
    private const int Frames = 4;

    private static readonly ThreeDCslOptions Options = new(Memory: 12); // of a batch of four: each step sees as much

    [Theory]
    [InlineData("predmae")]
    [InlineData("3d-csl")]
    public void A_few_steps_on_one_batch_lower_the_loss(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(name);
        using var optimiser = new AdamW([new ParameterGroup(method.NamedParameters(), 2e-3, 0)], 2e-3);
        var batch = Batch(method, 4);
        var losses = new List<double>();
        for (var step = 0; step < 25; step++)
        {
            using var inner = TensorScope.Enter();
            var loss = method.Step(batch, new Progress(step, 25, 25)).Total();
            loss.Backward();
            losses.Add(loss.Item());
            optimiser.Step();
            method.ZeroGrad();
        }

        Assert.True(losses[^1] < 0.8 * losses[0], string.Join(" ", losses));
    }

    [Theory]
    [InlineData("predmae")]
    [InlineData("3d-csl")]
    public void Every_parameter_gets_a_gradient(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(name);
        foreach (var (_, tensor) in method.NamedParameters().Where(p => p.Name.EndsWith("temporal_fc.weight", StringComparison.Ordinal)))
        {
            Init.Normal(tensor, 0, 0.1, new Generator(4)); // zeros let nothing through
        }

        method.Step(Batch(method, 3), default).Total().Backward();

        foreach (var (parameter, tensor) in method.NamedParameters())
        {
            Assert.True(tensor.Grad is { } grad && grad.Abs().Max().Item() > 0, $"{parameter} gets no gradient");
        }
    }

    [Theory]
    [InlineData("predmae", "mse")]
    [InlineData("3d-csl", "ms fcs")]
    public void A_step_is_a_function_of_its_batch_and_names_its_terms(string name, string terms)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(name);
        using var same = Method(name);
        var losses = method.Step(Batch(method, 3), default);
        Assert.Equal(losses.Total().Item(), same.Step(Batch(same, 3), default).Total().Item());
        Assert.Equal(terms, string.Join(' ', losses.Terms.Select(term => term.Name)));
        Assert.NotEqual(losses.Total().Item(), same.Step(Batch(same, 3, epoch: 1), default).Total().Item());
    }

    [Theory]
    [InlineData("predmae")]
    [InlineData("3d-csl")]
    public void Half_precision_gives_nearly_the_same(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(name);
        using var half = Method(name);
        var full = method.Step(Batch(method, 3), default).Total();
        Tensor loss;
        using (Autocast.Enter(DeviceType.Cpu, ScalarType.BFloat16))
        {
            loss = half.Step(Batch(half, 3), default).Total();
        }

        loss.Backward();
        Assert.Equal(ScalarType.Float32, loss.Type);
        Assert.Equal(full.Item(), loss.Item(), 0.1 * full.Item());
        Assert.NotEqual(full.Item(), loss.Item());
        Assert.All(half.Parameters(), parameter => Assert.True(parameter.Grad!.IsFinite().All().Item<bool>()));
    }

    [Theory]
    [InlineData("predmae")]
    [InlineData("3d-csl")]
    public void Running_blocks_again_gives_the_same_gradients(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Method(name);
        using var again = Method(name, checkpointing: true);
        method.Step(Batch(method, 3), default).Total().Backward();
        again.Step(Batch(again, 3), default).Total().Backward();
        foreach (var (a, b) in method.NamedParameters().Zip(again.NamedParameters()))
        {
            Assert.True((a.Tensor.Grad! - b.Tensor.Grad!).Abs().Max().Item() < 1e-5, a.Name);
        }
    }

    [Fact]
    public void The_encoder_flows_from_the_first_stage_to_the_second_by_name()
    {
        using var scope = TensorScope.Enter();
        using var first = Method("predmae");
        using var second = Method("3d-csl", seed: 2);
        second.Load(first.ToStored().ToList(), strict: false);

        var all = first.Encoder.NamedState().Zip(second.Encoder.NamedState());
        Assert.All(all, pair => Assert.Equal(pair.First.Tensor.ToArray<float>(), pair.Second.Tensor.ToArray<float>()));
        Assert.All(first.NamedState(), entry => Assert.Matches("^(encoder|decoder)[.]", entry.Name));
        Assert.Equal(4, second.NamedState().Count(entry => entry.Name.StartsWith("memory.", StringComparison.Ordinal)));
    }

    [Fact]
    public void What_is_hidden_does_not_reach_the_prediction()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var method = (PredMae)Method("predmae");
        var past = Tensor.Randn([2, 3, Frames, Side, Side], new Generator(5));
        var visible = Tensor.Of([0L, 3L], 2, 1); // of four places, another one in each clip
        var changed = past.Clone();
        changed[0, .., .., 8.., ..].FillInPlace(9);
        changed[1, .., .., ..8, ..].FillInPlace(9);

        var before = method.Forward(past, visible);

        Assert.Equal([2L, 4L, Frames, 8 * 8 * 3], before.Shape);
        Assert.Equal(before.ToArray<float>(), method.Forward(changed, visible).ToArray<float>());
        Assert.NotEqual(before.ToArray<float>(), method.Forward(past * 2, visible).ToArray<float>());
    }

    [Fact]
    public void A_clip_is_predicted_alike_whatever_stands_beside_it()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var method = (PredMae)Method("predmae");
        var past = Tensor.Randn([2, 3, Frames, Side, Side], new Generator(6));
        var visible = Tensor.Of([0L, 2L, 1L, 3L], 2, 2);
        var together = method.Forward(past, visible)[1].ToArray<float>();
        var alone = method.Forward(past[1..], visible[1..])[0].ToArray<float>();
        Assert.All(together.Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));
    }

    [Fact]
    public void All_places_visible_is_the_encoder_as_it_is()
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        using var encoder = Encoder(7);
        encoder.Eval();
        var clips = Tensor.Randn([2, 3, Frames, Side, Side], new Generator(8));
        var plain = encoder.Embed(clips);
        var all = encoder.Embed(clips, Tensor.Arange(0, 4, dtype: ScalarType.Int64).Repeat([2, 1]));
        Assert.Equal(plain.Patches.ToArray<float>(), all.Patches.ToArray<float>());
        Assert.Equal(plain.Classes.ToArray<float>(), all.Classes.ToArray<float>());
    }

    [Fact]
    public void The_order_of_videos_does_not_matter_to_the_objective()
    {
        using var scope = TensorScope.Enter();
        using var method = (ThreeDCsl)Method("3d-csl");
        using var other = (ThreeDCsl)Method("3d-csl");
        var z = Tensor.Randn([4, 3, 24], new Generator(9));
        var videos = Tensor.Of([3L, 1L, 3L, 7L], 4);
        var loss = method.Objective(z.Flatten(0, 1), videos).Total().Item();
        Assert.Equal(loss, other.Objective(z.Flip([0]).Flatten(0, 1), videos.Flip([0])).Total().Item(), 1e-5);
    }

    [Fact]
    public void A_single_video_without_memory_costs_its_own_pairs_alone()
    {
        using var scope = TensorScope.Enter();
        using var method = new ThreeDCsl(Encoder(1), new ThreeDCslOptions(Memory: 0), World.Single);
        var losses = method.Objective(Tensor.Randn([3, 24], new Generator(10)), Tensor.Of([5L], 1));
        Assert.Equal(0, losses.Terms[0].Value.Item()); // nothing is mined where there is no negative
    }

    [Theory]
    [InlineData(0.75, 1)]
    [InlineData(0.5, 2)]
    [InlineData(0.0, 4)]
    public void As_many_places_are_seen_as_the_ratio_says(double ratio, int seen)
    {
        using var scope = TensorScope.Enter();
        var visible = Masks.TubeOfScores(Tensor.Rand([50, 4], new Generator(11)), ratio);
        Assert.Equal([50L, seen], visible.Shape);
        Assert.All(visible.ToArray<long>().Chunk(seen), places => Assert.Equal(places.Distinct().Order(), places));
    }

    [Fact]
    public void Options_that_cannot_be_are_refused()
    {
        using var encoder = Encoder(1);
        Assert.Throws<RecipeException>(() => new PredMaeOptions(MaskRatio: 1).Build(() => encoder, World.Single));
        Assert.Throws<RecipeException>(() => new PredMaeOptions(DecoderWidth: 10, DecoderHeads: 3).Build(() => encoder, World.Single));
        Assert.Throws<RecipeException>(() => new PredMaeOptions(LeastScale: 0.5).Build(() => encoder, World.Single));
        Assert.Throws<RecipeException>(() => new ThreeDCslOptions(ShotMix: 2).Build(() => encoder, World.Single));
        Assert.Throws<RecipeException>(() => new ThreeDCslOptions(Memory: -1).Build(() => encoder, World.Single));
        using var joint = new VideoTransformer(encoder.Shape with { Attention = SpaceTimeAttention.Joint });
        Assert.Contains("divided", Assert.Throws<RecipeException>(() => new ThreeDCslOptions().Build(() => joint, World.Single)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(FcsReading.Ranked, 0.1)]
    [InlineData(FcsReading.HardPositive, 0.3)]
    [InlineData(FcsReading.CatchUp, 0)]
    public void Margins_are_those_of_the_reading(FcsReading reading, double margin) => Assert.Equal(margin, Fcs.Margin(reading));

    private static VideoTransformer Encoder(ulong seed, bool checkpointing = false) => new(
        new VideoTransformerShape(new(24, 2, 4), Patch: 8, Height: Side, Width: Side, Frames: Frames, DropPath: 0), new Generator(seed))
    {
        Checkpointing = checkpointing,
    };

    private static Method Method(string name, ulong seed = 1, bool checkpointing = false)
    {
        Generator.Seed(3); // the decoder's weights
        return name == "predmae"
            ? new PredMaeOptions(DecoderDepth: 1, MaskRatio: 0.5).Build(() => Encoder(seed, checkpointing), World.Single)
            : Options.Build(() => Encoder(seed, checkpointing), World.Single);
    }

    private static Batch Batch(Method method, int count, int epoch = 0)
    {
        var plan = method.Views.Clips[0];
        var colours = Tensor.Rand([count, 1, 2, 1, 2, 1, 3], new Generator(21)) * 255; // four fields in each clip, with nothing moving
        var bytes = colours.Expand([count, plan.Frames, 2, Side / 2, 2, Side / 2, 3]).Reshape([count, plan.Frames, Side, Side, 3]).To(ScalarType.UInt8);
        var clips = new Dictionary<string, Tensor> { [plan.Name] = bytes };
        return new Batch(clips, [.. Enumerable.Range(0, count).Select(i => (long)i)], [.. Enumerable.Range(0, count).Select(i => new SampleRandom(1, epoch, i))]);
    }
}
