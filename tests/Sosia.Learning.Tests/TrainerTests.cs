using Sosia.Learning.Training;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

public sealed class TrainerTests : IDisposable
{
    private readonly TrainingPlace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(3)] // the first step of the second stage comes next
    [InlineData(5)]
    public void AnInterruptedTrainingEndsAsOneThatWasNot(int steps)
    {
        var recipe = TrainingPlace.Recipe;
        var whole = place.Train(recipe, "whole");

        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => place.Train(recipe, "parts", Watch.After(steps, stop), stop.Token));
        var resumed = place.Resume("parts");

        Same(whole, resumed);
        Assert.Equal(whole.Metrics().Select(line => (line.Stage, line.Step, line.Loss)), resumed.Metrics().Select(line => (line.Stage, line.Step, line.Loss)));
    }

    [Fact]
    public void AKilledTrainingGoesOnFromItsLastCheckpoint()
    {
        var whole = place.Train(TrainingPlace.Recipe, "whole");
        place.Begin(TrainingPlace.WithCheckpointAtEveryStep(), "killed");
        TrainingChild.KillAfter(lines: 4, "train", place.Pack, place.Folder("killed"));
        Assert.True(File.Exists(Run.Open(place.Folder("killed")).CheckpointPath));
        Same(whole, place.Resume("killed"));
    }

    [Fact]
    public void TheNumberOfWorkersChangesNothing() => Same(
        place.Train(TrainingPlace.Recipe, "one"), place.Train(RecipeFile.Set(TrainingPlace.Recipe, ["data.workers=3"]), "three"));

    [Fact]
    public void AnotherSeedGivesOtherWeights()
    {
        var (one, two) = (place.Train(TrainingPlace.Recipe, "one"), place.Train(RecipeFile.Set(TrainingPlace.Recipe, ["seed=2"]), "two"));
        Assert.NotEqual(File.ReadAllBytes(one.EncoderPath), File.ReadAllBytes(two.EncoderPath));
    }

    [Fact]
    public void TwoProcessesTrainAsOneThatHasTheJointBatch()
    {
        // By plain gradients, so that a difference of them is one of the weights; the second step meets a gathered memory.
        var recipe = RecipeFile.Set(TrainingPlace.Recipe, [
            "encoder.dropPath=0", "stages.similarity.method.shotMix=0",
            .. new[] { "predmae", "similarity" }.SelectMany(stage => new[] { $"stages.{stage}.optimiser.name=sgd", $"stages.{stage}.optimiser.beta1=0", $"stages.{stage}.optimiser.rate=0.5", $"stages.{stage}.schedule.name=constant" }),
        ]);
        var one = place.Train(recipe, "one");
        place.Begin(recipe, "two");
        Torch.Tests.Together.Succeed(2, "train", place.Pack, place.Folder("two"));
        var two = Run.Open(place.Folder("two"));
        foreach (var stage in recipe.Stages)
        {
            Assert.True(Moved(one, stage) > 1e-3, "nothing was learnt that could differ");
            Assert.InRange(Difference(one.WeightsPath(stage), two.WeightsPath(stage)), 0, 1e-5);
        }

        Assert.All(one.Metrics().Zip(two.Metrics()), pair => Assert.Equal(pair.First.Loss, pair.Second.Loss, 1e-5));
    }

    [Fact]
    public void PartsOfABatchAddUpToIt()
    {
        string[] sgd = ["stages.predmae.steps=6", "stages.predmae.optimiser.name=sgd", "stages.predmae.optimiser.beta1=0", "stages.predmae.optimiser.rate=0.5", "encoder.dropPath=0"];
        var recipe = RecipeFile.Set(TrainingPlace.Recipe, sgd) is var all ? all with { Stages = [all.Stages[0]] } : null!;
        using var data = Dataset.Open([place.Pack], recipe.Data!.Holdout);
        Assert.True(data.Training.Count % 4 >= 2 && data.Training.Count < 6 * 4, "an epoch ends on the way, with videos left over that would fill a part");
        var whole = place.Train(recipe, "whole");
        var parts = place.Train(RecipeFile.Set(recipe, ["stages.predmae.accumulate=2"]), "parts");
        Assert.InRange(Difference(whole.WeightsPath(recipe.Stages[0]), parts.WeightsPath(recipe.Stages[0])), 0, 1e-5);
    }

    [Fact]
    public void WeightsFlowToTheNextStageByName()
    {
        var run = place.Train(RecipeFile.Set(TrainingPlace.Recipe, ["stages.similarity.optimiser.rate=0", "stages.similarity.ema=null"]), "flow");
        using var before = Safetensors.Read(run.WeightsPath(run.Recipe.Stages[0]));
        using var after = Safetensors.Read(run.EncoderPath);
        var encoder = before.Tensors.Under("encoder.");
        Assert.Equal(encoder.Names.Order(StringComparer.Ordinal), after.Tensors.Names.Order(StringComparer.Ordinal));
        Assert.All(after.Tensors.Tensors, tensor => Assert.Equal(encoder[tensor.Name].Contiguous().ToArray(), tensor.Contiguous().ToArray()));
    }

    [Fact]
    public void TheMeanOfTheWeightsIsWhatIsKept()
    {
        string[] steps = ["stages.predmae.steps=1", "stages.similarity.steps=1", "stages.similarity.ema=0.999999"];
        var run = place.Train(RecipeFile.Set(TrainingPlace.Recipe, steps), "mean"); // hardly anything new is taken in
        using var before = Safetensors.Read(run.WeightsPath(run.Recipe.Stages[0]));
        using var after = Safetensors.Read(run.EncoderPath);
        var moved = before.Tensors["encoder.norm.bias"].ToTensor() - after.Tensors["norm.bias"].ToTensor();
        Assert.InRange(moved.Abs().Max().Item(), 0, 1e-6); // the step itself is one of 4e-3
    }

    [Fact]
    public void ALossThatIsNoNumberStopsTheTrainingOrIsLeftOut()
    {
        string[] wild = ["stages.predmae.optimiser.rate=1000", "stages.predmae.schedule.warmupSteps=0", "stages.predmae.clipNorm=null", "stages.predmae.optimiser.name=sgd", "stages.predmae.steps=40"];
        var recipe = RecipeFile.Set(TrainingPlace.Recipe, wild) is var all ? all with { Stages = [all.Stages[0]] } : null!;
        var error = Assert.Throws<TrainingException>(() => place.Train(recipe, "stops"));
        Assert.Contains("stage predmae, step ", error.Message);
        Assert.Contains("--set stages.predmae.onNan=skip", error.Message);

        var run = place.Train(RecipeFile.Set(recipe, ["stages.predmae.onNan=skip"]), "skips");
        Assert.True(run.Metrics()[^1].Skipped > 0);
        using var weights = Safetensors.Read(run.EncoderPath);
        Assert.All(weights.Tensors.Tensors, tensor => Assert.DoesNotContain(tensor.ToTensor().ToArray<float>(), float.IsNaN));
    }

    [Theory]
    [InlineData("stages.similarity.precision=bfloat16")]
    [InlineData("stages.similarity.gradientCheckpointing=true")]
    public void ItTrainsInOtherWaysToo(string way)
    {
        var (plain, other) = (place.Train(TrainingPlace.Recipe, "plain"), place.Train(RecipeFile.Set(TrainingPlace.Recipe, [way]), "other"));
        var (expected, got) = (plain.Metrics()[^1].Loss, other.Metrics()[^1].Loss);
        Assert.InRange(Math.Abs(expected - got), 0, way.Contains("bfloat16", StringComparison.Ordinal) ? 0.1 : 1e-4);
    }

    [Fact]
    public void TheFigureAtTheEndIsOfVideosThatWereHeldOut()
    {
        var run = place.Train(RecipeFile.Set(TrainingPlace.Recipe, ["data.holdout=0.4"]), "figure");
        using var data = Dataset.Open([place.Pack], 0.4);
        Assert.Empty(data.Training.Select(one => one.Video.Name).Intersect(data.HeldOut.Select(one => one.Video.Name)));
        var result = HeldOutRetrieval.Measure(run, data, Device.Cpu)!;
        Assert.Equal(data.HeldOut.Count, result.Trained.Count);
        Assert.Equal(result, HeldOutRetrieval.Measure(run, data, Device.Cpu));
        Assert.Equal(result, run.Result);
    }

    [Fact]
    public void NothingStaysInMemory()
    {
        place.Train(TrainingPlace.Recipe, "first");
        var before = Tensor.Live;
        place.Train(TrainingPlace.Recipe, "second");
        Assert.Equal(before, Tensor.Live);
    }

    private static void Same(Run one, Run other)
    {
        Assert.All(one.Recipe.Stages, stage => Assert.Equal(File.ReadAllBytes(one.WeightsPath(stage)), File.ReadAllBytes(other.WeightsPath(stage))));
        Assert.Equal(File.ReadAllBytes(one.EncoderPath), File.ReadAllBytes(other.EncoderPath));
    }

    private static double Difference(string one, string other)
    {
        using var scope = TensorScope.Enter();
        using var a = Safetensors.Read(one);
        using var b = Safetensors.Read(other);
        Assert.Equal(a.Tensors.Names, b.Tensors.Names);
        return a.Tensors.Tensors.Max(tensor => (tensor.ToTensor().To(ScalarType.Float64) - b.Tensors[tensor.Name].ToTensor()).Abs().Max().Item());
    }

    // How far the weights of a stage are from those that the encoder started with.
    private static double Moved(Run run, Stage stage)
    {
        using var scope = TensorScope.Enter();
        using var generator = new Generator((ulong)run.Recipe.Seed);
        using var encoder = run.Recipe.Encoder.Build(generator, checkpointing: false);
        using var weights = Safetensors.Read(run.WeightsPath(stage));
        return encoder.NamedState().Max(entry => (weights.Tensors[$"encoder.{entry.Name}"].ToTensor() - entry.Tensor).Abs().Max().Item());
    }
}
