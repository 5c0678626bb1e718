using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

public sealed class ScheduledOptimiserTests : IDisposable
{
    private static readonly ScheduleOptions Constant = new(ScheduleName.Constant);
    private static readonly OptimiserOptions Sgd = new(0.5, OptimiserName.Sgd, Beta1: 0);

    private readonly VideoTransformer network = new(VideoTransformerShape.ThreeDCsl(new TransformerSize(8, 1, 2)) with { Patch = 4, Height = 8, Width = 8, Frames = 2 });

    [Fact]
    public void The_first_group_whose_ends_fit_a_name_counts_for_it()
    {
        using var scope = TensorScope.Enter();
        var groups = new[] { new GroupOptions(["norm.weight", "cls_token"], WeightDecay: 0, RateFactor: 3), new GroupOptions(["bias", "weight"], RateFactor: 0.1), new GroupOptions(["proj.weight"], WeightDecay: 0.9) };
        var moved = Decayed(new OptimiserOptions(0.1, WeightDecay: 0.5, Groups: groups));
        foreach (var (name, kept) in moved)
        {
            var isFirst = name.EndsWith("norm.weight", StringComparison.Ordinal) || name == "cls_token";
            var isSecond = !isFirst && (name.EndsWith("bias", StringComparison.Ordinal) || name.EndsWith("weight", StringComparison.Ordinal));
            Assert.True(Math.Abs((isFirst ? 1 : isSecond ? 1 - (0.1 * 0.1 * 0.5) : 1 - (0.1 * 0.5)) - kept) < 1e-6, $"{name}: {kept}");
        }

        Assert.True(moved.Count > 20);
        Assert.Equal(3, moved.Values.Select(kept => Math.Round(kept, 4)).Distinct().Count());
    }

    [Fact]
    public void A_group_s_rate_is_a_part_of_the_rate()
    {
        using var scope = TensorScope.Enter();
        using var optimiser = Optimiser(Sgd with { Groups = [new GroupOptions(["pos_embed"], RateFactor: 0.25)] }, Constant);
        var moved = Moved(optimiser, 1);
        Assert.Equal(-0.125, moved["pos_embed"], 1e-6);
        Assert.All(moved.Where(one => one.Key != "pos_embed"), one => Assert.Equal(-0.5, one.Value, 1e-6));
    }

    [Theory]
    [InlineData(0, -1.0)] // -0.5 - 0.5
    [InlineData(0.75, -1.375)] // -0.5 - 0.5 (1 + 0.75)
    public void Sgd_has_momentum(double momentum, double expected)
    {
        using var scope = TensorScope.Enter();
        using var optimiser = Optimiser(Sgd with { Beta1 = momentum }, Constant);
        Assert.All(Moved(optimiser, 2).Values, moved => Assert.Equal(expected, moved, 1e-6));
    }

    [Fact]
    public void Adamw_has_the_numbers_of_the_recipe()
    {
        using var scope = TensorScope.Enter();
        using var optimiser = Optimiser(new OptimiserOptions(0.125, Eps: 1), Constant);
        Assert.All(Moved(optimiser, 1).Values, moved => Assert.Equal(-0.125 / 2, moved, 1e-6)); // 1 / (1 + eps)
        Assert.IsType<AdamW>(optimiser.Inner);
    }

    [Fact]
    public void The_rate_grows_with_the_batch()
    {
        Assert.Equal(0.5, Rate(Sgd, Constant, 0));
        Assert.Equal(0.5 * 16 / 64, Rate(Sgd with { RateBatch = 64 }, Constant, 0), 1e-12);
    }

    [Fact]
    public void It_warms_up_over_steps_or_epochs()
    {
        var steps = Constant with { WarmupSteps = 4, WarmupFactor = 0.2 };
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.5], Enumerable.Range(0, 6).Select(step => Math.Round(Rate(Sgd, steps, step), 12)));
        var epochs = Constant with { WarmupEpochs = 0.4, WarmupFactor = 0.2 }; // of 10 steps each
        Assert.Equal([0.1, 0.2, 0.3, 0.4, 0.5, 0.5], Enumerable.Range(0, 6).Select(step => Math.Round(Rate(Sgd, epochs, step), 12)));
        Assert.Equal(0.5, Rate(Sgd, epochs with { WarmupSteps = 0 }, 0)); // steps count, not epochs
    }

    [Fact]
    public void A_cosine_falls_to_its_floor_behind_the_warm_up()
    {
        var cosine = new ScheduleOptions(Floor: 0.1, WarmupSteps: 20, WarmupFactor: 0);
        Assert.Equal(0.5 * 0.55, Rate(Sgd, cosine, 50), 1e-12);
        Assert.Equal(0.5 * 0.1, Rate(Sgd, cosine, 100), 1e-12);
        Assert.Equal(0.5 * Schedules.Cosine(10, 100, 0.1) / 2, Rate(Sgd, cosine, 10), 1e-12);
    }

    [Fact]
    public void Steps_are_taken_at_the_rate_of_the_schedule()
    {
        using var scope = TensorScope.Enter();
        using var optimiser = Optimiser(Sgd, Constant with { WarmupSteps = 2, WarmupFactor = 0 });
        Assert.All(Moved(optimiser, 3).Values, moved => Assert.Equal(-0.25 - 0.5, moved, 1e-6)); // 0, half, whole
    }

    [Fact]
    public void What_needs_no_gradient_is_left_alone()
    {
        using var scope = TensorScope.Enter();
        network.NamedParameters().Single(p => p.Name == "pos_embed").Tensor.RequireGrad(false);
        Assert.Equal(1, Decayed(new OptimiserOptions(0.1, WeightDecay: 0.5))["pos_embed"]);
    }

    public void Dispose() => network.Dispose();

    private double Rate(OptimiserOptions options, ScheduleOptions schedule, int step)
    {
        using var optimiser = Optimiser(options, schedule);
        return optimiser.Rate(new Progress(step, 100, 10));
    }

    private ScheduledOptimiser Optimiser(OptimiserOptions options, ScheduleOptions schedule) => new(new Stage("stage", new PredMaeOptions(), options, Schedule: schedule), network);

    // How much of each parameter is left after a step without gradients.
    private Dictionary<string, double> Decayed(OptimiserOptions options)
    {
        using var optimiser = Optimiser(options, Constant);
        Fill(p => p, 2);
        Fill(p => p.Grad = p.ZerosLike(), 0);
        optimiser.Step(new Progress(0, 100, 10));
        return network.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Mean().Item() / 2);
    }

    // How far each parameter comes in some steps of gradients of one.
    private Dictionary<string, double> Moved(ScheduledOptimiser optimiser, int steps)
    {
        Fill(p => p, 2);
        for (var step = 0; step < steps; step++)
        {
            Fill(p => p.Grad = p.ZerosLike(), 1);
            optimiser.Step(new Progress(step, 100, 10));
        }

        return network.NamedParameters().ToDictionary(p => p.Name, p => p.Tensor.Mean().Item() - 2);
    }

    private void Fill(Func<Tensor, Tensor> part, double value)
    {
        using var noGrad = NoGrad.Enter();
        foreach (var parameter in network.Parameters())
        {
            part(parameter).CopyInPlace(Tensor.Of((float)value).Expand(parameter.Shape));
        }
    }
}
