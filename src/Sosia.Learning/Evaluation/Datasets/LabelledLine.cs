using System.Globalization;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Evaluation.Datasets;

/// <summary>Lines of lists: a name, which may hold blanks, and a whole number behind the last blank.</summary>
internal static class LabelledLine
{
    /// <exception cref="AnnotationException">There is no blank, or no such number behind it.</exception>
    public static (string Name, int Number) NameAndNumber(this AnnotationLine line)
    {
        var blank = line.Text.LastIndexOfAny([' ', '\t']);
        return blank > 0
            ? (line.Text[..blank].TrimEnd(), Number(line, line.Text[(blank + 1)..]))
            : throw line.Wrong($"a name and a number belong here: {AnnotationLine.Shown(line.Text)}");
    }

    /// <exception cref="AnnotationException">It is no whole number from 0 on.</exception>
    public static int Number(AnnotationLine line, string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw line.Wrong($"{AnnotationLine.Shown(text)} is no whole number from 0 on");
}
