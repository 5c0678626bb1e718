using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Files of AVA (Gu et al. 2018): values between commas, no header. A picture is named <c>video,second</c>.</summary>
public static class Ava
{
    private const int LeastColumns = 7;

    /// <summary>Reads true boxes: <c>video,second,x1,y1,x2,y2,action</c>, which a person's number may follow. Lines without a box are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="excluded">Pictures to leave out: <see cref="ReadExcluded"/>.</param>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<ActionBox> ReadTruth(string path, IReadOnlySet<string>? excluded = null) => Read(path, excluded, hasScores: false);

    /// <summary>Reads detections: <c>video,second,x1,y1,x2,y2,action,score</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="excluded">Pictures to leave out: <see cref="ReadExcluded"/>.</param>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlyList<ActionBox> ReadDetections(string path, IReadOnlySet<string>? excluded = null) => Read(path, excluded, hasScores: true);

    /// <summary>Reads the pictures that are not measured: <c>video,second</c>.</summary>
    /// <exception cref="AnnotationException">It cannot be read, or is something else.</exception>
    public static IReadOnlySet<string> ReadExcluded(string path) =>
        AnnotationFile.Lines(path).Select(line => Image(line, line.Parts(2, ','))).ToHashSet(StringComparer.Ordinal);

    private static List<ActionBox> Read(string path, IReadOnlySet<string>? excluded, bool hasScores)
    {
        var boxes = new List<ActionBox>();
        foreach (var line in AnnotationFile.Lines(path))
        {
            var parts = line.Text.Split(',', StringSplitOptions.TrimEntries);
            if (parts.Length == 2)
            {
                continue; // a picture in which nobody does anything
            }

            if (parts.Length < LeastColumns + (hasScores ? 1 : 0))
            {
                throw line.Wrong($"{parts.Length} values, too few: {AnnotationLine.Shown(line.Text)}");
            }

            var box = Box(line, parts, hasScores);
            if (excluded?.Contains(box.Image) is not true)
            {
                boxes.Add(box);
            }
        }

        return boxes;
    }

    private static ActionBox Box(AnnotationLine line, string[] parts, bool hasScores)
    {
        var side = Array.ConvertAll(parts[2..6], text => line.Number64(text, "a side of the box"));
        var action = LabelledLine.Number(line, parts[6]);
        return new ActionBox(Image(line, parts), action, new ActionRegion(side[1], side[0], side[3], side[2]), hasScores ? line.Number64(parts[7], "the score") : 1);
    }

    // Seconds are written with and without zeros before them.
    private static string Image(AnnotationLine line, string[] parts) => $"{parts[0]},{line.Number64(parts[1], "the second"):0.###}";
}
