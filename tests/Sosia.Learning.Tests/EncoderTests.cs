using Sosia.Learning.Encoders;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>What holds for every encoder.</summary>
public sealed class EncoderTests
{
    private static readonly string[] Zeros = ["time_embed", "temporal_fc", "time.position", "time.leave"];

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Makes_a_vector_and_tokens_of_each(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = one.Make(new Generator(1));
        network.Eval();

        var features = network.Forward(one.Input());

        Assert.Equal([one.Input[0], network.Width], features.Vector.Shape);
        Assert.Equal(one.Tokens == 0 ? null : [one.Input[0], one.Tokens, network.Width], features.Tokens?.Shape);
        Assert.All(features.Vector.ToArray<float>(), value => Assert.True(float.IsFinite(value)));
        Assert.Equal(one.Stages.Select(stage => (long[])[one.Input[0], .. stage]), features.Stages.Select(stage => stage.Shape));
        Assert.Equal(one.Stages.Length == 0, features.Map is null);
        if (features.Map is { } map)
        {
            Assert.Same(features.Stages[^1], map);
            Near(map.Mean([2, 3, 4]).ToArray<float>(), features.Vector.ToArray<float>(), 1e-5);
        }
    }

    // An encoder that mixes up clips would pass every test on shapes.
    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void What_stands_beside_it_in_a_batch_does_not_matter(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        network.Eval();
        var contrast = Tensor.Of([1f, 4], [2, .. one.Input[1..].Select(_ => 1L)]);
        var input = one.Input() * contrast; // of noise alike a deep network makes vectors alike

        var together = network.Forward(input).Vector;
        var second = network.Forward(input.Narrow(0, 1, 1)).Vector;

        Near(second.ToArray<float>(), together[1].ToArray<float>(), 1e-5 * Math.Max(1, second.Abs().Max().Item()));
        Assert.InRange(Distance(together[0], together[1]), 1e-3, double.MaxValue);
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Every_parameter_gets_a_gradient(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        network.Eval(); // a branch that is left out would get none

        (network.Forward(one.Input()).Vector * Tensor.Randn([2, network.Width], new Generator(3))).Sum().Backward();

        foreach (var (parameter, tensor) in network.NamedParameters())
        {
            var learns = tensor.Grad is { } grad && grad.Abs().Max().Item() > 0;
            Assert.True(learns != one.Idle.Contains(parameter, StringComparer.Ordinal), $"{parameter} gets {(learns ? "a" : "no")} gradient");
        }
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void A_seed_gives_one_network(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = one.Make(new Generator(1));
        using var same = one.Make(new Generator(1));
        using var other = one.Make(new Generator(2));

        foreach (var ((a, b), c) in network.NamedState().Zip(same.NamedState()).Zip(other.NamedState()))
        {
            Assert.Equal(0, Distance(a.Tensor, b.Tensor));
            var drawn = a.Tensor.Rank > 1 && !Array.Exists(Zeros, zeros => a.Name.Contains(zeros, StringComparison.Ordinal));
            Assert.Equal(drawn, Distance(a.Tensor, c.Tensor) > 0 && a.Tensor.Rank > 1);
        }
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void A_saved_state_makes_the_same_network(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        using var skip = SkipInit.Enter();
        using var loaded = one.Make(null);
        var path = Path.Combine(Path.GetTempPath(), $"sosia-{Guid.NewGuid():N}.safetensors");
        try
        {
            Safetensors.Write(path, [.. network.ToStored()]);
            using var file = Safetensors.Read(path);
            loaded.Load(file.Tensors.Tensors);
        }
        finally
        {
            File.Delete(path);
        }

        network.Eval();
        loaded.Eval();
        Assert.Equal(network.Forward(one.Input()).Vector.ToArray<float>(), loaded.Forward(one.Input()).Vector.ToArray<float>());
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Runs_in_half_precision(string name)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        network.Eval();
        var full = network.Forward(one.Input()).Vector;

        network.To(Device.Cpu, ScalarType.BFloat16);
        var half = network.Forward(one.Input().To(ScalarType.BFloat16)).Vector;

        Assert.Equal(ScalarType.BFloat16, half.Type);
        Assert.InRange(Distance(full, half.To(ScalarType.Float32)), 1e-6, one.Half * full.Abs().Max().Item());
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Branches_are_left_out_in_training_alone(string name)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        Generator.Seed(5);
        var trained = Enumerable.Range(0, 8).Select(_ => network.Forward(one.Input()).Vector.ToArray<float>()).ToArray();
        Generator.Seed(5);
        var again = Enumerable.Range(0, 8).Select(_ => network.Forward(one.Input()).Vector.ToArray<float>()).ToArray();
        network.Eval();
        var used = Enumerable.Range(0, 2).Select(_ => network.Forward(one.Input()).Vector.ToArray<float>()).ToArray();

        Assert.Equal(trained, again);
        Assert.Equal(used[0], used[1]);
        Assert.Equal(one.DropsPaths, trained.Any(vector => !vector.SequenceEqual(trained[0])));
    }

    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Leaves_no_tensor_behind(string name)
    {
        var one = EncoderCases.All[name];
        using var network = one.Make(new Generator(1));
        Step(one, network);
        network.ZeroGrad();
        var before = LiveTensors.Settled();

        Step(one, network);
        network.ZeroGrad();

        Assert.Equal(before, Tensor.Live);
    }

    // The sum of the branches must not be kept in half precision.
    [Theory]
    [MemberData(nameof(EncoderCases.Names), MemberType = typeof(EncoderCases))]
    public void Tokens_stay_in_full_precision_under_autocast(string name)
    {
        using var scope = TensorScope.Enter();
        var one = EncoderCases.All[name];
        using var network = Stirred(one);
        network.Eval();
        var full = network.Forward(one.Input()).Vector;

        using var autocast = Autocast.Enter(DeviceType.Cpu);
        var features = network.Forward(one.Input());
        features.Vector.Square().Mean().Backward();

        Assert.Equal(ScalarType.Float32, features.Tokens?.Type ?? ScalarType.Float32);
        Assert.InRange(Distance(full, features.Vector.To(ScalarType.Float32)), 1e-6, one.Half * full.Abs().Max().Item());
        var learning = network.NamedParameters().Where(p => !one.Idle.Contains(p.Name, StringComparer.Ordinal));
        Assert.All(learning, parameter => Assert.Equal(ScalarType.Float32, parameter.Tensor.Grad!.Type));
    }

    // No theories: the runner takes lists of numbers for one another, and skips them.
    [Fact]
    public void Refuses_what_cannot_be_cut()
    {
        using var scope = TensorScope.Enter();
        using var network = new VideoMae(new(new(24, 1, 3), 8));
        long[][] shapes = [[2, 3, 4, 16], [2, 1, 4, 16, 24], [2, 3, 4, 16, 23], [0, 3, 4, 16, 24], [3, 16, 24]];
        Assert.All(shapes, shape => Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros(shape))));
    }

    [Fact]
    public void A_picture_of_another_size_is_refused()
    {
        using var scope = TensorScope.Enter();
        using var network = new VisionTransformer(new(new(24, 1, 3), 8, 16, 24));
        long[][] shapes = [[2, 3, 2, 16, 24], [2, 3, 24, 16]];
        Assert.All(shapes, shape => Assert.Throws<ArgumentException>(() => network.Forward(Tensor.Zeros(shape))));
    }

    // The networks begin with zeros, which would hide what a gradient or a save forgets.
    private static Encoder Stirred(EncoderCase one)
    {
        var network = one.Make(new Generator(1));
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        var generator = new Generator(9);
        foreach (var tensor in network.Parameters())
        {
            var fanIn = tensor.Rank > 1 ? tensor.Count / tensor.Size(0) : 1; // noise of one size would drown wide convolutions
            tensor.AddInPlace(Tensor.Randn(tensor.Shape, generator), Math.Min(0.2, 1 / Math.Sqrt(fanIn)));
        }

        return network;
    }

    private static void Step(EncoderCase one, Encoder network)
    {
        using var scope = TensorScope.Enter();
        network.Forward(one.Input()).Vector.Square().Mean().Backward();
    }

    private static double Distance(Tensor a, Tensor b) => (a - b).Abs().Max().Item();

    private static void Near(float[] wanted, float[] got, double within) =>
        Assert.All(wanted.Zip(got), pair => Assert.InRange(pair.Second - pair.First, -within, within));
}
