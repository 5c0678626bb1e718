using System.CommandLine;
using Sosia.Evaluating;
using Sosia.Video;

namespace Sosia.Cli.Commands;

/// <summary>The options of `sosia evaluate RUN`: on which videos, by what, and how.</summary>
internal sealed class EncoderTaskOptions
{
    private static readonly (string Name, EncoderTask Task)[] TaskNames =
    [
        ("knn", EncoderTask.Nearest), ("linear", EncoderTask.Linear), ("retrieval", EncoderTask.Retrieval), ("fine-tune", EncoderTask.FineTune), ("clusters", EncoderTask.Clusters),
    ];

    public Option<string?> Data { get; } = new("--data") { Description = "a RUN's videos: train/CLASS/VIDEO and test/CLASS/VIDEO, or CLASS/VIDEO, of which test videos are drawn", HelpName = "FOLDER" };

    public Option<string?> Dataset { get; } = new("--dataset") { Description = $"a RUN's videos have published lists (--annotations, --videos): {string.Join(", ", PublishedSet.All.Select(set => set.Name))}", HelpName = "NAME" };

    public Option<string?> Frames { get; } = new("--frames") { Description = "phases of the frames of --videos, for a RUN of CARL: a table video,frame,phase[,split]", HelpName = "FILE" };

    public Option<double> Rate { get; } = new("--rate") { Description = "frames a second [default: that of the RUN's training; with --frames all frames of a video]", HelpName = "N" };

    public Option<int> Stride { get; } = new("--stride") { Description = "with --frames: tau and AP look at every so many", HelpName = "N", DefaultValueFactory = _ => 1 };

    public Option<string> Tasks { get; } = new("--tasks") { Description = $"by what a RUN is measured: {string.Join(", ", TaskNames.Select(task => task.Name))}", HelpName = "LIST", DefaultValueFactory = _ => "knn,linear,retrieval" };

    public Option<int> Clips { get; } = new("--clips") { Description = "clips of a video, evenly spread", HelpName = "N", DefaultValueFactory = _ => 10 };

    public Option<int?> Epochs { get; } = new("--epochs") { Description = "of fine-tuning [default: 150]", HelpName = "N" };

    public Option<int> Seed { get; } = new("--seed") { Description = "of everything that is drawn", HelpName = "N", DefaultValueFactory = _ => 0 };

    public Option<string?> Clusters { get; } = new("--clusters") { Description = "write a table of the clusters, one row a video (--tasks clusters)", HelpName = "FILE" };

    public Option<bool> Untrained { get; } = new("--untrained") { Description = "a RUN's starting weights in place of what it learned, to compare with" };

    public Option<string?> Device { get; } = DeviceOption.Create();

    private IEnumerable<Option> All => [Data, Dataset, Frames, Rate, Stride, Tasks, Clips, Epochs, Seed, Clusters, Untrained, Device];

    public void AddTo(Command command)
    {
        Least(Clips, 1);
        Least(Stride, 1);
        Least(Epochs, 1);
        Rate.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (> 0 and < 1000))
            {
                result.AddError("--rate takes a number above 0");
            }
        });
        foreach (var option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>Those that were given, which a protocol does not take.</summary>
    public IEnumerable<string> Given(ParseResult parsed) => All.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name);

    /// <exception cref="UsageException">A name is that of no task, or there is none.</exception>
    public IReadOnlyList<EncoderTask> TasksOf(ParseResult parsed)
    {
        var names = parsed.GetRequiredValue(Tasks).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0
            ? throw new UsageException("--tasks names none")
            : [.. names.Select(Task).Distinct()];

        static EncoderTask Task(string name) => Array.FindIndex(TaskNames, task => task.Name == name) is >= 0 and var at
            ? TaskNames[at].Task
            : throw new UsageException($"--tasks takes {string.Join(", ", TaskNames.Select(task => task.Name))}, not {Printable.Text(name)}");
    }

    private static void Least<T>(Option<T> option, int least) => option.Validators.Add(result =>
    {
        if (result.Tokens.Count > 0 && result.GetValueOrDefault<T>() is int given && given < least)
        {
            result.AddError($"{option.Name} takes a number from {least} on");
        }
    });
}
