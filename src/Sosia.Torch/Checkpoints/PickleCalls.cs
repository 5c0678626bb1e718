using System.Numerics;
using System.Text;

namespace Sosia.Torch.Checkpoints;

/// <summary>The few names that a .pth file may use, and what is made of a call of each; nothing is ever run.</summary>
/// <param name="file">For messages.</param>
/// <param name="spend">Takes from the budget of objects: a call of a few bytes may copy a long list.</param>
internal sealed class PickleCalls(CheckpointBytes file, Action<long> spend)
{
    private static readonly HashSet<string> Names = new(StringComparer.Ordinal)
    {
        "torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3", "torch._utils._rebuild_parameter",
        "torch._utils._rebuild_parameter_with_state", "torch._tensor._rebuild_from_type_v2", "torch.Tensor", "torch.nn.parameter.Parameter",
        "torch.Size", "torch.device", "collections.OrderedDict", "collections.defaultdict", "collections.Counter", "argparse.Namespace",
        "builtins.set", "builtins.frozenset", "builtins.bytes", "builtins.bytearray", "_codecs.encode",
        "builtins.dict", "builtins.list", "builtins.int", "builtins.float", "builtins.str", "builtins.bool",
        "pathlib.Path", "pathlib.PosixPath", "pathlib.PurePosixPath", "numpy.dtype", "numpy.core.multiarray.scalar",
    };

    private static readonly Dictionary<string, ScalarType> Types = new(StringComparer.Ordinal)
    {
        ["torch.uint8"] = ScalarType.UInt8,
        ["torch.int8"] = ScalarType.Int8,
        ["torch.int16"] = ScalarType.Int16,
        ["torch.int32"] = ScalarType.Int32,
        ["torch.int64"] = ScalarType.Int64,
        ["torch.float16"] = ScalarType.Float16,
        ["torch.bfloat16"] = ScalarType.BFloat16,
        ["torch.float32"] = ScalarType.Float32,
        ["torch.float64"] = ScalarType.Float64,
        ["torch.complex64"] = ScalarType.ComplexFloat,
        ["torch.complex128"] = ScalarType.ComplexDouble,
        ["torch.bool"] = ScalarType.Bool,
    };

    /// <summary>A name, where it is one of the list.</summary>
    /// <exception cref="CheckpointException">It is not.</exception>
    public PickleName Known(string module, string name)
    {
        module = module switch { "__builtin__" => "builtins", "numpy._core.multiarray" => "numpy.core.multiarray", _ => module };
        var full = $"{module}.{name}";
        return Names.Contains(full) || Types.ContainsKey(full) || PickleStorages.IsClass(full) ? new PickleName(full) : throw Refused(full);
    }

    /// <summary>What a call gives.</summary>
    public PickleValue Call(PickleName called, IReadOnlyList<PickleValue> arguments) => (called.Name, arguments) switch
    {
        ("torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2", [PickleStorage storage, var offset, PickleList shape, PickleList strides, ..])
            => Tensor(storage, storage.Type, offset, shape, strides),
        ("torch._utils._rebuild_tensor_v3", [PickleStorage storage, var offset, PickleList shape, PickleList strides, _, _, PickleName type, ..])
            => Tensor(storage, Types.TryGetValue(type.Name, out var known) ? known : throw Refused(type.Name), offset, shape, strides),
        ("torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state", [PickleTensor tensor, ..]) => tensor,
        ("torch._tensor._rebuild_from_type_v2", [PickleName rebuild, PickleName { Name: "torch.Tensor" or "torch.nn.parameter.Parameter" }, PickleList again, _])
            when rebuild.Name.StartsWith("torch._utils.", StringComparison.Ordinal) => Call(rebuild, again.Items), // a tensor with attributes, which are left out
        ("torch.Size", [PickleList sizes]) => Copy(PickleSequence.Tuple, sizes),
        ("torch.device", [PickleText device]) => device,
        ("torch.device", [PickleText device, PickleInteger index]) => new PickleText($"{device.Value}:{index.Value}"),
        ("collections.OrderedDict", []) or ("collections.Counter", []) or ("collections.defaultdict", [] or [_]) => new PickleMap(),
        ("collections.OrderedDict", [PickleList pairs]) => Map(pairs),
        ("collections.Counter" or "collections.OrderedDict", [PickleMap map]) => Filled(new PickleMap(), map),
        ("argparse.Namespace", []) => new PickleMap(isNamespace: true),
        ("builtins.set" or "builtins.frozenset", []) => new PickleList(PickleSequence.Set),
        ("builtins.set" or "builtins.frozenset", [PickleList items]) => Copy(PickleSequence.Set, items),
        ("builtins.bytes" or "builtins.bytearray", []) => new PickleBytes(default),
        ("builtins.bytes" or "builtins.bytearray", [PickleBytes bytes]) => bytes,
        ("_codecs.encode" or "builtins.bytearray", [PickleText text, PickleText { Value: "latin1" or "latin-1" }]) => Latin1(text.Value),
        ("pathlib.Path" or "pathlib.PosixPath" or "pathlib.PurePosixPath", _) => FilePath(arguments),
        ("numpy.dtype", [PickleText type, ..]) => new PickleName($"numpy.dtype.{type.Value}"),
        ("numpy.core.multiarray.scalar", [PickleName type, PickleBytes bytes]) => Scalar(type.Name, bytes.Value.Span),
        _ => throw file.Fault($"its pickle is damaged: {CheckpointException.Quote(called.Name)} is called with other arguments than PyTorch's"),
    };

    /// <summary>An object after a state was set on it.</summary>
    public PickleValue Build(PickleValue target, PickleValue state) => (target, state) switch
    {
        (PickleMap { IsNamespace: true } map, PickleMap attributes) => Filled(map, attributes),
        (PickleMap map, PickleMap) => map, // An OrderedDict's attributes: state_dict() keeps versions of modules there.
        (PickleName { Name: var name }, PickleList { Items: [_, PickleText order, ..] }) when name.StartsWith("numpy.dtype.", StringComparison.Ordinal)
            => order.Value is "<" or "|" ? target : throw file.Fault("it holds big-endian numbers"),
        _ => throw Refused("an instance of a class"),
    };

    /// <summary>What is said of a name that is not on the list.</summary>
    public CheckpointException Refused(string name) =>
        file.Fault($"it holds a Python object that is not data ({CheckpointException.Quote(name)}); only tensors, containers and numbers are read");

    private PickleTensor Tensor(PickleStorage storage, ScalarType? type, PickleValue offset, PickleList shape, PickleList strides)
    {
        if (type is null)
        {
            throw file.Fault("its pickle is damaged: a tensor without a type");
        }

        if (shape.Items.Count > TensorLayout.MostDimensions || strides.Items.Count != shape.Items.Count)
        {
            throw file.Fault($"a tensor has {shape.Items.Count} dimensions and {strides.Items.Count} strides");
        }

        spend(4 + shape.Items.Count);
        var (sizes, steps, first) = (Numbers(shape), Numbers(strides), Number(offset));
        return TensorLayout.Fault(type.Value, sizes, steps, first, storage.Storage.Length) is { } fault
            ? throw file.Fault($"a tensor is damaged: {fault}")
            : new PickleTensor(new StoredTensor("", type.Value, sizes, steps, storage.Storage, first));
    }

    private long[] Numbers(PickleList list) => [.. list.Items.Select(Number)];

    private long Number(PickleValue value) => value is PickleInteger { Value: var number } && number >= long.MinValue && number <= long.MaxValue
        ? (long)number
        : throw file.Fault("its pickle is damaged: a size that is no number");

    private PickleList Copy(PickleSequence kind, PickleList list)
    {
        spend(list.Items.Count);
        return new PickleList(kind, list.Items);
    }

    private PickleMap Map(PickleList pairs)
    {
        spend(pairs.Items.Count);
        var map = new PickleMap();
        foreach (var pair in pairs.Items)
        {
            if (pair is not PickleList { Items: [var key, var value] })
            {
                throw file.Fault("its pickle is damaged: a dictionary of something else than pairs");
            }

            map.Set(key, value);
        }

        return map;
    }

    private PickleMap Filled(PickleMap map, PickleMap other)
    {
        spend(other.Entries.Count);
        foreach (var (key, value) in other.Entries.ToArray()) // A map may be filled with itself.
        {
            map.Set(key, value);
        }

        return map;
    }

    private PickleBytes Latin1(string text)
    {
        spend(text.Length / 16);
        return new PickleBytes(Encoding.Latin1.GetBytes(text));
    }

    private PickleText FilePath(IReadOnlyList<PickleValue> parts)
    {
        var texts = parts.Select(part => part is PickleText text ? text.Value : throw Refused("pathlib.Path")).ToArray();
        spend(texts.Sum(text => 1 + (text.Length / 16L)));
        return new PickleText(string.Join('/', texts).Replace("//", "/", StringComparison.Ordinal));
    }

    private PickleValue Scalar(string type, ReadOnlySpan<byte> bytes) => (type, bytes.Length) switch
    {
        ("numpy.dtype.f8", 8) => new PickleReal(BitConverter.ToDouble(bytes)),
        ("numpy.dtype.f4", 4) => new PickleReal(BitConverter.ToSingle(bytes)),
        ("numpy.dtype.f2", 2) => new PickleReal((double)BitConverter.ToHalf(bytes)),
        ("numpy.dtype.b1", 1) => new PickleBoolean(bytes[0] != 0),
        ("numpy.dtype.i1", 1) or ("numpy.dtype.i2", 2) or ("numpy.dtype.i4", 4) or ("numpy.dtype.i8", 8) => new PickleInteger(new BigInteger(bytes)),
        ("numpy.dtype.u1", 1) or ("numpy.dtype.u2", 2) or ("numpy.dtype.u4", 4) or ("numpy.dtype.u8", 8) => new PickleInteger(new BigInteger(bytes, isUnsigned: true)),
        _ => throw Refused(type),
    };
}
