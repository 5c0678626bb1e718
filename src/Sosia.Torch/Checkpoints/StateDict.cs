using System.Diagnostics.CodeAnalysis;

namespace Sosia.Torch.Checkpoints;

/// <summary>Tensors by their names, in the order of the file. Tensors that share memory share their <see cref="StoredTensor.Storage"/>.</summary>
public sealed class StateDict
{
    private readonly OrderedDictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    /// <summary>Tensors under their own names.</summary>
    /// <exception cref="ArgumentException">Two have one name.</exception>
    public StateDict(IEnumerable<StoredTensor> tensors)
    {
        foreach (var tensor in tensors)
        {
            this.tensors.Add(tensor.Name, tensor);
        }
    }

    /// <summary>Number of tensors.</summary>
    public int Count => tensors.Count;

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Names => tensors.Keys;

    /// <summary>The tensors.</summary>
    public IReadOnlyList<StoredTensor> Tensors => tensors.Values;

    /// <summary>The tensor of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public StoredTensor this[string name] => tensors[name];

    /// <summary>The tensor of a name, where there is one.</summary>
    public bool TryGet(string name, [MaybeNullWhen(false)] out StoredTensor tensor) => tensors.TryGetValue(name, out tensor);

    /// <summary>The tensors whose names begin with a prefix, without it: <c>module.conv.weight</c> under <c>module.</c> is <c>conv.weight</c>.</summary>
    /// <param name="prefix">With its dot.</param>
    public StateDict Under(string prefix) => new(Tensors
        .Where(tensor => tensor.Name.Length > prefix.Length && tensor.Name.StartsWith(prefix, StringComparison.Ordinal))
        .Select(tensor => tensor.Named(tensor.Name[prefix.Length..])));
}
