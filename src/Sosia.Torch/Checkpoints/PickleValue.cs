using System.Numerics;
using System.Runtime.CompilerServices;

namespace Sosia.Torch.Checkpoints;

/// <summary>What a .pth file holds: a tree of plain data. Two places may hold the same object, and a list may even hold itself.</summary>
public abstract record PickleValue;

/// <summary>Python's None.</summary>
public sealed record PickleNone : PickleValue
{
    /// <summary>The only one.</summary>
    public static readonly PickleNone Value = new();
}

/// <summary>True or false.</summary>
/// <param name="Value">Which.</param>
public sealed record PickleBoolean(bool Value) : PickleValue;

/// <summary>A whole number of any size.</summary>
/// <param name="Value">The number.</param>
public sealed record PickleInteger(BigInteger Value) : PickleValue;

/// <summary>A floating-point number.</summary>
/// <param name="Value">The number.</param>
public sealed record PickleReal(double Value) : PickleValue;

/// <summary>Text; a path or the name of a device is one too.</summary>
/// <param name="Value">The text.</param>
public sealed record PickleText(string Value) : PickleValue;

/// <summary>Bytes.</summary>
/// <param name="Value">The bytes.</param>
public sealed record PickleBytes(ReadOnlyMemory<byte> Value) : PickleValue;

/// <summary>A name of Python or PyTorch that stands for itself: <c>torch.float32</c>.</summary>
/// <param name="Name">Module and name.</param>
public sealed record PickleName(string Name) : PickleValue;

/// <summary>A storage: the bytes of tensors.</summary>
/// <param name="Storage">The same object for all tensors that share it.</param>
/// <param name="Type">The type of its elements; null where it has none of its own.</param>
public sealed record PickleStorage(TensorStorage Storage, ScalarType? Type) : PickleValue;

/// <summary>A tensor or parameter.</summary>
/// <param name="Tensor">Without a name.</param>
public sealed record PickleTensor(StoredTensor Tensor) : PickleValue;

/// <summary>Which of Python's sequences a <see cref="PickleList"/> was.</summary>
public enum PickleSequence
{
    /// <summary>A list.</summary>
    List,

    /// <summary>A tuple, or a shape.</summary>
    Tuple,

    /// <summary>A set, frozen or not.</summary>
    Set,
}

/// <summary>A list, tuple or set; equal only to itself.</summary>
/// <param name="Kind">Which of them.</param>
public sealed record PickleList(PickleSequence Kind) : PickleValue
{
    private readonly List<PickleValue> items = [];

    internal PickleList(PickleSequence kind, IEnumerable<PickleValue> items)
        : this(kind) => this.items.AddRange(items);

    /// <summary>Its items, in order.</summary>
    public IReadOnlyList<PickleValue> Items => items;

    /// <inheritdoc/>
    public bool Equals(PickleList? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    internal void Add(IEnumerable<PickleValue> more) => items.AddRange(more);
}

/// <summary>A dictionary, an OrderedDict, or the attributes of an <c>argparse.Namespace</c>, in their order; equal only to itself.</summary>
public sealed record PickleMap : PickleValue
{
    private OrderedDictionary<PickleValue, PickleValue>? entries; // Made with the first entry: an empty map of a hostile file costs little.

    internal PickleMap(bool isNamespace = false) => IsNamespace = isNamespace;

    /// <summary>Keys and values. Texts and whole numbers are the same key where they are equal, other keys where they are the same object.</summary>
    public IReadOnlyList<KeyValuePair<PickleValue, PickleValue>> Entries => entries is null ? [] : entries;

    internal bool IsNamespace { get; }

    /// <summary>The value under a text, or null.</summary>
    public PickleValue? this[string key] => entries?.GetValueOrDefault(new PickleText(key));

    /// <inheritdoc/>
    public bool Equals(PickleMap? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    internal void Set(PickleValue key, PickleValue value) => (entries ??= new(KeyComparer.Instance))[key] = value;

    // Hashes of texts and large numbers are seeded, those of floating-point numbers are not: a hostile file could make all of them collide.
    private sealed class KeyComparer : IEqualityComparer<PickleValue>
    {
        public static readonly KeyComparer Instance = new();

        public bool Equals(PickleValue? a, PickleValue? b) => ReferenceEquals(a, b) || (a is PickleText or PickleInteger && a == b);

        public int GetHashCode(PickleValue key) => key is PickleText or PickleInteger ? HashCode.Combine(key.GetHashCode()) : RuntimeHelpers.GetHashCode(key);
    }
}
