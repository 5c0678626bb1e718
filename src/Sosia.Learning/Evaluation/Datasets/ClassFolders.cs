using Sosia.Learning.Evaluation.CopyDetection;
using Sosia.Learning.Views;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>
/// Labels without a file: folders laid out <c>train/CLASS/VIDEO</c> and <c>test/CLASS/VIDEO</c>, or <c>CLASS/VIDEO</c>, of which the test videos are drawn.
/// </summary>
public static class ClassFolders
{
    /// <summary>Of the videos of a class, those that are trained on where the folders do not say it (ours; the share of HMDB51).</summary>
    public const double TrainingShare = 0.7;

    private const string Training = "train";

    private static readonly string[] Tests = ["test", "val"];

    /// <summary>Whether training and test videos lie in folders of their own.</summary>
    /// <param name="folder">Of class folders, or of <c>train</c> and <c>test</c> (or <c>val</c>).</param>
    public static bool IsSplit(string folder) =>
        Directory.Exists(Path.Combine(folder, Training)) || Tests.Any(test => Directory.Exists(Path.Combine(folder, test)));

    /// <summary>Reads the folders; classes and videos are ordered by name.</summary>
    /// <param name="folder">Of class folders, or of <c>train</c> and <c>test</c> (or <c>val</c>).</param>
    /// <param name="seed">Of the draw, where the folder is one of class folders.</param>
    /// <returns>Classes may have no video; one with a single video has none to test.</returns>
    /// <exception cref="AnnotationException">There is no such folder, one of the two is not there, or <c>test</c> has a class that <c>train</c> has not.</exception>
    public static LabelledSet Read(string folder, int seed = 0)
    {
        if (!IsSplit(folder))
        {
            return Drawn(folder, seed);
        }

        var test = Tests.FirstOrDefault(name => Directory.Exists(Path.Combine(folder, name))) ?? Tests[0];
        var classes = Names(folder, Training);
        return Names(folder, test).Except(classes, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new AnnotationException(Path.Combine(folder, test), 0, $"class {AnnotationLine.Shown(unknown)} is not in {Training}")
            : new LabelledSet(classes, Videos(folder, Training, classes), Videos(folder, test, classes));
    }

    // Of each class for itself: at least one to train on, and of two or more at least one to test.
    private static LabelledSet Drawn(string folder, int seed)
    {
        var classes = Names(folder, "");
        var (training, test) = (new List<LabelledVideo>(), new List<LabelledVideo>());
        foreach (var one in Videos(folder, "", classes).GroupBy(video => video.Label))
        {
            var videos = one.ToList();
            var trained = videos.Count == 1 ? 1 : Math.Clamp((int)Math.Round(TrainingShare * videos.Count), 1, videos.Count - 1);
            var chosen = new SampleRandom(seed, 0, one.Key).Order(videos.Count).Take(trained).ToHashSet();
            training.AddRange(videos.Where((_, i) => chosen.Contains(i)));
            test.AddRange(videos.Where((_, i) => !chosen.Contains(i)));
        }

        return new LabelledSet(classes, training, test);
    }

    private static List<string> Names(string folder, string part)
    {
        var path = Path.Combine(folder, part);
        return Directory.Exists(path)
            ? [.. Directory.GetDirectories(path).Select(name => Path.GetFileName(name)).Where(IsShown).Order(StringComparer.Ordinal)]
            : throw new AnnotationException(path, 0, "no such folder");
    }

    private static List<LabelledVideo> Videos(string folder, string part, List<string> classes) => [.. classes.SelectMany((name, label) =>
    {
        var path = Path.Combine(folder, part, name);
        var files = Directory.Exists(path) ? Directory.GetFiles(path) : [];
        return files.Select(file => Path.GetFileName(file)).Where(IsShown).Order(StringComparer.Ordinal).Select(file => new LabelledVideo(Path.Join(part, name, file), label));
    })];

    private static bool IsShown(string name) => !name.StartsWith('.');
}
