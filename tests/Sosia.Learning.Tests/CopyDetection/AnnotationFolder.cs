using System.Text;
using Sosia.Learning.Evaluation.CopyDetection;

namespace Sosia.Learning.Tests.CopyDetection;

/// <summary>A folder for files of annotations, gone afterwards.</summary>
internal sealed class AnnotationFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sosia-annotations-").FullName;

    public string Write(string name, string text, bool mark = false)
    {
        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text, new UTF8Encoding(mark));
        return path;
    }

    /// <summary>Reading has to fail on this line, for a reason in which these words stand.</summary>
    public static void Refused(Func<object> read, long line, string words)
    {
        var error = Assert.Throws<AnnotationException>(read);
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
        Assert.Equal(line, error.Line);
        Assert.Contains(System.IO.Path.GetFileName(error.File), error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
