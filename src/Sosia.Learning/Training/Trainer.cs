using Sosia.Learning.Methods;
using Sosia.Learning.Views;
using Sosia.Torch;
using Sosia.Torch.Checkpoints;

namespace Sosia.Learning.Training;

/// <summary>Trains the stages of a recipe, one after the other, from the last checkpoint of the run where there is one.</summary>
/// <param name="run">Recipe and folder.</param>
/// <param name="data">What is learnt from.</param>
/// <param name="device">Where.</param>
/// <param name="world">The processes that train together; the first one writes.</param>
/// <param name="report">Gets the figures as they come.</param>
public sealed class Trainer(Run run, Dataset data, Device device, World world, IProgress<Metrics> report)
{
    private const int LookedAt = 64; // batches

    private readonly Recipe recipe = run.Recipe;

    /// <summary>Trains to the end. The same recipe, data and number of threads give the same weights on a CPU, bit for bit, also when it was stopped in between.</summary>
    /// <param name="stop">Ends it after the step in work, with a checkpoint.</param>
    /// <exception cref="TrainingException">A loss is no number, and the recipe says to stop.</exception>
    /// <exception cref="OperationCanceledException">Stopped.</exception>
    public void Train(CancellationToken stop = default)
    {
        var at = Checkpoint.Find(run.CheckpointPath) ?? new Checkpoint(0, 0, 0);
        if (world.Rank == 0)
        {
            run.Sweep();
        }

        using var log = new RunLog(world.Rank == 0 ? run.MetricsPath : null, at, recipe.Stages, report);
        for (var number = at.Stage; number < recipe.Stages.Count; number++)
        {
            TrainStage(number, number == at.Stage ? at.Step : 0, log, stop);
        }
    }

    private void TrainStage(int number, long firstStep, RunLog log, CancellationToken stop)
    {
        using var born = TensorScope.Enter();
        var stage = recipe.Stages[number];
        using var method = Build(number);
        using var optimiser = new ScheduledOptimiser(stage, method);
        var seed = (int)new SampleRandom(recipe.Seed, number, 0).NextBits(); // no two stages of any two seeds draw alike
        if (firstStep == 0)
        {
            Look(method, method.Begin, stage, seed);
        }

        using var average = stage.Ema is { } decay ? new WeightAverage(method, decay) : null; // of what was fitted
        if (firstStep > 0)
        {
            Checkpoint.Restore(run.CheckpointPath, method, optimiser.Inner, average);
            method.Resume();
        }

        using var loader = new Loader(data.Training, method.Views, stage.Batch, seed, recipe.Data!, world, firstStep, stage.Accumulate);
        var survey = new VideoSurvey(data.Training, device, seed);
        var steps = stage.Steps ?? stage.Epochs * loader.StepsPerEpoch;
        log.Begin(stage, loader);
        for (var step = firstStep; step < steps; step++)
        {
            using var scope = TensorScope.Enter();
            var at = new Progress(step, steps, loader.StepsPerEpoch);
            if (step % loader.StepsPerEpoch == 0 && method.BeginEpoch(survey, at))
            {
                world.Broadcast(method);
                method.Resume(); // all with the buffers of the first process
                loader.Restart(step);
            }

            Generator.Seed(new SampleRandom(recipe.Seed, number, step).For(world.Rank).NextBits()); // dropout and the like: nothing to remember
            var losses = Gradients(stage, method, loader, at);
            world.Average(method.Parameters());
            var norm = stage.ClipEach is { } most ? ClipGradients.Each(method.Parameters(), most) : ClipGradients.Norm(method.Parameters(), stage.ClipNorm ?? double.PositiveInfinity);
            var isNumber = double.IsFinite(norm) && double.IsFinite(losses.Total);
            if (isNumber)
            {
                optimiser.Step(at);
                method.AfterStep(at);
                average?.Update();
            }
            else if (stage.OnNan == OnFault.Stop)
            {
                throw TrainingException.NotANumber(stage, step, losses, norm, run.CheckpointPath);
            }

            method.ZeroGrad();
            log.Add(at, losses, norm, optimiser.Rate(at), isNumber);
            var isStopped = world.Any(stop.IsCancellationRequested);
            if (isStopped || log.IsCheckpointDue)
            {
                Save(new Checkpoint(number, step + 1, log.Elapsed), method, optimiser.Inner, average);
                log.CheckpointWritten();
            }

            if (isStopped)
            {
                throw new OperationCanceledException(stop);
            }
        }

        average?.Apply();
        Look(method, method.End, stage, seed);
        Finish(number, method, log.Elapsed);
    }

    // What a method fits to the data before it learns, and afterwards.
    private void Look(Method method, Action<IEnumerable<Batch>> fit, Stage stage, int seed)
    {
        using var loader = new Loader(data.Training, method.Views, stage.Batch, seed, recipe.Data!, world);
        fit(Enumerable.Range(0, LookedAt).Select(_ => loader.Next(device)));
        world.Broadcast(method); // each process has seen its own part
    }

    // The gradients of a step stay in the parameters: of all its parts together, as of one large batch.
    private LossFigures Gradients(Stage stage, Method method, Loader loader, Progress at)
    {
        var figures = new LossFigures();
        for (var part = 0; part < stage.Accumulate; part++)
        {
            using var scope = TensorScope.Enter();
            var batch = loader.Next(device);
            Losses losses;
            using (Autocast.Enter(device.Type, enabled: stage.Precision == Precision.BFloat16))
            {
                losses = method.Step(batch, at);
            }

            var total = losses.Total();
            (total / stage.Accumulate).Backward();
            figures.Add(losses, total, stage.Accumulate, world);
        }

        return figures;
    }

    // Weights flow from stage to stage by name: what both methods call encoder is one encoder.
    private Method Build(int number)
    {
        var stage = recipe.Stages[number];
        Generator.Seed((ulong)recipe.Seed);
        using var generator = new Generator((ulong)recipe.Seed);
        var method = stage.Method.Build(() => recipe.Encoder.Build(generator, stage.GradientCheckpointing), world);
        if (number > 0 && world.Rank == 0)
        {
            using var before = Safetensors.Read(run.WeightsPath(recipe.Stages[number - 1]));
            method.Load(before.Tensors.Tensors, strict: false);
            using var encoder = Safetensors.Read(run.EncoderPath);
            method.Encoder.Load(encoder.Tensors.Tensors); // whatever a method calls it
        }

        method.To(device);
        world.Broadcast(method);
        return method;
    }

    private void Save(Checkpoint at, Module method, Optimiser optimiser, WeightAverage? average)
    {
        if (world.Rank == 0)
        {
            at.Write(run.CheckpointPath, method, optimiser, average);
        }
    }

    private void Finish(int number, Method method, double elapsed)
    {
        if (world.Rank == 0)
        {
            Safetensors.Write(run.WeightsPath(recipe.Stages[number]), method.ToStored());
            Safetensors.Write(run.EncoderPath, method.Encoder.ToStored());
            new Checkpoint(number + 1, 0, elapsed).Write(run.CheckpointPath);
        }

        world.Barrier(); // the others read what was written
    }
}
