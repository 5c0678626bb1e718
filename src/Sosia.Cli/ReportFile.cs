using Sosia.Video;

namespace Sosia.Cli;

/// <summary>A file that a command writes beside its result. It is opened before the work, so that a wrong path costs no hours, and stands under its name only when it is whole.</summary>
internal sealed class ReportFile : IDisposable
{
    private readonly string path;
    private readonly string part;
    private readonly FileStream stream;

    private ReportFile(string path)
    {
        (this.path, part) = (path, path + ".part");
        stream = File.Create(part);
    }

    /// <summary>Opens it for writing.</summary>
    /// <exception cref="IOException">It cannot be written there.</exception>
    public static ReportFile Open(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (Directory.Exists(path) || !Directory.Exists(folder))
        {
            throw new IOException($"cannot write {path}: {(Directory.Exists(path) ? "it is a folder" : $"there is no folder {folder}")}");
        }

        return new ReportFile(path);
    }

    /// <summary>Writes all of it, once.</summary>
    public void Write(Action<Stream> write)
    {
        write(stream);
        stream.Dispose();
        File.Move(part, path, overwrite: true);
        Console.Error.WriteLine($"wrote {Printable.Text(path)}");
    }

    /// <summary>What is not whole goes.</summary>
    public void Dispose()
    {
        try
        {
            stream.Dispose();
        }
        finally
        {
            File.Delete(part);
        }
    }
}
