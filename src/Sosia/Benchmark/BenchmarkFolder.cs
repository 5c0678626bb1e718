using System.Text;
using System.Text.Json;
using Sosia.Reports;

namespace Sosia;

/// <summary>The folder of a benchmark while it is made: what stands in it is whole, and what it was begun with is kept.</summary>
internal sealed class BenchmarkFolder : IDisposable
{
    private const string Manifest = "benchmark.json";
    private const string Truth = "truth.csv";

    private readonly string state; // rows of the copies that stand, and files that are being written
    private readonly FileStream writer;

    private BenchmarkFolder(string path, string state, FileStream writer) => (Path, this.state, this.writer) = (path, state, writer);

    /// <summary>Where it lies; absolute.</summary>
    public string Path { get; }

    /// <summary>Makes sure that nothing else is in it.</summary>
    /// <exception cref="UsageException">It holds something else.</exception>
    public static void RequireOwn(string path)
    {
        path = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(path) && !Directory.Exists(State(path)) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            throw new UsageException($"{path} is not empty and was not made by `sosia benchmark make`: name another folder");
        }
    }

    /// <summary>Opens it for one maker.</summary>
    /// <exception cref="UsageException">It holds something else, or another maker is at work in it.</exception>
    public static BenchmarkFolder Open(string path)
    {
        RequireOwn(path);
        path = System.IO.Path.GetFullPath(path);
        var state = State(path);
        Directory.CreateDirectory(state);
        try
        {
            var writer = new FileStream(System.IO.Path.Combine(state, "writer"), FileMode.OpenOrCreate, FileAccess.Write, FileShare.None);
            return new BenchmarkFolder(path, state, writer);
        }
        catch (IOException error)
        {
            throw new UsageException($"{path} cannot be written, or another `sosia benchmark make` is at work in it: {error.Message}");
        }
    }

    /// <summary>Keeps what the benchmark is begun with, or sees that it was begun so.</summary>
    /// <exception cref="UsageException">It was begun otherwise.</exception>
    public void Begin(BenchmarkOriginals originals, BenchmarkMakeOptions options, string ffmpeg)
    {
        var manifest = Describe(originals, options, ffmpeg);
        var path = System.IO.Path.Combine(Path, Manifest);
        if (!File.Exists(path))
        {
            WriteWhole(path, manifest);
        }
        else if (!File.ReadAllBytes(path).AsSpan().SequenceEqual(manifest))
        {
            throw new UsageException($"{Path} was begun with other options, other videos or another ffmpeg ({Manifest} says which): name another folder");
        }
    }

    /// <summary>Whether a copy stands.</summary>
    public bool Holds(CopyPlan copy) => File.Exists(RowsOf(copy)) && File.Exists(PathOf(copy));

    /// <summary>Where a copy is written until it is whole.</summary>
    public string Unfinished(CopyPlan copy) => System.IO.Path.Combine(state, copy.File);

    /// <summary>Gives a copy that is whole its name; its rows tell that it stands.</summary>
    public void Keep(CopyPlan copy, string rows)
    {
        File.Delete(RowsOf(copy));
        File.Move(Unfinished(copy), PathOf(copy), overwrite: true);
        WriteWhole(RowsOf(copy), Encoding.UTF8.GetBytes(rows));
    }

    /// <summary>Writes truth.csv from the rows of the copies that stand.</summary>
    public void WriteTruth(IEnumerable<CopyPlan> copies)
    {
        var text = new StringBuilder(CopyTruth.Header).Append("\r\n");
        foreach (var copy in copies.Where(Holds))
        {
            text.Append(File.ReadAllText(RowsOf(copy)));
        }

        WriteWhole(System.IO.Path.Combine(Path, Truth), Encoding.UTF8.GetBytes(text.ToString()));
    }

    /// <summary>Lets another maker in.</summary>
    public void Dispose() => writer.Dispose();

    private static string State(string path) => System.IO.Path.Combine(path, ".made");

    private string PathOf(CopyPlan copy) => System.IO.Path.Combine(Path, copy.File);

    private string RowsOf(CopyPlan copy) => System.IO.Path.Combine(state, copy.File + ".csv");

    private static void WriteWhole(string path, byte[] bytes)
    {
        var part = path + ".part";
        File.WriteAllBytes(part, bytes);
        File.Move(part, path, overwrite: true);
    }

    private static byte[] Describe(BenchmarkOriginals originals, BenchmarkMakeOptions options, string ffmpeg)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = SafeJson.Encoder }))
        {
            json.WriteStartObject();
            json.WriteString("schema", "sosia.benchmark/1");
            json.WriteNumber("seed", options.Seed);
            json.WriteNumber("per_video", options.PerVideo);
            json.WriteNumber("longest", options.Longest);
            WriteArray(json, "edits", options.Edits, json.WriteStringValue);
            WriteArray(json, "stretches", options.Stretches, json.WriteNumberValue);
            json.WriteString("ffmpeg", ffmpeg);
            json.WriteString("originals", originals.Folder);
            WriteArray(json, "sources", originals.Videos, video =>
            {
                json.WriteStartObject();
                json.WriteString("file", video.Name);
                json.WriteNumber("bytes", video.Bytes);
                json.WriteNumber("seconds", video.Seconds);
                json.WriteEndObject();
            });
            json.WriteEndObject();
        }

        output.WriteByte((byte)'\n');
        return output.ToArray();
    }

    private static void WriteArray<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (var item in items)
        {
            write(item);
        }

        json.WriteEndArray();
    }
}
