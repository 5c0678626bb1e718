using Sosia.Torch;
using Sosia.Torch.Checkpoints;
using Sosia.Torch.Tests.Checkpoints;

namespace Sosia.Tests.Embedding;

/// <summary>Files as authors publish them: dictionaries of tensors in a file of torch.save.</summary>
internal static class PublishedFile
{
    /// <summary>Each state below its key; without a key at the top of the file. The number of an epoch stands beside them.</summary>
    public static void Save(string path, params IEnumerable<(string Key, IReadOnlyList<(string Name, Tensor Tensor)> State)> parts)
    {
        var storages = new List<byte[]>();
        var items = parts.SelectMany(part => part.Key.Length == 0 ? Entries(part.State, storages) : [Pickle.Text(part.Key), Map(Entries(part.State, storages))]);
        var root = Map([Pickle.Text("epoch"), Pickle.Int(7), .. items]);
        Archive.Save(path, Pickle.Bytes("\u0080\u0002" + root), [.. storages.Select((bytes, i) => ($"a/data/{i}", bytes))]);
    }

    private static string Map(IEnumerable<string> items) => "}(" + string.Concat(items) + "u";

    private static IEnumerable<string> Entries(IReadOnlyList<(string Name, Tensor Tensor)> state, List<byte[]> storages) =>
        state.SelectMany(entry => new[] { Pickle.Text(entry.Name), Stored(entry.Tensor.ToStored(entry.Name), storages) }).ToList();

    private static string Stored(StoredTensor tensor, List<byte[]> storages)
    {
        var type = tensor.Type == ScalarType.Int64 ? "LongStorage" : "FloatStorage";
        int[] shape = [.. tensor.Shape.ToArray().Select(side => (int)side)];
        int[] strides = [.. shape.Select((_, i) => shape[(i + 1)..].Aggregate(1, (product, side) => product * side))];
        storages.Add(tensor.Contiguous().ToArray());
        return Pickle.Tensor(Pickle.Storage(type, $"{storages.Count - 1}", shape.Aggregate(1, (product, side) => product * side)), 0, shape, strides);
    }
}
