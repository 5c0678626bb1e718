namespace Sosia.Learning.Evaluation.CopyDetection;

/// <summary>A file of annotations or results that is not what its format says: <c>cannot read gt.csv, line 3: ...</c>.</summary>
/// <param name="file">The file; its name stands in the message.</param>
/// <param name="line">From 1; 0 where no line is to blame.</param>
/// <param name="reason">What is wrong.</param>
/// <param name="inner">The cause, where there is one.</param>
public sealed class AnnotationException(string file, long line, string reason, Exception? inner = null)
    : Exception($"cannot read {Path.GetFileName(file)}{(line > 0 ? $", line {line}" : "")}: {reason}", inner)
{
    /// <summary>The file as it was named.</summary>
    public string File { get; } = file;

    /// <summary>From 1; 0 where no line is to blame.</summary>
    public long Line { get; } = line;
}
