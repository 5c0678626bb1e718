using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Folders laid out <c>train/CLASS/VIDEO</c> and <c>test/CLASS/VIDEO</c>: labels without a file.</summary>
public static class ClassFolders
{
    /// <summary>Reads both folders; classes and videos are ordered by name.</summary>
    /// <param name="folder">That <c>train</c> and <c>test</c> (or <c>val</c>) lie in.</param>
    /// <exception cref="AnnotationException">One is not there, or <c>test</c> has a class that <c>train</c> has not.</exception>
    public static LabelledSet Read(string folder)
    {
        var test = Directory.Exists(Path.Combine(folder, "test")) ? "test" : "val";
        var classes = Names(folder, "train");
        return Names(folder, test).Except(classes, StringComparer.Ordinal).FirstOrDefault() is { } unknown
            ? throw new AnnotationException(Path.Combine(folder, test), 0, $"class {AnnotationLine.Shown(unknown)} is not in train")
            : new LabelledSet(classes, Videos(folder, "train", classes), Videos(folder, test, classes));
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
        return files.Select(file => Path.GetFileName(file)).Where(IsShown).Order(StringComparer.Ordinal).Select(file => new LabelledVideo($"{part}/{name}/{file}", label));
    })];

    private static bool IsShown(string name) => !name.StartsWith('.');
}
