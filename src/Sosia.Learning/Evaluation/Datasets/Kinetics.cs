using System.Globalization;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Kinetics (Kay et al. 2017) as the SlowFast family of code lists it; about one video in twenty has vanished since.</summary>
public static class Kinetics
{
    /// <summary>Reads <c>train.csv</c> and <c>val.csv</c>, which is what papers test on. Classes are named by their numbers.</summary>
    /// <param name="folder">Of these files.</param>
    /// <exception cref="AnnotationException">One cannot be read, or is something else.</exception>
    public static LabelledSet Read(string folder)
    {
        var (training, test) = (ReadList(Path.Combine(folder, "train.csv")), ReadList(Path.Combine(folder, "val.csv")));
        var classes = training.Concat(test).Max(video => (int?)video.Label) + 1 ?? 0;
        return new LabelledSet([.. Enumerable.Range(0, classes).Select(label => label.ToString(CultureInfo.InvariantCulture))], training, test);
    }

    /// <summary>Reads a list: <c>path label</c>, labels from 0.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<LabelledVideo> ReadList(string path) =>
        [.. AnnotationFile.Lines(path).Select(line => line.NameAndNumber()).Select(one => new LabelledVideo(one.Name, one.Number))];
}
