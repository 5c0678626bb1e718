using Sosia.Learning.Encoders;
using Sosia.Learning.Methods;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Tests;

/// <summary>Methods with a teacher, through packs: SVT, whose teacher follows, and MVD, whose teachers are read from files.</summary>
public sealed class TeacherTrainingTests : IDisposable
{
    private readonly TrainingPlace place = new();

    public void Dispose() => place.Dispose();

    [Theory]
    [InlineData("svt")]
    [InlineData("mvd")]
    public void An_interrupted_training_ends_as_one_that_was_not(string method)
    {
        var recipe = Recipe(method);
        var whole = place.Train(recipe, "whole");
        using var stop = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => place.Train(recipe, "parts", Watch.After(2, stop), stop.Token));
        var resumed = place.Resume("parts");

        using var a = Safetensors.Read(whole.WeightsPath(recipe.Stages[0]));
        using var b = Safetensors.Read(resumed.WeightsPath(recipe.Stages[0]));
        Assert.Equal(a.Tensors.Names, b.Tensors.Names);
        Assert.All(a.Tensors.Tensors, tensor => Assert.Equal(tensor.Contiguous().ToArray(), b.Tensors[tensor.Name].Contiguous().ToArray()));
    }

    [Fact]
    public void The_teacher_of_svt_moves_and_those_of_mvd_do_not()
    {
        var svt = place.Train(Recipe("svt"), "svt");
        using var weights = Safetensors.Read(svt.WeightsPath(svt.Recipe.Stages[0]));
        var (student, teacher) = (weights.Tensors["encoder.norm.bias"].ToTensor(), weights.Tensors["teacher.norm.bias"].ToTensor());
        Assert.True(teacher.Abs().Max().Item() > 0 && teacher.Abs().Max().Item() < student.Abs().Max().Item()); // both began at 0
        Assert.True(weights.Tensors["centre.center"].ToTensor().Abs().Max().Item() > 0);

        var mvd = place.Train(Recipe("mvd"), "mvd");
        using var after = Safetensors.Read(mvd.WeightsPath(mvd.Recipe.Stages[0]));
        using var file = Safetensors.Read(Path.Combine(place.Folder("teachers"), "videomae.safetensors"));
        const string Name = "blocks.0.attn.qkv.weight";
        Assert.Equal(file.Tensors["encoder." + Name].Contiguous().ToArray(), after.Tensors["video_teacher." + Name].Contiguous().ToArray());
        using var kept = Safetensors.Read(mvd.EncoderPath);
        Assert.DoesNotContain(kept.Tensors.Names, name => name.Contains("decoder", StringComparison.Ordinal) || name.Contains("teacher", StringComparison.Ordinal));
        Assert.Contains(Name, kept.Tensors.Names);
    }

    // One centre and one loss, whichever process a video is in.
    [Fact]
    public void Two_processes_train_svt_as_one_that_has_the_joint_batch()
    {
        var recipe = Recipe("svt");
        recipe = recipe with
        {
            Stages = [recipe.Stages[0] with { Optimiser = new OptimiserOptions(0.01, OptimiserName.Sgd, Beta1: 0), Schedule = new ScheduleOptions(ScheduleName.Constant) }],
        };
        var one = place.Train(recipe, "one");
        place.Begin(recipe, "two");
        Torch.Tests.Together.Succeed(2, "train", place.Pack, place.Folder("two"));
        var two = Run.Open(place.Folder("two"));
        using var a = Safetensors.Read(one.WeightsPath(recipe.Stages[0]));
        using var b = Safetensors.Read(two.WeightsPath(recipe.Stages[0]));
        foreach (var tensor in a.Tensors.Tensors)
        {
            var difference = (tensor.ToTensor() - b.Tensors[tensor.Name].ToTensor()).Abs().Max().Item();
            Assert.True(difference < 1e-5 * (1 + tensor.ToTensor().Abs().Max().Item()), $"{tensor.Name}: {difference}");
        }

        Assert.True(a.Tensors["encoder.norm.bias"].ToTensor().Abs().Max().Item() > 1e-3, "nothing was learnt that could differ");
    }

    private Recipe Recipe(string method) => method == "svt"
        ? Of("svt", new VideoTransformerOptions(16, 1, 2, Patch: 8, Side: 16, Frames: 4, DropPath: 0), new SvtOptions(
            GlobalFrames: [2, 4], LocalFrames: [1, 2], LocalSide: 8, Seconds: 2, HeadHidden: 16, HeadBottleneck: 8, Prototypes: 12, FrozenPrototypeEpochs: 0, Momentum: 0.9))
        : Of("mvd", new VideoMaeOptions(16, 1, 2, Patch: 8, Side: 16, Frames: 4, DropPath: 0.3), Teachers());

    private static Recipe Of(string name, EncoderOptions encoder, MethodOptions method) =>
        new(name, encoder, [new Stage("only", method, new OptimiserOptions(2e-3), Steps: 4, Batch: 4, Schedule: new ScheduleOptions())], Data: new DataOptions());

    private MvdOptions Teachers()
    {
        var folder = Directory.CreateDirectory(place.Folder("teachers")).FullName;
        var options = new MvdOptions(
            Path.Combine(folder, "mae.safetensors"), Path.Combine(folder, "videomae.safetensors"), DecoderWidth: 16, DecoderDepth: 1, DecoderHeads: 2, MaskRatio: 0.75);
        if (!File.Exists(options.ImageTeacher))
        {
            using var mae = new MaskedAutoencoder(new(new(64, 1, 1), new(16, 1, 2), 8, 16, 16), new Generator(1));
            using var videoMae = new VideoMaePretraining(new(new(64, 1, 1), new(16, 1, 2), 8), new Generator(2));
            Safetensors.Write(options.ImageTeacher!, mae.ToStored());
            Safetensors.Write(options.VideoTeacher!, videoMae.ToStored());
        }

        return options;
    }
}
