using System.Text.Json;

namespace Sosia.Torch.Tests;

public sealed class OptimiserTests
{
    private static readonly JsonElement Golden = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "files", "optimisers.json"))).RootElement;

    public static TheoryData<int> Runs() => new(Enumerable.Range(0, Golden.GetProperty("runs").GetArrayLength()));

    [Theory]
    [MemberData(nameof(Runs))]
    public void TrajectoriesAreThoseOfPyTorch(int run) => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var golden = Golden.GetProperty("runs")[run];
        var type = golden.GetProperty("type").GetString() == "float64" ? ScalarType.Float64 : ScalarType.Float32;
        var tolerance = type == ScalarType.Float64 ? 1e-12 : 1e-6;
        var parameters = Parameters(golden.GetProperty("start"), type);
        using var optimiser = Make(golden, parameters);
        foreach (var step in golden.GetProperty("steps").EnumerateArray())
        {
            SetGradients(parameters, step, type);
            if (golden.GetProperty("clip").ValueKind == JsonValueKind.Number)
            {
                var norm = ClipGradients.Norm(parameters.Values, golden.GetProperty("clip").GetDouble());
                Assert.Equal(step.GetProperty("norm").GetDouble(), norm, tolerance * 10);
            }

            optimiser.Step();
            Assert.All(step.GetProperty("parameters").EnumerateObject(), p => Expect.Close(Numbers(p.Value), parameters[p.Name], tolerance));
        }
    });

    [Theory]
    [MemberData(nameof(Runs))]
    public void ACheckpointResumesBitForBit(int run) => Expect.NoLeak(() =>
    {
        using var scope = TensorScope.Enter();
        var golden = Golden.GetProperty("runs")[run];
        var steps = golden.GetProperty("steps").EnumerateArray().ToList();
        var parameters = Parameters(golden.GetProperty("start"), ScalarType.Float32);
        using var optimiser = Make(golden, parameters);
        Go(optimiser, parameters, steps[..4]);
        var copies = parameters.ToDictionary(p => p.Key, p => p.Value.Detach().Clone().RequireGrad());
        using var resumed = Make(golden, copies);
        Go(resumed, copies, steps[6..7]); // state of its own, to be replaced
        foreach (var (name, tensor) in copies)
        {
            using var noGrad = NoGrad.Enter();
            tensor.CopyInPlace(parameters[name]);
        }

        resumed.Load(optimiser.State());
        Go(optimiser, parameters, steps[4..]);
        Go(resumed, copies, steps[4..]);
        Assert.All(parameters, p => Assert.Equal(p.Value.ToArray<float>(), copies[p.Key].ToArray<float>()));
        Assert.Equal(optimiser.State().Select(s => s.Name), resumed.State().Select(s => s.Name));
    });

    [Fact]
    public void StateHasNamesAndAWrongOneIsRefusedWhole()
    {
        using var scope = TensorScope.Enter();
        using var network = new Linear(2, 1);
        using var optimiser = new AdamW(network.NamedParameters());
        Assert.Empty(optimiser.State());
        network.Forward(Tensor.Ones([1, 2])).Sum().Backward();
        optimiser.Step();
        Assert.Equal(["weight.step", "weight.exp_avg", "weight.exp_avg_sq", "bias.step", "bias.exp_avg", "bias.exp_avg_sq"], optimiser.State().Select(s => s.Name));
        var before = optimiser.State().Select(s => Expect.Values(s.Tensor)).ToList();
        (string, Tensor)[] wrong = [("weight.step", Tensor.Of(9L)), ("weight.exp_avg", Tensor.Ones([7])), ("head.step", Tensor.Of(1L))];
        var error = Assert.Throws<StateMismatchException>(() => optimiser.Load(wrong));
        Assert.Equal(["weight.exp_avg_sq"], error.Missing);
        Assert.Equal(["head.step"], error.Unexpected);
        Assert.Equal(["weight.exp_avg is float32[7] instead of float32[1, 2]"], error.Shapes);
        Assert.Equal(before, optimiser.State().Select(s => Expect.Values(s.Tensor)));
    }

    [Fact]
    public void RatesOfGroupsMayChange()
    {
        using var scope = TensorScope.Enter();
        var (x, y) = (Tensor.Zeros([1]).RequireGrad(), Tensor.Zeros([1]).RequireGrad());
        using var optimiser = new Sgd([new ParameterGroup([("x", x)], learningRate: 1), new ParameterGroup([("y", y)])], learningRate: 0.1);
        (x + y).Backward();
        optimiser.Step();
        Expect.Close([-1, -0.1], Tensor.Cat([x, y]));
        optimiser.Groups[0].LearningRate = 10;
        optimiser.Step();
        Expect.Close([-11, -0.2], Tensor.Cat([x, y]));
        optimiser.ZeroGrad();
        optimiser.Step();
        Expect.Close([-11, -0.2], Tensor.Cat([x, y]));
    }

    [Fact]
    public void WhatMakesNoSenseIsRefused()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Zeros([1]).RequireGrad();
        Assert.Throws<ArgumentException>(() => new Sgd([("x", x)], 1, nesterov: true));
        Assert.Throws<ArgumentException>(() => new Sgd([("x", x)], 1, momentum: 0.9, dampening: 0.1, nesterov: true));
        Assert.Throws<ArgumentException>(() => new AdamW([("x", x), ("x", x)]));
    }

    // Without decay both are one; with it Adam hides it in the normalised gradient: a first step is a whole rate, whatever the decay.
    [Fact]
    public void AdamDecaysThroughTheGradient()
    {
        using var scope = TensorScope.Enter();
        Expect.Close(Stepped(x => new AdamW(x, 0.1, weightDecay: 0)), Tensor.Of(Stepped(x => new Adam(x, 0.1)), 3), 1e-6);
        Expect.Close([1.9, 0.9, 1.9], Tensor.Of(Stepped(x => new Adam(x, 0.1, weightDecay: 10), steps: 1), 3), 1e-5);
        Expect.Close([0.9, 0.5, 1.1], Tensor.Of(Stepped(x => new AdamW(x, 0.1, weightDecay: 5), steps: 1), 3), 1e-5);

        static double[] Stepped(Func<IEnumerable<(string Name, Tensor Tensor)>, Optimiser> make, int steps = 5)
        {
            var x = Tensor.Of([2f, 1, 2], 3).RequireGrad();
            using var optimiser = make([("x", x)]);
            for (var step = 0; step < steps; step++)
            {
                x.Grad = Tensor.Of([0.5f, step % 2, -0.1f], 3);
                optimiser.Step();
            }

            return Array.ConvertAll(x.ToArray<float>(), value => (double)value);
        }
    }

    [Fact]
    public void ClippedOneByOneEachGradientKeepsItsDirection()
    {
        using var scope = TensorScope.Enter();
        var (large, small, without) = (Tensor.Zeros([2]).RequireGrad(), Tensor.Zeros([1]).RequireGrad(), Tensor.Zeros([3]).RequireGrad());
        (large.Grad, small.Grad) = (Tensor.Of([3f, 4], 2), Tensor.Of([0.5f], 1));
        Assert.Equal(0, ClipGradients.Each([without], 1));
        Assert.Equal(Math.Sqrt(25.25), ClipGradients.Each([large, small, without], 1), 1e-6);
        Expect.Close(large.Grad, Tensor.Of([0.6f, 0.8f], 2), 1e-5);
        Expect.Close(small.Grad, Tensor.Of([0.5f], 1), 0);
        large.Grad.FillInPlace(double.NaN);
        Assert.Equal(double.NaN, ClipGradients.Each([large, small], 1));
        Expect.Close(small.Grad, Tensor.Of([0.5f], 1), 0);
    }

    [Fact]
    public void ClippingLeavesSmallGradientsAndTellsOfBadOnes()
    {
        using var scope = TensorScope.Enter();
        var x = Tensor.Zeros([2]).RequireGrad();
        var without = Tensor.Zeros([2]).RequireGrad();
        Assert.Equal(0, ClipGradients.Norm([x, without], 1));
        x.Grad = Tensor.Of([3f, 4], 2);
        Assert.Equal(5, ClipGradients.Norm([x, without], 6), 1e-6);
        Expect.Close([3, 4], x.Grad!);
        Assert.Equal(5, ClipGradients.Norm([x, without], 1), 1e-6);
        Expect.Close([0.6, 0.8], x.Grad!, 1e-5);
        x.Grad = Tensor.Of([float.NaN, 1], 2);
        Assert.Equal(double.NaN, ClipGradients.Norm([x], 1));
    }

    private static Dictionary<string, Tensor> Parameters(JsonElement start, ScalarType type) => start.EnumerateObject().ToDictionary(
        p => p.Name,
        p => Tensor.Of(Numbers(p.Value), Golden.GetProperty("shapes").GetProperty(p.Name).EnumerateArray().Select(l => l.GetInt64()).ToArray()).To(type).RequireGrad());

    private static Optimiser Make(JsonElement golden, Dictionary<string, Tensor> parameters)
    {
        var groups = golden.GetProperty("groups").EnumerateArray().Select(group => new ParameterGroup(
            group.GetProperty("names").EnumerateArray().Select(n => (n.GetString()!, parameters[n.GetString()!])),
            Setting(group.GetProperty("own"), "lr"),
            Setting(group.GetProperty("own"), "weight_decay")));
        var settings = golden.GetProperty("settings");
        if (golden.GetProperty("optimiser").GetString() == "SGD")
        {
            return new Sgd(
                groups,
                settings.GetProperty("lr").GetDouble(),
                Setting(settings, "momentum") ?? 0,
                Setting(settings, "dampening") ?? 0,
                Setting(settings, "weight_decay") ?? 0,
                settings.TryGetProperty("nesterov", out _));
        }

        double[] betas = settings.TryGetProperty("betas", out var given) ? Numbers(given) : [0.9, 0.999];
        return new AdamW(groups, Setting(settings, "lr") ?? 1e-3, betas[0], betas[1], Setting(settings, "eps") ?? 1e-8, Setting(settings, "weight_decay") ?? 1e-2);
    }

    private static void Go(Optimiser optimiser, Dictionary<string, Tensor> parameters, List<JsonElement> steps) => steps.ForEach(step =>
    {
        SetGradients(parameters, step, ScalarType.Float32);
        optimiser.Step();
    });

    private static void SetGradients(Dictionary<string, Tensor> parameters, JsonElement step, ScalarType type)
    {
        foreach (var (name, parameter) in parameters)
        {
            parameter.Grad = step.GetProperty("gradients").TryGetProperty(name, out var g) ? Tensor.Of(Numbers(g), parameter.Shape).To(type) : null;
        }
    }

    private static double? Setting(JsonElement settings, string name) => settings.TryGetProperty(name, out var value) ? value.GetDouble() : null;

    private static double[] Numbers(JsonElement numbers) => [.. numbers.EnumerateArray().Select(n => n.GetDouble())];
}
