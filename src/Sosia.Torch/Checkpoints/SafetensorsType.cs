namespace Sosia.Torch.Checkpoints;

/// <summary>The types of elements that the format and libtorch share.</summary>
internal static class SafetensorsType
{
    // The order of the reference implementation (safetensors 0.4 and later), by growing alignment; files are written from its end.
    private static readonly (string Name, ScalarType Type)[] All =
    [
        ("BOOL", ScalarType.Bool),
        ("U8", ScalarType.UInt8),
        ("I8", ScalarType.Int8),
        ("I16", ScalarType.Int16),
        ("F16", ScalarType.Float16),
        ("BF16", ScalarType.BFloat16),
        ("I32", ScalarType.Int32),
        ("F32", ScalarType.Float32),
        ("F64", ScalarType.Float64),
        ("I64", ScalarType.Int64),
    ];

    /// <summary>The type of a name, or null.</summary>
    public static ScalarType? Named(string name) => Array.Find(All, one => one.Name == name) is { Name: not null } found ? found.Type : null;

    /// <summary>The name of a type, or null.</summary>
    public static string? Name(ScalarType type) => Array.Find(All, one => one.Type == type).Name;

    /// <summary>Its place in the order.</summary>
    public static int Rank(ScalarType type) => Array.FindIndex(All, one => one.Type == type);
}
