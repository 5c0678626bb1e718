using System.Globalization;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>UCF101 (Soomro et al. 2012): 13,320 videos of 101 classes, in 25 groups, three splits.</summary>
public static class Ucf101
{
    /// <summary>Reads <c>classInd.txt</c>, <c>trainlist0N.txt</c> and <c>testlist0N.txt</c>. Numbers of classes count from 1 there, labels from 0.</summary>
    /// <param name="folder">Of these files.</param>
    /// <param name="split">N: 1, 2 or 3.</param>
    /// <exception cref="AnnotationException">One cannot be read, or is something else.</exception>
    public static LabelledSet Read(string folder, int split = 1)
    {
        var classes = ReadClasses(Path.Combine(folder, "classInd.txt"));
        var labels = classes.Index().ToDictionary(one => one.Item, one => one.Index, StringComparer.Ordinal);
        var test = AnnotationFile.Lines(Path.Combine(folder, $"testlist0{split}.txt")).Select(line => new LabelledVideo(line.Text, Label(line)));
        return new LabelledSet(classes, ReadTraining(Path.Combine(folder, $"trainlist0{split}.txt"), classes.Count), [.. test]);

        int Label(AnnotationLine line) => labels.TryGetValue(line.Text.Split('/')[0], out var label)
            ? label
            : throw line.Wrong($"{AnnotationLine.Shown(line.Text)} begins with no class of classInd.txt");
    }

    /// <summary>Reads a training list: <c>ApplyEyeMakeup/v_ApplyEyeMakeup_g08_c01.avi 1</c>.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<LabelledVideo> ReadTraining(string path, int classes = 101) => [.. AnnotationFile.Lines(path).Select(line =>
    {
        var (name, number) = line.NameAndNumber();
        return number >= 1 && number <= classes ? new LabelledVideo(name, number - 1) : throw line.Wrong($"class {number} of {classes}");
    })];

    /// <summary>The group of a video, gNN in its name: videos of a group show the same person or place. Null where the name has none.</summary>
    public static int? Group(string name)
    {
        var at = name.LastIndexOf("_g", StringComparison.Ordinal);
        return at >= 0 && at + 4 <= name.Length && int.TryParse(name.AsSpan(at + 2, 2), NumberStyles.None, CultureInfo.InvariantCulture, out var group) ? group : null;
    }

    // "1 ApplyEyeMakeup"
    private static List<string> ReadClasses(string path)
    {
        var classes = new List<string>();
        foreach (var line in AnnotationFile.Lines(path))
        {
            var parts = line.Parts(2);
            if (LabelledLine.Number(line, parts[0]) != classes.Count + 1)
            {
                throw line.Wrong($"class {AnnotationLine.Shown(parts[0])} where {classes.Count + 1} belongs");
            }

            classes.Add(parts[1]);
        }

        return classes;
    }
}
