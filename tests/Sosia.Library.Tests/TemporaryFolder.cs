namespace Sosia.Library.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sosia-library-").FullName;

    /// <summary>A library's folder inside of it; not there yet.</summary>
    public string Library => System.IO.Path.Combine(Path, "library");

    public string[] Segments => [.. Directory.GetFiles(System.IO.Path.Combine(Library, "segments")).Select(file => System.IO.Path.GetFileName(file)).Order()];

    public string Segment(int number) => System.IO.Path.Combine(Library, "segments", $"{number:D6}.seg");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
