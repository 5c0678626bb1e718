using Sosia.Learning.Evaluation;
using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Evaluation.Datasets;
using Sosia.Video;

namespace Sosia.Evaluating;

/// <summary>The videos that an encoder is evaluated on.</summary>
/// <param name="Name">In the report.</param>
/// <param name="Set">With their classes; none where these are not known.</param>
/// <param name="Videos">The folder that their names lead from.</param>
/// <param name="FineTuning">How an encoder is trained on them.</param>
/// <param name="Notes">What is to be known of them.</param>
public sealed record EvaluatedSet(string Name, LabelledSet Set, string Videos, FineTuningSettings FineTuning, IReadOnlyList<string> Notes)
{
    private const int NoClass = -1;

    /// <summary>A data set with published lists.</summary>
    /// <param name="published">Which.</param>
    /// <param name="annotations">The folder of its files.</param>
    /// <param name="split">From 1.</param>
    /// <param name="videos">The folder of videos.</param>
    /// <exception cref="AnnotationException">A file cannot be read, or is something else.</exception>
    public static EvaluatedSet OfPublished(PublishedSet published, string annotations, int split, string videos)
    {
        var set = published.Read(annotations, split);
        return new EvaluatedSet(published.Splits == 1 ? published.Name : FormattableString.Invariant($"{published.Name} split {split}"), set, videos, published.FineTuning(set), []);
    }

    /// <summary>Folders of classes; where nothing but clusters is asked for, any folder of videos.</summary>
    /// <param name="folder">Laid out as <see cref="ClassFolders"/> reads it.</param>
    /// <param name="seed">Of the draw of test videos.</param>
    /// <param name="needsClasses">Whether a folder without classes will not do.</param>
    /// <exception cref="UsageException">There is no class.</exception>
    /// <exception cref="AnnotationException">There is no such folder, or one of train and test is not there.</exception>
    public static EvaluatedSet OfFolders(string folder, int seed, bool needsClasses)
    {
        var set = ClassFolders.Read(folder, seed);
        if (set.Classes.Count == 0 && needsClasses)
        {
            throw new UsageException(
                $"--data {Printable.Text(folder)} holds no class: it is laid out CLASS/VIDEO, or train/CLASS/VIDEO and test/CLASS/VIDEO; --tasks clusters needs no classes");
        }

        var known = set.Classes.Count > 0 ? set : new LabelledSet([], [.. MediaFiles.Find([Path.GetFullPath(folder)]).Files.Select(file => new LabelledVideo(file.Path, NoClass))], []);
        string[] notes = known.Classes.Count == 0 || ClassFolders.IsSplit(folder)
            ? []
            : [FormattableString.Invariant($"the folder does not say what is for training: {ClassFolders.TrainingShare:0%} of each class's videos are drawn, by --seed {seed}")];
        return new EvaluatedSet($"{(known.Classes.Count == 0 ? "videos" : "classes")} of {Path.GetFileName(Path.GetFullPath(folder))}", known, folder, PublishedSet.Tenth(known), notes);
    }
}
