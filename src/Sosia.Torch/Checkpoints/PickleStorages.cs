namespace Sosia.Torch.Checkpoints;

/// <summary>The storages of a .pth file, which its pickle names by keys; one object for each key.</summary>
/// <param name="file">For messages.</param>
/// <param name="open">The bytes of a key, or null.</param>
internal sealed class PickleStorages(CheckpointBytes file, Func<string, TensorStorage?> open)
{
    private static readonly Dictionary<string, ScalarType?> Types = new(StringComparer.Ordinal)
    {
        ["ByteStorage"] = ScalarType.UInt8,
        ["CharStorage"] = ScalarType.Int8,
        ["ShortStorage"] = ScalarType.Int16,
        ["IntStorage"] = ScalarType.Int32,
        ["LongStorage"] = ScalarType.Int64,
        ["HalfStorage"] = ScalarType.Float16,
        ["FloatStorage"] = ScalarType.Float32,
        ["DoubleStorage"] = ScalarType.Float64,
        ["ComplexFloatStorage"] = ScalarType.ComplexFloat,
        ["ComplexDoubleStorage"] = ScalarType.ComplexDouble,
        ["BoolStorage"] = ScalarType.Bool,
        ["BFloat16Storage"] = ScalarType.BFloat16,
        ["UntypedStorage"] = null,
    };

    private readonly Dictionary<string, TensorStorage> opened = new(StringComparer.Ordinal);

    /// <summary>Whether a name is that of a storage's class.</summary>
    public static bool IsClass(string name) => ClassOf(name) is not null;

    /// <summary>The storage of a persistent id: <c>("storage", class, key, device, elements)</c>.</summary>
    public PickleStorage Find(PickleValue id)
    {
        if (id is not PickleList { Items: [PickleText { Value: "storage" }, PickleName name, PickleText { Value: var key }, PickleText, PickleInteger size] }
            || ClassOf(name.Name) is not { } type)
        {
            throw file.Fault("its pickle is damaged: a storage is not named as PyTorch names it");
        }

        if (!opened.TryGetValue(key, out var storage))
        {
            storage = open(key) ?? throw file.Fault($"its storage {CheckpointException.Quote(key)} is not there");
            opened[key] = storage;
        }

        var needed = size.Value * (Types[type]?.ElementSize() ?? 1);
        return needed >= 0 && needed <= storage.Length
            ? new PickleStorage(storage, Types[type])
            : throw file.Fault($"its storage {CheckpointException.Quote(key)} has {storage.Length} bytes, {needed} are needed");
    }

    private static string? ClassOf(string name)
    {
        var dot = name.LastIndexOf('.');
        var type = name[(dot + 1)..];
        return dot > 0 && name[..dot] is "torch" or "torch.cuda" or "torch.storage" && Types.ContainsKey(type) ? type : null;
    }
}
