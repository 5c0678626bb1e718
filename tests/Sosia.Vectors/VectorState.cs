using System.Text.Json;

namespace Sosia.Vectors;

/// <summary>The parameters of a case: names and shapes in the file, values by the rule of the format.</summary>
/// <param name="Salt">Stands before the name of every entry.</param>
/// <param name="Shapes">Sizes of every entry.</param>
public sealed record VectorState(string Salt, IReadOnlyDictionary<string, int[]> Shapes)
{
    internal static readonly VectorState None = new(string.Empty, new Dictionary<string, int[]>());

    /// <summary>The values of an entry, row-major.</summary>
    public float[] Fill(string entry)
    {
        var shape = Shapes.TryGetValue(entry, out var found) ? found : throw new KeyNotFoundException($"the case has no state entry '{entry}'");
        var count = VectorTensor.CountOf(shape);
        (double low, double high) = LastPart(entry) switch
        {
            "num_batches_tracked" => (0.0, 0.0),
            "running_var" => (0.5, 1.5),
            "weight" when shape.Length == 1 => (0.5, 1.5),
            "weight" when shape.Length >= 2 => Uniform(Math.Sqrt(3.0 / (count / shape[0]))),
            _ => Uniform(0.1), // running means, biases, tokens, positions
        };
        return Pattern.Floats(Salt + entry, count, low, high);
    }

    internal static VectorState Read(JsonElement json, string where)
    {
        try
        {
            var shapes = json.GetProperty("entries").EnumerateObject()
                .ToDictionary(static e => e.Name, static e => e.Value.EnumerateArray().Select(static size => size.GetInt32()).ToArray());
            foreach (var shape in shapes.Values)
            {
                if (VectorTensor.CountOf(shape) == 0)
                {
                    throw new FormatException("an entry has no elements");
                }
            }

            return new VectorState(json.GetProperty("salt").GetString() ?? string.Empty, shapes);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw new VectorFileException($"{where}: state: {error.Message}", error);
        }
    }

    private static (double, double) Uniform(double bound) => (-bound, bound);

    private static string LastPart(string entry) => entry[(entry.LastIndexOf('.') + 1)..];
}
