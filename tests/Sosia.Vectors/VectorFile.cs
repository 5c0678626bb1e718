using System.Text.Json;

namespace Sosia.Vectors;

/// <summary>A file of numeric test vectors, format <c>sosia.vectors/1</c>.</summary>
/// <param name="Method">Id of the method.</param>
/// <param name="Cases">In the order of the file.</param>
public sealed record VectorFile(string Method, IReadOnlyList<VectorCase> Cases)
{
    private const string Format = "sosia.vectors/1";

    /// <summary>Reads and checks a whole file.</summary>
    /// <exception cref="VectorFileException">It cannot be read, is no JSON, or is not of this format.</exception>
    public static VectorFile Load(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            return Parse(File.ReadAllBytes(path), name);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new VectorFileException($"{name}: {error.Message}", error);
        }
    }

    /// <summary>Parses and checks a whole file.</summary>
    /// <param name="json">UTF-8.</param>
    /// <param name="name">Stands before every error.</param>
    /// <exception cref="VectorFileException">It is no JSON, or is not of this format.</exception>
    public static VectorFile Parse(ReadOnlyMemory<byte> json, string name)
    {
        try
        {
            // Cloned: cases keep their options.
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement.Clone();
            var format = root.GetProperty("format").GetString();
            if (format != Format)
            {
                throw new FormatException($"format '{format}' is not {Format}");
            }

            var method = root.GetProperty("method").GetString() ?? throw new FormatException("no method");
            var cases = root.GetProperty("cases").EnumerateArray().Select(one => ReadCase(one, name)).ToList();
            var twice = cases.GroupBy(static one => one.Name).FirstOrDefault(static group => group.Count() > 1);
            return twice is null ? new VectorFile(method, cases) : throw new FormatException($"two cases are named '{twice.Key}'");
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new VectorFileException($"{name}: {error.Message}", error);
        }
    }

    private static VectorCase ReadCase(JsonElement json, string file)
    {
        var name = json.GetProperty("name").GetString() ?? throw new FormatException("a case has no name");
        var where = $"{file}: case '{name}'";
        var state = json.TryGetProperty("state", out var given) && given.ValueKind != JsonValueKind.Null
            ? VectorState.Read(given, where)
            : VectorState.None;
        return new VectorCase(
            name,
            json.TryGetProperty("options", out var options) ? options : default,
            ReadTensors(json.GetProperty("inputs"), where),
            ReadTensors(json.GetProperty("expected"), where),
            state,
            new Tolerance(json.GetProperty("rtol").GetDouble(), json.GetProperty("atol").GetDouble()));
    }

    private static Dictionary<string, VectorTensor> ReadTensors(JsonElement json, string where) =>
        json.EnumerateObject().ToDictionary(static one => one.Name, one => VectorTensor.Read(one.Value, $"{where}: '{one.Name}'"));
}
