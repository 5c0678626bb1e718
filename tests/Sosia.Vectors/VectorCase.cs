using System.Text.Json;

namespace Sosia.Vectors;

/// <summary>One case: what a method's code reads from it, and what it has to agree with.</summary>
/// <remarks>Every expected tensor must be compared, or named with <see cref="NotCovered"/>; the runner counts what was left out as a failure.</remarks>
public sealed class VectorCase
{
    private readonly IReadOnlyDictionary<string, VectorTensor> inputs;
    private readonly IReadOnlyDictionary<string, VectorTensor> expected;
    private readonly VectorState state;
    private readonly Tolerance tolerance;
    private readonly HashSet<string> compared = [];
    private readonly List<string> left = [];

    internal VectorCase(
        string name,
        JsonElement options,
        IReadOnlyDictionary<string, VectorTensor> inputs,
        IReadOnlyDictionary<string, VectorTensor> expected,
        VectorState state,
        Tolerance tolerance)
    {
        Name = name;
        Options = options;
        this.inputs = inputs;
        this.expected = expected;
        this.state = state;
        this.tolerance = tolerance;
    }

    public string Name { get; }

    /// <summary>The raw options; undefined where the file gives none.</summary>
    public JsonElement Options { get; }

    /// <summary>Names of the inputs.</summary>
    public IEnumerable<string> InputNames => inputs.Keys;

    /// <summary>Names of the expected tensors.</summary>
    public IEnumerable<string> ExpectedNames => expected.Keys;

    /// <summary>Names and shapes of the state's entries.</summary>
    public IReadOnlyDictionary<string, int[]> StateShapes => state.Shapes;

    /// <summary>What the code said it cannot compare, with the reason.</summary>
    public IReadOnlyList<string> Left => left;

    /// <summary>A number among the options; a dot goes into a nested object: <c>Option("dp.min_sim")</c>. True is 1 and false 0.</summary>
    public double Option(string name)
    {
        var value = Options;
        foreach (var part in name.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(part, out value))
            {
                throw new VectorFileException($"case '{Name}' has no option '{name}'");
            }
        }

        return value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.True => 1,
            JsonValueKind.False => 0,
            _ => throw new VectorFileException($"case '{Name}': option '{name}' is no number"),
        };
    }

    /// <summary>An input's values, row-major.</summary>
    public float[] Floats(string input) => Input(input).Floats;

    /// <summary>An int64 or bool input's values, row-major.</summary>
    public long[] Integers(string input) => Input(input).Integers;

    /// <summary>An input's sizes, outermost first.</summary>
    public int[] Shape(string input) => Input(input).Shape;

    /// <summary>An input's type: float32, int64 or bool.</summary>
    public string InputType(string input) => Input(input).Type;

    /// <summary>An expected tensor's sizes, outermost first.</summary>
    public int[] ExpectedShape(string name) =>
        expected.TryGetValue(name, out var tensor) ? tensor.Shape : throw new VectorFileException($"case '{Name}' expects no '{name}'");

    /// <summary>A parameter's values, filled by the rule of the format.</summary>
    public float[] State(string entry) => state.Fill(entry);

    /// <summary>Compares a result with the expected tensor of that name.</summary>
    /// <exception cref="VectorMismatchException">Another number of elements, or a value outside the tolerance.</exception>
    public void Expect(string name, ReadOnlySpan<float> got)
    {
        var values = new double[got.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = got[i];
        }

        Compare(name, values);
    }

    /// <inheritdoc cref="Expect(string, ReadOnlySpan{float})"/>
    public void Expect(string name, ReadOnlySpan<long> got)
    {
        var values = new double[got.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = got[i];
        }

        Compare(name, values);
    }

    /// <summary>Compares one number with the expected scalar of that name.</summary>
    public void Expect(string name, double got) => Compare(name, [got]);

    /// <summary>Says that an expected tensor cannot be compared yet, and why; the case then counts as not covered.</summary>
    public void NotCovered(string name, string why)
    {
        compared.Add(name);
        left.Add($"{name}: {why}");
    }

    /// <summary>Fails when an expected tensor was neither compared nor left out by name.</summary>
    internal void RequireComplete()
    {
        foreach (var name in expected.Keys)
        {
            if (!compared.Contains(name))
            {
                throw new VectorMismatchException($"'{name}' was not compared");
            }
        }
    }

    private VectorTensor Input(string name) =>
        inputs.TryGetValue(name, out var tensor) ? tensor : throw new VectorFileException($"case '{Name}' has no input '{name}'");

    private void Compare(string name, double[] got)
    {
        if (!expected.TryGetValue(name, out var tensor))
        {
            throw new VectorFileException($"case '{Name}' expects no '{name}'");
        }

        compared.Add(name);
        tolerance.Compare(name, got, tensor);
    }
}
