namespace Sosia.Learning.Tests;

/// <summary>A folder of small files that is gone after the test.</summary>
internal sealed class TextFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("sosia-lists-").FullName;

    public string Write(string name, string text)
    {
        var path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
