using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sosia.Torch.Checkpoints;

/// <summary>An open safetensors file: eight bytes of length, a header in JSON, and the elements of all tensors without a gap.</summary>
public sealed class SafetensorsFile : IDisposable
{
    private readonly CheckpointBytes bytes;

    internal SafetensorsFile(CheckpointBytes bytes, SafetensorsHeader header)
    {
        this.bytes = bytes;
        Metadata = header.Metadata;
        Tensors = new StateDict(header.Entries.Select(entry => new StoredTensor(
            entry.Name,
            entry.Type,
            entry.Shape,
            TensorLayout.RowMajor(entry.Shape),
            new TensorStorage(bytes, header.Bytes + entry.Begin, entry.End - entry.Begin),
            offset: 0)));
    }

    /// <summary>The tensors, in the order of their bytes.</summary>
    public StateDict Tensors { get; }

    /// <summary>The texts under <c>__metadata__</c>; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Closes the file; the tensors' bytes are gone with it.</summary>
    public void Dispose() => bytes.Dispose();
}

/// <summary>Reads and writes safetensors files.</summary>
public static class Safetensors
{
    private const string MetadataName = "__metadata__";

    // Plain JSON: names in other alphabets stay readable, as the reference implementation leaves them.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Opens a file and checks its whole header; a large file is mapped into memory and must not be shortened while it is open.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="CheckpointException">It cannot be read, or breaks a rule of the format.</exception>
    public static SafetensorsFile Read(string path) => Read(CheckpointBytes.Open(path));

    /// <summary>
    /// Writes a file that is whole or not there, also after a power cut. The same tensors give the same bytes, in any order: types of large
    /// alignment come first, then names, as the reference implementation sorts them.
    /// </summary>
    /// <param name="path">The file; an old one is replaced.</param>
    /// <param name="tensors">Under their own names; views are written out, so shared memory is shared no more.</param>
    /// <param name="metadata">Texts for <c>__metadata__</c>.</param>
    /// <exception cref="CheckpointException">It cannot be written, or holds what the format cannot.</exception>
    public static void Write(string path, IEnumerable<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var sorted = Sorted(path, tensors);
        var header = Header(sorted, metadata);
        if (header.Length > SafetensorsHeader.MostBytes)
        {
            throw CheckpointException.Write(path, $"its header has {header.Length} bytes, the format allows {SafetensorsHeader.MostBytes}");
        }

        DurableCheckpoint.Write(path, stream =>
        {
            Span<byte> length = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
            stream.Write(length);
            stream.Write(header);
            foreach (var tensor in sorted)
            {
                stream.Write(tensor.Contiguous());
            }
        });
    }

    internal static SafetensorsFile Read(CheckpointBytes bytes)
    {
        try
        {
            return new SafetensorsFile(bytes, SafetensorsHeader.Read(bytes));
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    private static List<StoredTensor> Sorted(string path, IEnumerable<StoredTensor> tensors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var keyed = new List<(StoredTensor Tensor, int Rank, byte[] Name)>();
        foreach (var tensor in tensors)
        {
            var fault = SafetensorsType.Name(tensor.Type) is null ? $"the format has no {tensor.Type}"
                : tensor.Name == MetadataName ? "a tensor has the name of the metadata"
                : names.Add(tensor.Name) ? null : "two tensors have this name";
            if (fault is not null)
            {
                throw CheckpointException.Write(path, $"tensor {CheckpointException.Quote(tensor.Name)}: {fault}");
            }

            keyed.Add((tensor, SafetensorsType.Rank(tensor.Type), Encoding.UTF8.GetBytes(tensor.Name)));
        }

        keyed.Sort((a, b) => a.Rank != b.Rank ? b.Rank.CompareTo(a.Rank) : a.Name.AsSpan().SequenceCompareTo(b.Name));
        return [.. keyed.Select(one => one.Tensor)];
    }

    private static byte[] Header(List<StoredTensor> tensors, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            WriteMetadata(json, metadata);
            var begin = 0L;
            foreach (var tensor in tensors)
            {
                WriteEntry(json, tensor, begin);
                begin += tensor.Bytes;
            }

            json.WriteEndObject();
        }

        var header = new byte[(buffer.WrittenCount + 7) & ~7];
        header.AsSpan().Fill((byte)' ');
        buffer.WrittenSpan.CopyTo(header);
        return header;
    }

    private static void WriteMetadata(Utf8JsonWriter json, IReadOnlyDictionary<string, string>? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        json.WriteStartObject(MetadataName);
        foreach (var (name, text) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            json.WriteString(name, text);
        }

        json.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter json, StoredTensor tensor, long begin)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", SafetensorsType.Name(tensor.Type));
        json.WriteStartArray("shape");
        foreach (var size in tensor.Shape)
        {
            json.WriteNumberValue(size);
        }

        json.WriteEndArray();
        json.WriteStartArray("data_offsets");
        json.WriteNumberValue(begin);
        json.WriteNumberValue(begin + tensor.Bytes);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
