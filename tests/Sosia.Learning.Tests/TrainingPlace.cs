using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Video.Packs;

namespace Sosia.Learning.Tests;

/// <summary>A folder with a small pack of scenes, and trainings of three steps in each stage on it.</summary>
internal sealed class TrainingPlace : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("sosia-training-").FullName;

    public TrainingPlace()
    {
        using var pack = PackWriter.Open(Pack, new PackSettings(Rate: 4, Side: 20, Format: PackFormat.Raw));
        Packing.Run(pack, [], new PackingOptions([], Threads: 1, Scenes: 20, SceneSeconds: 4));
    }

    /// <summary>Both stages of 3D-CSL, with all that has to be remembered: memory, mean of the weights, dropped paths, two optimisers.</summary>
    public static Recipe Recipe { get; } = RecipeFile.Set(RecipeFile.Named("3d-csl", "tiny"), [
        "encoder.width=16", "encoder.depth=2", "encoder.heads=2", "encoder.side=16", "encoder.frames=4", "encoder.dropPath=0.3",
        "data.holdout=0.1", "data.workers=2",
        "stages.predmae.steps=3", "stages.predmae.batch=4", "stages.predmae.schedule.warmupSteps=0", "stages.predmae.method.decoderHeads=1",
        "stages.similarity.steps=3", "stages.similarity.batch=4", "stages.similarity.schedule.warmupSteps=0", "stages.similarity.method.memory=30", "stages.similarity.method.memoryFrom=0", "stages.similarity.ema=0.9",
    ]);

    public string Pack => Path.Combine(folder, "pack");

    public static Recipe WithCheckpointAtEveryStep() =>
        RecipeFile.Set(Recipe, ["stages.predmae.checkpointMinutes=0", "stages.similarity.checkpointMinutes=0"]);

    public string Folder(string name) => Path.Combine(folder, name);

    public Run Begin(Recipe recipe, string name) =>
        Run.Create(Folder(name), recipe, new RunStart([Pack], DateTimeOffset.UnixEpoch, TorchRuntime.Threads, "cpu", TorchRuntime.Version));

    public Run Train(Recipe recipe, string name, IProgress<Metrics>? report = null, CancellationToken stop = default) =>
        Train(Begin(recipe, name), World.Single, report ?? new Watch(_ => { }), stop);

    public Run Resume(string name) => Train(Run.Open(Folder(name)), World.Single, new Watch(_ => { }), CancellationToken.None);

    public static Run Train(Run run, World world, IProgress<Metrics> report, CancellationToken stop)
    {
        using var data = Dataset.Open(run.Start.Data, run.Recipe.Data!.Holdout);
        new Trainer(run, data, Device.Cpu, world, report).Train(stop);
        return run;
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

/// <summary>Is told at once, on the thread that trains.</summary>
internal sealed class Watch(Action<Metrics> seen) : IProgress<Metrics>
{
    public static Watch After(int steps, CancellationTokenSource stop)
    {
        var left = steps;
        return new Watch(_ =>
        {
            if (--left == 0)
            {
                stop.Cancel();
            }
        });
    }

    public void Report(Metrics value) => seen(value);
}
