using System.Globalization;

namespace Sosia.Torch.Checkpoints;

/// <summary>State dicts out of trees of values. A tree may share its parts and even hold itself, so both are bounded.</summary>
internal static class PickleTree
{
    private const int MostVisits = 1_000_000;
    private const int Deepest = 100;
    private const long MostLetters = 64 << 20; // Long keys of a deep tree that shares its parts would multiply.

    private static readonly string[] Wrappers = ["state_dict", "model_state", "model_state_dict", "model", "module"];

    public static StateDict Flatten(PickleValue root, CheckpointBytes file)
    {
        var walk = new Walk(file);
        walk.Visit("", root, 0);
        return new StateDict(walk.Found.Values);
    }

    public static PickleValue Unwrap(PickleValue root, CheckpointBytes file)
    {
        for (var depth = 0; depth < Deepest; depth++)
        {
            var inner = root is PickleMap map ? Array.FindAll(Wrappers, name => map[name] is PickleMap) : [];
            if (inner.Length > 1)
            {
                throw file.Fault($"it holds several models ({string.Join(", ", inner)}); name the one that is meant");
            }

            if (inner is not [var only])
            {
                return root;
            }

            root = ((PickleMap)root)[only]!;
        }

        throw file.Fault("it is wrapped endlessly");
    }

    private sealed class Walk(CheckpointBytes file)
    {
        private int visits;
        private long letters;

        public OrderedDictionary<string, StoredTensor> Found { get; } = new(StringComparer.Ordinal);

        public void Visit(string name, PickleValue value, int depth)
        {
            if (++visits > MostVisits || depth > Deepest || letters > MostLetters)
            {
                throw file.Fault("its tree is endless, or larger than any checkpoint");
            }

            switch (value)
            {
                case PickleTensor { Tensor: var tensor }:
                    if (!Found.TryAdd(name, tensor.Named(name)))
                    {
                        throw file.Fault($"two of its tensors would be named {CheckpointException.Quote(name)}");
                    }

                    break;
                case PickleMap map:
                    foreach (var (key, item) in map.Entries)
                    {
                        VisitChild(name, Text(key), item, depth);
                    }

                    break;
                case PickleList list:
                    for (var at = 0; at < list.Items.Count; at++)
                    {
                        VisitChild(name, at.ToString(CultureInfo.InvariantCulture), list.Items[at], depth);
                    }

                    break;
                default:
                    break;
            }
        }

        private static string Text(PickleValue key) => key switch
        {
            PickleText { Value: var text } => text,
            PickleInteger { Value: var number } => number.ToString(CultureInfo.InvariantCulture),
            PickleReal { Value: var number } => number.ToString(CultureInfo.InvariantCulture),
            PickleBoolean { Value: var truth } => truth ? "True" : "False",
            PickleNone => "None",
            _ => "?",
        };

        private void VisitChild(string parent, string key, PickleValue value, int depth)
        {
            if (value is not (PickleTensor or PickleMap or PickleList))
            {
                return; // Numbers and texts have no place in a state dict.
            }

            var name = depth == 0 ? key : $"{parent}.{key}";
            letters += name.Length;
            Visit(name, value, depth + 1);
        }
    }
}
