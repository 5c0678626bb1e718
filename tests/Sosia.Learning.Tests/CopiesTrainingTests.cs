using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>Whole trainings by the recipe of copies, of three steps: what is fitted before and after them is fitted once.</summary>
public sealed class CopiesTrainingTests : IDisposable
{
    private static readonly Recipe Recipe = RecipeFile.Set(RecipeFile.Named("copies"), [
        "encoder.width=8", "data.holdout=0.1", "stages.frames.steps=3", "stages.frames.batch=1", "stages.frames.schedule.warmupSteps=0", "stages.frames.ema=0.5",
        "stages.frames.method.learnFrom=13", "stages.frames.method.memory=4", "stages.frames.method.readSide=144", "stages.frames.method.learnSide=32",
    ]);

    private readonly TrainingPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void An_interrupted_training_ends_as_one_that_was_not()
    {
        var whole = place.Train(Recipe, "whole");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => place.Train(Recipe, "parts", Watch.After(2, stop), stop.Token));
        var resumed = place.Resume("parts");

        Assert.Equal(File.ReadAllBytes(whole.WeightsPath(Recipe.Stages[0])), File.ReadAllBytes(resumed.WeightsPath(Recipe.Stages[0])));
        Assert.Equal(File.ReadAllBytes(whole.EncoderPath), File.ReadAllBytes(resumed.EncoderPath));
        Assert.Equal(whole.Metrics().Select(line => (line.Step, line.Loss)), resumed.Metrics().Select(line => (line.Step, line.Loss)));
        using var encoder = Encoders.ClipTrunk.Read(whole.EncoderPath);
        Assert.Equal(8, encoder.Width);
    }

    [Fact]
    public void The_mean_of_the_weights_begins_with_what_was_fitted()
    {
        // Hardly anything new is taken in: at the end the trunk is as white as it was at the start.
        using var scope = TensorScope.Enter();
        var run = place.Train(RecipeFile.Set(Recipe, ["stages.frames.steps=1", "stages.frames.ema=0.999999", "stages.frames.method.whiteningFloor=0"]), "mean");
        using var weights = Safetensors.Read(run.WeightsPath(Recipe.Stages[0]));
        var (learnt, taught) = (weights.Tensors["encoder.projection.weight"].ToTensor(), weights.Tensors["teacher.projection.weight"].ToTensor());
        var (gram, wanted) = (learnt.Transpose(0, 1).MatMul(learnt), taught.Transpose(0, 1).MatMul(taught)); // what is white stays so when it is turned
        Assert.InRange((gram - wanted).Abs().Max().Item() / wanted.Abs().Max().Item(), 0, 0.05);
    }
}
