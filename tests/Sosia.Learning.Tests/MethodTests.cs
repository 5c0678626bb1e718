using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;

namespace Sosia.Learning.Tests;

/// <summary>What holds for every method, on its tiny recipe made smaller still.</summary>
public sealed class MethodTests : IDisposable
{
    private const int Batch = 4;

    private readonly TrainingPlace place = new();

    /// <summary>Methods, each with what makes its tiny recipe smaller, and the parts of it that do not learn.</summary>
    private static readonly Dictionary<string, (string[] Values, string[] Frozen)> Cases = new()
    {
        ["moco"] = (["encoder.base=4", "stages.moco.method.queue=16", "stages.moco.method.frames=4", "stages.moco.method.side=16", "stages.moco.method.width=8"], ["contrast.key.", "contrast.key_head."]),
        ["fame"] = (["encoder.base=4", "stages.fame.method.queue=16", "stages.fame.method.frames=4", "stages.fame.method.side=16", "stages.fame.method.width=8"], ["contrast.key.", "contrast.key_head."]),
        ["carl"] = (["encoder.base=4", "encoder.inner=16", "encoder.hidden=16", "encoder.feedForward=16", "encoder.embedding=8", "encoder.frames=6", "stages.carl.method.frames=6", "stages.carl.method.projection=8"], []),
        ["slic"] = (["encoder.base=4", "stages.slic.method.interval=1", "stages.slic.method.frames=4", "stages.slic.method.side=16", "stages.slic.method.hidden=16", "stages.slic.method.width=8", "stages.slic.method.videos=50"], []),
        ["mvd"] = (["encoder.width=16", "encoder.heads=2", "encoder.depth=2", "encoder.side=16", "encoder.frames=4", "stages.mvd.method.decoderWidth=16", "stages.mvd.method.decoderHeads=2"], ["image_teacher.", "video_teacher."]),
        ["svt"] = (
            ["encoder.width=12", "encoder.depth=2", "encoder.side=16", "stages.svt.method.localSide=8", "stages.svt.method.localFrames=[2,4]", "stages.svt.method.globalFrames=[4,4]", "stages.svt.method.prototypes=16", "stages.svt.method.headHidden=16", "stages.svt.method.headBottleneck=8"],
            ["teacher.", "teacher_head."]),
    };

    public static TheoryData<string> Methods => [.. Cases.Keys];

    public void Dispose() => place.Dispose();

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_step_on_a_batch_lowers_its_loss(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Built(name);
        using var data = Data();
        using var loader = Load(method, data);
        Begin(method, loader, data);
        method.Train();
        var batch = loader.Next(Device.Cpu);
        var before = Snapshot(method);
        var first = Loss(method, batch);
        first.Backward();
        var learnt = method.Parameters().Where(p => p.RequiresGrad).ToHashSet();
        using var optimiser = new Sgd(method.NamedParameters().Where(p => p.Tensor.RequiresGrad && p.Tensor.Grad is not null), 1e-4);
        ClipGradients.Norm(method.Parameters(), 1); // a network at its start may have very steep slopes
        optimiser.Step();
        Restore(method, before, except: learnt); // queues, centres, statistics of norms
        var second = Loss(method, batch).Item();
        Assert.True(second < first.Item(), $"{first.Item():0.00000} to {second:0.00000}");
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Only_what_learns_gets_gradients(string name)
    {
        using var scope = TensorScope.Enter();
        using var method = Built(name);
        using var data = Data();
        using var loader = Load(method, data);
        Begin(method, loader, data);
        method.Train();
        Loss(method, loader.Next(Device.Cpu)).Backward();
        var frozen = Cases[name].Frozen;
        Assert.All(method.NamedParameters(), parameter =>
        {
            var isFrozen = frozen.Any(part => parameter.Name.StartsWith(part, StringComparison.Ordinal));
            Assert.True(isFrozen != parameter.Tensor.RequiresGrad, parameter.Name);
            Assert.True(isFrozen == parameter.Tensor.Grad is null, $"{parameter.Name} has {(isFrozen ? "a" : "no")} gradient");
        });
        Assert.All(frozen, part => Assert.Contains(method.NamedParameters(), parameter => parameter.Name.StartsWith(part, StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void An_interrupted_training_ends_as_one_that_was_not(string name)
    {
        var recipe = Small(name);
        var whole = place.Train(recipe, "whole");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => place.Train(recipe, "parts", Watch.After(6, stop), stop.Token)); // within the second epoch
        var resumed = place.Resume("parts");
        Assert.Equal(File.ReadAllBytes(whole.WeightsPath(recipe.Stages[0])), File.ReadAllBytes(resumed.WeightsPath(recipe.Stages[0])));
        Assert.Equal(whole.Metrics().Select(line => (line.Step, line.Loss)), resumed.Metrics().Select(line => (line.Step, line.Loss)));
        Assert.Equal(10, whole.Metrics().Count);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_paper_s_recipe_can_be_read_and_each_value_has_a_source(string name)
    {
        foreach (var recipe in new[] { RecipeFile.Named(name), RecipeFile.Named(name, "tiny") })
        {
            Assert.All(RecipeFile.Values(recipe).Where(value => value.Path != "name"), value => Assert.False(string.IsNullOrEmpty(value.Source), value.Path));
        }
    }

    private static Recipe Small(string name) => RecipeFile.Set(RecipeFile.Named(name, "tiny"), [
        .. Cases[name].Values,
        "data.holdout=0.1", $"stages.{name}.batch={Batch}", $"stages.{name}.steps=10", $"stages.{name}.schedule.warmupSteps=0",
    ]);

    private static Method Built(string name)
    {
        var recipe = Small(name);
        Generator.Seed(3);
        using var generator = new Generator(3);
        return recipe.Stages[0].Method.Build(() => recipe.Encoder.Build(generator, checkpointing: false), World.Single);
    }

    private Dataset Data() => Dataset.Open([place.Pack], 0.1);

    private static Loader Load(Method method, Dataset data) => new(data.Training, method.Views, Batch, 1, new DataOptions(), World.Single);

    private static void Begin(Method method, Loader loader, Dataset data)
    {
        method.Begin([loader.Next(Device.Cpu)]);
        if (method.BeginEpoch(new VideoSurvey(data.Training, Device.Cpu, 1), new Progress(0, 10, 5)))
        {
            loader.Restart(0);
        }
    }

    private static Tensor Loss(Method method, Batch batch)
    {
        Generator.Seed(5);
        return method.Step(Again(batch), new Progress(0, 10, 5)).Total();
    }

    // A step moves a sample's random numbers on.
    private static Batch Again(Batch batch) => batch.WithRandoms([.. batch.Videos.Select((_, i) => new SampleRandom(9, 0, i))]);

    private static Dictionary<string, Tensor> Snapshot(Method method) => method.NamedState().ToDictionary(entry => entry.Name, entry => entry.Tensor.Detach().Clone());

    private static void Restore(Method method, Dictionary<string, Tensor> before, HashSet<Tensor> except)
    {
        using var noGrad = NoGrad.Enter();
        foreach (var (name, tensor) in method.NamedState().Where(entry => !except.Contains(entry.Tensor)))
        {
            tensor.CopyInPlace(before[name]);
        }
    }
}
