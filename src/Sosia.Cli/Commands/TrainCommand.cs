using System.CommandLine;
using System.Globalization;
using Sosia.Learning.Training;
using Sosia.Torch;
using Sosia.Video;
using Sosia.Video.Packs;

namespace Sosia.Cli.Commands;

/// <summary>`sosia train METHOD`: trains an encoder on videos without labels.</summary>
internal static class TrainCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var method = new Argument<string?>("method") { Description = "see `sosia methods`", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string[]>("--data") { Description = "packs (`sosia pack`), or folders of videos, which are packed first", HelpName = "FOLDER" };
        var size = new Option<string?>("--size") { Description = "tiny (minutes on two cores), small or base [default: that of the paper]", HelpName = "SIZE" };
        var recipe = new Option<string?>("--recipe") { Description = "a recipe of your own, such as the recipe.json of a run", HelpName = "FILE" };
        var set = new Option<string[]>("--set") { Description = "change a value of the recipe: stages.similarity.batch=64", HelpName = "PATH=VALUE" };
        var folder = new Option<string?>("--run") { Description = "folder of the run [default: the next free one in runs/]", HelpName = "DIR" };
        var resume = new Option<string?>("--resume") { Description = "go on with a run from its last checkpoint", HelpName = "DIR" };
        var device = DeviceOption.Create();
        var command = new Command("train", "Train an encoder on videos without labels. Ctrl-C writes a checkpoint; --resume goes on as if nothing had happened.")
        {
            method, data, size, recipe, set, folder, resume, device,
        };
        Help.Examples(
            command,
            "sosia train 3d-csl --data scenes.pack --size tiny",
            "sosia train 3d-csl --data kinetics.pack --data photos.pack --size small --set stages.similarity.epochs=50",
            "sosia train --resume runs/3d-csl-tiny-1");
        command.SetAction(parsed =>
        {
            var isResumed = parsed.GetValue(resume) is not null;
            var isChosen = new[] { parsed.GetValue(method), parsed.GetValue(recipe), parsed.GetValue(size), parsed.GetValue(folder) }.Any(given => given is not null) || parsed.GetValue(set) is { Length: > 0 };
            var old = isResumed ? Resumed(parsed.GetValue(resume)!, isChosen) : null;
            var chosen = old?.Recipe ?? RecipeFile.Set(Chosen(parsed.GetValue(method), parsed.GetValue(size), parsed.GetValue(recipe)), parsed.GetValue(set) ?? []);
            string[] sources = parsed.GetValue(data) is { Length: > 0 } given ? given : [.. old?.Start.Data ?? throw new UsageException("say what to learn from: --data FOLDER")];
            using var interruption = new Interruption();
            TorchSetup.Prepare();
            var kind = DeviceOption.KindOf(parsed.GetValue(device));
            using var world = World.FromEnvironment(kind);
            TorchRuntime.Threads = globals.Threads(parsed, world.LocalSize);
            var where = kind == DeviceType.Cuda ? Device.Cuda(world.LocalRank % TorchRuntime.CudaDevices) : Device.Cpu;
            RecipeTrial.Make(chosen, world); // what would fail later fails before anything is read
            if (parsed.GetValue(folder) is { } name)
            {
                Run.RefuseAnother(name);
            }

            string[] packs = [.. sources.Select(source => Packed(source, chosen.Data!, globals.Threads(parsed), world, interruption.Token)).Distinct(StringComparer.Ordinal)];
            using var dataset = Dataset.Open(packs, chosen.Data!.Holdout, chosen.Data.Stretch);
            var start = new RunStart(packs, DateTimeOffset.Now, TorchRuntime.Threads, kind.ToString().ToLowerInvariant(), TorchRuntime.Version, dataset.Training.Count, world.Size);
            var run = old ?? Begin(parsed.GetValue(folder), chosen, start, world);
            foreach (var difference in run.Start.Differences(start))
            {
                Say(world, $"the weights will not be those of a training that went through; {difference}");
            }

            return Train(run, dataset, where, world, globals.Json(parsed), interruption.Token) ? ExitCode.Done : ExitCode.Interrupted;
        });
        return command;
    }

    private static Run Resumed(string folder, bool isMore) =>
        isMore ? throw new UsageException("--resume goes on with the run's own recipe: leave out the method, --size, --recipe, --set and --run") : Run.Open(folder);

    private static Recipe Chosen(string? method, string? size, string? file) => (method, file) switch
    {
        ({ } name, null) => RecipeFile.Named(name, size),
        (null, { } path) when size is null => RecipeFile.Read(path),
        (null, null) => throw new UsageException("say how to train: a method (`sosia methods`), --recipe FILE, or --resume DIR"),
        _ => throw new UsageException("a recipe of your own names its method and size: leave out METHOD and --size"),
    };

    // What is new in a folder of videos is packed first.
    private static string Packed(string folder, DataOptions options, int threads, World world, CancellationToken stop)
    {
        var pack = TrainingData.PackOf(folder, options);
        if (!Pack.Is(folder) && world.Size > 1)
        {
            throw new UsageException(FormattableString.Invariant($"{folder} is no pack, and {world.Size} processes do not wait until it is one: sosia pack {folder} --side {options.Side} --rate {options.Rate} --out DIR"));
        }

        if (!Pack.Is(folder) || Pack.SettingsOf(pack).Format == PackFormat.Jpeg)
        {
            TurboJpegSetup.Prepare();
        }

        if (!Pack.Is(folder))
        {
            Say(world, FormattableString.Invariant($"{Printable.Text(folder)} is no pack: packing it into {Printable.Text(pack)} ({options.Rate} frames a second, {options.Side} pixels)"));
            var made = ProgressDisplay.Run("packing", progress => TrainingData.Make(folder, pack, options, threads, new PackingDisplay(progress), stop));
            foreach (var (path, reason) in made.Failures)
            {
                Say(world, $"left out: {Printable.Text(path)}: {Printable.Text(reason)}");
            }
        }

        return pack;
    }

    private static Run Begin(string? folder, Recipe recipe, RunStart start, World world)
    {
        var chosen = folder ?? Enumerable.Range(1, int.MaxValue).Select(i => Path.Combine("runs", $"{recipe.Name}-{i}")).First(free => !Run.Is(free));
        world.Barrier(); // all have chosen the same before the first one makes it
        return world.Rank == 0 ? Run.Create(chosen, recipe, start) : Run.Silent(chosen, recipe, start);
    }

    private static bool Train(Run run, Dataset dataset, Device device, World world, bool json, CancellationToken stop)
    {
        Say(world, $"{Printable.Text(run.Folder)}: {dataset.Training.Count} videos to train on, {dataset.HeldOut.Count} held out, on {device}");
        try
        {
            new Trainer(run, dataset, device, world, new TrainingLines(Console.Error.WriteLine, Console.IsErrorRedirected, world.Rank > 0)).Train(stop);
            if (world.Rank == 0)
            {
                Print(run, run.Result ?? HeldOutRetrieval.Measure(run, dataset, device, stop), json);
            }

            return true;
        }
        catch (OperationCanceledException)
        {
            Say(world, $"stopped after a checkpoint; go on with: sosia train --resume {Printable.Text(run.Folder)}");
            return false;
        }
    }

    private static void Print(Run run, RunResult? result, bool json)
    {
        if (json)
        {
            StandardOutput.Json(stream => Reports.JsonReport.Write(stream, run));
            return;
        }

        if (result is { } r)
        {
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"copies of {r.Trained.Count} held-out clips found among each other (mean reciprocal rank; first in the list):"));
            Row("plain", r.Trained.MeanReciprocalRank, r.Trained.First, r.Untrained.MeanReciprocalRank, r.Untrained.First);
            Row("mirrored", r.Trained.MirroredMeanReciprocalRank, r.Trained.MirroredFirst, r.Untrained.MirroredMeanReciprocalRank, r.Untrained.MirroredFirst);
        }

        else
        {
            Console.Out.WriteLine("no figure: fewer than two videos that can be read are held out (--set data.holdout=0.1)");
        }

        Console.Out.WriteLine($"{Printable.Text(run.Folder)}: encoder.safetensors, recipe.json, metrics.jsonl; `sosia runs --html runs.html` shows the curves");
    }

    private static void Row(string what, double rank, double first, double before, double firstBefore) =>
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {what,-9} {rank:0.00}  {first,4:0%}    untrained {before:0.00}  {firstBefore,4:0%}"));

    // Of several processes the first one speaks.
    private static void Say(World world, string line)
    {
        if (world.Rank == 0)
        {
            Console.Error.WriteLine(line);
        }
    }
}
