using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>What a video of HMDB51 is for in a split; the numbers are those of the files.</summary>
public enum Hmdb51Use
{
    /// <summary>Nothing.</summary>
    Unused = 0,

    /// <summary>Training.</summary>
    Training = 1,

    /// <summary>Test.</summary>
    Test = 2,
}

/// <summary>HMDB51 (Kuehne et al. 2011): 51 classes, three splits, one file a class and split.</summary>
public static class Hmdb51
{
    /// <summary>Reads <c>CLASS_test_splitN.txt</c> of every class; classes are numbered by name.</summary>
    /// <param name="folder">Of these files.</param>
    /// <param name="split">N: 1, 2 or 3.</param>
    /// <exception cref="AnnotationException">There are none, or one is something else.</exception>
    public static LabelledSet Read(string folder, int split = 1)
    {
        var end = $"_test_split{split}.txt";
        var files = AnnotationFile.Files(folder, "*" + end);
        var classes = files.Select(path => Path.GetFileName(path)[..^end.Length]).ToList();
        var videos = files.SelectMany((path, label) => ReadClass(path).Select(video => (video.Use, Video: new LabelledVideo($"{classes[label]}/{video.Name}", label)))).ToLookup(one => one.Use, one => one.Video);
        return new LabelledSet(classes, [.. videos[Hmdb51Use.Training]], [.. videos[Hmdb51Use.Test]]);
    }

    /// <summary>Reads the file of a class: <c>name.avi 1</c>. Names may hold blanks.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<(string Name, Hmdb51Use Use)> ReadClass(string path) => [.. AnnotationFile.Lines(path).Select(line =>
    {
        var (name, number) = line.NameAndNumber();
        return number <= (int)Hmdb51Use.Test ? (name, (Hmdb51Use)number) : throw line.Wrong($"{number} is none of 0, 1 and 2");
    })];
}
