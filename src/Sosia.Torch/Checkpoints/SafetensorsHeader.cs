using System.Buffers.Binary;
using System.Text.Json;

namespace Sosia.Torch.Checkpoints;

/// <summary>The header of a safetensors file, checked.</summary>
/// <param name="Entries">By their offsets.</param>
/// <param name="Metadata">The texts under <c>__metadata__</c>.</param>
/// <param name="Bytes">Where the elements begin.</param>
internal sealed record SafetensorsHeader(IReadOnlyList<SafetensorsHeader.Entry> Entries, IReadOnlyDictionary<string, string> Metadata, long Bytes)
{
    /// <summary>The longest header that the format allows.</summary>
    public const int MostBytes = 100_000_000;

    /// <exception cref="CheckpointException">It breaks a rule of the format.</exception>
    public static SafetensorsHeader Read(CheckpointBytes file)
    {
        if (file.Length < 8)
        {
            throw file.Fault(file.Length == 0 ? "it is empty" : "it is no safetensors file (it ends within its first number)");
        }

        var length = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, 8));
        if (length > MostBytes || length < 2)
        {
            throw file.Fault($"it is no safetensors file (its header would have {length} bytes)");
        }

        if ((long)length > file.Length - 8)
        {
            throw file.Fault($"it is cut off: its header has {length} bytes, {file.Length - 8} are there");
        }

        var parser = new Parser(file);
        try
        {
            parser.Parse(file.Slice(8, (int)length));
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException or FormatException)
        {
            throw file.Fault($"its header is damaged: {CheckpointException.Quote(problem.Message)}", problem);
        }

        parser.Entries.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCover(file, parser.Entries, file.Length - 8 - (long)length);
        return new SafetensorsHeader(parser.Entries, parser.Metadata, 8 + (long)length);
    }

    // The tensors follow each other without gap or overlap, from the first byte to the last.
    private static void CheckCover(CheckpointBytes file, List<Entry> entries, long available)
    {
        var end = 0L;
        foreach (var entry in entries)
        {
            var needed = (Int128)TensorLayout.Count(entry.Shape) * entry.Type.ElementSize();
            if (entry.Begin != end)
            {
                throw Fault(file, entry.Name, $"it begins at byte {entry.Begin}, the one before it ends at {end}");
            }

            if (entry.End < entry.Begin || entry.End - entry.Begin != needed)
            {
                var shape = string.Join(", ", entry.Shape);
                throw Fault(file, entry.Name, $"{entry.Type} [{shape}] takes {needed} bytes, it has bytes {entry.Begin} to {entry.End}");
            }

            end = entry.End;
        }

        if (end != available)
        {
            throw file.Fault($"{(end > available ? "it is cut off" : "bytes are left over")}: its tensors take {end} bytes, {available} are there");
        }
    }

    private static CheckpointException Fault(CheckpointBytes file, string name, string reason) =>
        file.Fault($"tensor {CheckpointException.Quote(name)}: {reason}");

    /// <summary>One tensor; bytes count from the end of the header.</summary>
    internal sealed record Entry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

    private sealed class Parser(CheckpointBytes file)
    {
        private readonly HashSet<string> names = new(StringComparer.Ordinal);

        public List<Entry> Entries { get; } = [];

        public Dictionary<string, string> Metadata { get; } = new(StringComparer.Ordinal);

        public void Parse(ReadOnlySpan<byte> header)
        {
            if (header[0] != '{')
            {
                throw file.Fault("it is no safetensors file (its header is no JSON object)");
            }

            var json = new Utf8JsonReader(header);
            json.Read();
            while (NextName(ref json) is { } name)
            {
                if (!names.Add(name))
                {
                    throw Fault(file, name, "it is there twice");
                }

                Expect(ref json, JsonTokenType.StartObject, name);
                if (name == "__metadata__")
                {
                    ParseMetadata(ref json);
                    continue;
                }

                Entries.Add(ParseEntry(ref json, name));
            }

            json.Read(); // Only white space may follow; anything else is a JsonException.
        }

        private static string? NextName(ref Utf8JsonReader json)
        {
            json.Read();
            return json.TokenType == JsonTokenType.PropertyName ? json.GetString() : null;
        }

        private void Expect(ref Utf8JsonReader json, JsonTokenType token, string name)
        {
            if (!json.Read() || json.TokenType != token)
            {
                throw Fault(file, name, $"{token} expected, {json.TokenType} found");
            }
        }

        private void ParseMetadata(ref Utf8JsonReader json)
        {
            while (NextName(ref json) is { } name)
            {
                Expect(ref json, JsonTokenType.String, name);
                if (!Metadata.TryAdd(name, json.GetString()!))
                {
                    throw file.Fault($"its metadata has {CheckpointException.Quote(name)} twice");
                }
            }
        }

        private Entry ParseEntry(ref Utf8JsonReader json, string name)
        {
            string? type = null;
            long[]? shape = null, offsets = null;
            while (NextName(ref json) is { } field)
            {
                if (field switch { "dtype" => type is not null, "shape" => shape is not null, "data_offsets" => offsets is not null, _ => false })
                {
                    throw Fault(file, name, $"two fields {field}");
                }

                switch (field)
                {
                    case "dtype":
                        Expect(ref json, JsonTokenType.String, name);
                        type = json.GetString();
                        break;
                    case "shape":
                        shape = ParseNumbers(ref json, name, TensorLayout.MostDimensions);
                        break;
                    case "data_offsets":
                        offsets = ParseNumbers(ref json, name, 2);
                        break;
                    default: // The reference implementation passes over it too.
                        json.Skip();
                        break;
                }
            }

            if (type is null || shape is null || offsets is not [var begin, var end])
            {
                throw Fault(file, name, "it lacks its dtype, its shape or its data_offsets");
            }

            var known = SafetensorsType.Named(type) ?? throw Fault(file, name, $"elements of type {CheckpointException.Quote(type)} are not read here");
            return TensorLayout.ShapeFault(shape) is { } fault ? throw Fault(file, name, fault) : new Entry(name, known, shape, begin, end);
        }

        private long[] ParseNumbers(ref Utf8JsonReader json, string name, int most)
        {
            Expect(ref json, JsonTokenType.StartArray, name);
            var numbers = new List<long>();
            while (json.Read() && json.TokenType != JsonTokenType.EndArray)
            {
                if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out var number) || number < 0 || numbers.Count == most)
                {
                    throw Fault(file, name, "its shape or data_offsets are no list of so many whole numbers");
                }

                numbers.Add(number);
            }

            return [.. numbers];
        }
    }
}
