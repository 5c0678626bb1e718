namespace Sosia.Library.Tests;

/// <summary>A folder that is gone after the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("sosia-library-").FullName;

    /// <summary>A library's folder inside of it; not there yet.</summary>
    public string Library => System.IO.Path.Combine(Path, "library");

    /// <summary>Names of the files in the library's folder of segments.</summary>
    public string[] Segments =>
        [.. new DirectoryInfo(System.IO.Path.Combine(Library, "segments")).GetFiles().Select(file => file.Name).Order(StringComparer.Ordinal)];

    public string Segment(int number) => System.IO.Path.Combine(Library, "segments", $"{number:D6}.seg");

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
