using System.Globalization;
using System.Text.Json;

namespace Sosia.Vectors;

/// <summary>A tensor of a vector file: whole, made by a pattern, or (expected only) known by samples and moments.</summary>
public sealed class VectorTensor
{
    /// <summary>More elements than any vector needs: a hostile shape is refused before memory is asked for.</summary>
    public const int MaxElements = 1 << 26;

    private float[]? floats;
    private long[]? integers;
    private PatternRule? pattern;

    private VectorTensor(int[] shape, int count, string type)
    {
        Shape = shape;
        Count = count;
        Type = type;
    }

    /// <summary>Sizes, outermost first; empty for a scalar.</summary>
    public int[] Shape { get; }

    /// <summary>Number of elements.</summary>
    public int Count { get; }

    /// <summary><c>float32</c>, <c>int64</c> or <c>bool</c>.</summary>
    public string Type { get; }

    /// <summary>Set when only parts of the tensor are known.</summary>
    public TensorSamples? Samples { get; private init; }

    /// <summary>Row-major values; whole numbers are converted.</summary>
    public float[] Floats => floats ??= Type == "float32"
        ? Pattern.Floats(Rule.Name, Count, Rule.Low, Rule.High)
        : Array.ConvertAll(Integers, static value => (float)value);

    /// <summary>Row-major values of an int64 or bool tensor.</summary>
    public long[] Integers => integers ??= Type != "float32"
        ? Pattern.Integers(Rule.Name, Count, (long)Rule.Low, (long)Rule.High)
        : throw new InvalidOperationException("a float32 tensor was asked for whole numbers");

    private PatternRule Rule => pattern ?? throw new InvalidOperationException("only samples of this tensor are known");

    /// <summary>Reads one TENSOR of the format.</summary>
    /// <exception cref="VectorFileException">It is none; <paramref name="where"/> stands before the reason.</exception>
    public static VectorTensor Read(JsonElement json, string where)
    {
        try
        {
            return ReadUnchecked(json);
        }
        catch (Exception error) when (error is KeyNotFoundException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new VectorFileException($"{where}: {error.Message}", error);
        }
    }

    /// <summary>Number of elements of a shape.</summary>
    /// <exception cref="FormatException">A size is negative, or there are more than <see cref="MaxElements"/>.</exception>
    public static int CountOf(ReadOnlySpan<int> shape)
    {
        var count = 1L;
        foreach (var size in shape)
        {
            count = size >= 0 ? count * size : throw new FormatException($"size {size} in the shape");
            if (count > MaxElements)
            {
                throw new FormatException($"more than {MaxElements} elements");
            }
        }

        return (int)count;
    }

    /// <summary>A flat index as the indices of a shape, for messages: <c>[3, 4]</c>.</summary>
    public string Position(int index)
    {
        var parts = new string[Shape.Length];
        for (var axis = Shape.Length - 1; axis >= 0; axis--)
        {
            parts[axis] = (index % Shape[axis]).ToString(CultureInfo.InvariantCulture);
            index /= Shape[axis];
        }

        return parts.Length == 0 ? string.Empty : $"[{string.Join(", ", parts)}]";
    }

    private static VectorTensor ReadUnchecked(JsonElement json)
    {
        var shape = json.GetProperty("shape").EnumerateArray().Select(static size => size.GetInt32()).ToArray();
        var type = json.GetProperty("type").GetString() ?? string.Empty;
        if (type is not ("float32" or "int64" or "bool"))
        {
            throw new FormatException($"type '{type}' is none of float32, int64 and bool");
        }

        var count = CountOf(shape);
        if (json.TryGetProperty("data", out var data))
        {
            RequireLength("data", data.GetArrayLength(), count);
            return type == "float32"
                ? new VectorTensor(shape, count, type) { floats = [.. data.EnumerateArray().Select(static value => (float)value.GetDouble())] }
                : new VectorTensor(shape, count, type) { integers = [.. data.EnumerateArray().Select(static value => value.GetInt64())] };
        }

        if (json.TryGetProperty("pattern", out var pattern))
        {
            return new VectorTensor(shape, count, type)
            {
                pattern = new PatternRule(
                    pattern.GetProperty("name").GetString() ?? string.Empty,
                    pattern.GetProperty("low").GetDouble(),
                    pattern.GetProperty("high").GetDouble()),
            };
        }

        return new VectorTensor(shape, count, type) { Samples = TensorSamples.Read(json, count) };
    }

    private static void RequireLength(string what, int got, int count)
    {
        if (got != count)
        {
            throw new FormatException($"the shape says {count} elements, {what} has {got}");
        }
    }

    private sealed record PatternRule(string Name, double Low, double High);
}

/// <summary>What is known of a large expected tensor.</summary>
/// <param name="Index">Flat indices.</param>
/// <param name="Value">The values there.</param>
/// <param name="Mean">Of the whole tensor.</param>
/// <param name="Deviation">Population standard deviation of the whole tensor.</param>
/// <param name="Norm">L2 norm of the whole tensor.</param>
public sealed record TensorSamples(int[] Index, double[] Value, double Mean, double Deviation, double Norm)
{
    internal static TensorSamples Read(JsonElement json, int count)
    {
        if (!json.TryGetProperty("samples", out var samples))
        {
            throw new FormatException("none of data, pattern and samples is given");
        }

        var index = samples.GetProperty("index").EnumerateArray().Select(static i => i.GetInt32()).ToArray();
        var value = samples.GetProperty("value").EnumerateArray().Select(static v => v.GetDouble()).ToArray();
        if (index.Length != value.Length || Array.Exists(index, i => i < 0 || i >= count))
        {
            throw new FormatException($"{index.Length} sample indices for {value.Length} values of {count} elements, or one outside");
        }

        return new TensorSamples(
            index, value, json.GetProperty("mean").GetDouble(), json.GetProperty("std").GetDouble(), json.GetProperty("norm").GetDouble());
    }
}
