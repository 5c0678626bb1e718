using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>A data set with published lists.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Files">Which files it takes, and how videos are named.</param>
/// <param name="Splits">How many there are.</param>
/// <param name="Read">From the folder of the files, and the split from 1.</param>
/// <param name="FineTuning">How an encoder is trained on it.</param>
public sealed record PublishedSet(string Name, string Files, int Splits, Func<string, int, LabelledSet> Read, Func<LabelledSet, FineTuningSettings> FineTuning)
{
    /// <summary>All there are.</summary>
    public static IReadOnlyList<PublishedSet> All { get; } =
    [
        new("ucf101", "classInd.txt, trainlist0N.txt, testlist0N.txt; CLASS/NAME.avi", 3, Ucf101.Read, _ => FineTuningSettings.Ucf101),
        new("hmdb51", "CLASS_test_splitN.txt; CLASS/NAME.avi", 3, Hmdb51.Read, _ => FineTuningSettings.Hmdb51),
        new("diving48", "Diving48_vocab.json, Diving48_V2_train.json, Diving48_V2_test.json; NAME.mp4", 1, (folder, _) => Diving48.Read(folder), Tenth),
        new("kinetics", "train.csv, val.csv; paths as they stand there", 1, (folder, _) => Kinetics.Read(folder), Tenth),
    ];

    /// <summary>The set of a name.</summary>
    /// <exception cref="UsageException">There is none; says which there are.</exception>
    public static PublishedSet Named(string name) => All.FirstOrDefault(set => set.Name == name)
        ?? throw new UsageException($"there is no data set {Printable.Text(name)}: choose one of {string.Join(", ", All.Select(set => set.Name))}, or give class folders by --data");

    /// <summary>VCOP's settings with a tenth of the training videos held out (ours), where it says nothing.</summary>
    public static FineTuningSettings Tenth(LabelledSet set) => new(HeldOut: set.Training.Count / 10);
}
