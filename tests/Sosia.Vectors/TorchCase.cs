using Sosia.Torch;

namespace Sosia.Vectors;

/// <summary>Cases as tensors of libtorch.</summary>
public static class TorchCase
{
    /// <summary>
    /// Each case in a scope of its own, on one thread, so that results do not depend on the machine; where there is no libtorch, a case says so.
    /// </summary>
    public static IReadOnlyDictionary<string, Action<VectorCase>> Scoped(IReadOnlyDictionary<string, Action<VectorCase>> cases) =>
        cases.ToDictionary(static entry => entry.Key, static entry => (Action<VectorCase>)(one => RunScoped(one, entry.Value)));

    private static void RunScoped(VectorCase one, Action<VectorCase> check)
    {
        if (!TorchRuntime.IsPrepared)
        {
            foreach (var name in one.ExpectedNames) { one.NotCovered(name, "there is no libtorch"); }
            return;
        }

        TorchRuntime.Threads = 1;
        using var scope = TensorScope.Enter();
        check(one);
    }

    /// <summary>An input; float32, int64 or bool.</summary>
    public static Tensor Tensor(this VectorCase one, string input)
    {
        var shape = Array.ConvertAll(one.Shape(input), static size => (long)size);
        return one.InputType(input) switch
        {
            "float32" => Torch.Tensor.Of(one.Floats(input), shape),
            "bool" => Torch.Tensor.Of(Array.ConvertAll(one.Integers(input), static value => value != 0), shape),
            _ => Torch.Tensor.Of(one.Integers(input), shape),
        };
    }

    /// <summary>The whole state, filled by the rule of the format.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> StateTensors(this VectorCase one) =>
        one.StateShapes.Select(entry => (entry.Key, Torch.Tensor.Of(one.State(entry.Key), Array.ConvertAll(entry.Value, static size => (long)size))));

    /// <summary>The entries whose names begin with a prefix, without it.</summary>
    public static IEnumerable<(string Name, Tensor Tensor)> StateTensors(this VectorCase one, string prefix) =>
        one.StateTensors().Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => (entry.Name[prefix.Length..], entry.Tensor));

    /// <summary>Compares a result, shape included.</summary>
    public static void Expect(this VectorCase one, string name, Tensor got)
    {
        var shape = Array.ConvertAll(got.Shape, static size => checked((int)size));
        if (!one.ExpectedShape(name).AsSpan().SequenceEqual(shape))
        {
            throw new VectorMismatchException($"'{name}' is {string.Join(" x ", shape)}, expected {string.Join(" x ", one.ExpectedShape(name))}");
        }

        if (got.Type is ScalarType.Bool or ScalarType.Int64)
        {
            one.Expect(name, got.To(ScalarType.Int64).ToArray<long>());
        }
        else
        {
            one.Expect(name, got.ToArray<float>());
        }
    }

    /// <summary>Compares the gradients that the case asks for by <c>grad:NAME</c>.</summary>
    public static void ExpectGradients(this VectorCase one, Module network, string prefix = "grad:")
    {
        var parameters = network.NamedParameters().ToDictionary(entry => prefix + entry.Name, entry => entry.Tensor);
        foreach (var name in one.ExpectedNames.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var grad = parameters.GetValueOrDefault(name)?.Grad;
            one.Expect(name, grad ?? throw new VectorMismatchException($"no gradient for '{name}'"));
        }
    }

    /// <summary>Compares the entries, running statistics mostly, that the case asks for by <c>after:NAME</c>.</summary>
    public static void ExpectAfter(this VectorCase one, Module network, string prefix = "after:")
    {
        var state = network.NamedState().ToDictionary(entry => prefix + entry.Name, entry => entry.Tensor);
        foreach (var name in one.ExpectedNames.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            one.Expect(name, state.GetValueOrDefault(name) ?? throw new VectorMismatchException($"no entry for '{name}'"));
        }
    }

    /// <summary>Compares names and shapes of a network with the case's state, and their count and number of elements with what is expected.</summary>
    public static void ExpectEntries(this VectorCase one, Module network)
    {
        var own = network.NamedState().ToDictionary(entry => entry.Name, entry => string.Join(" x ", entry.Tensor.Shape));
        var wanted = one.StateShapes.ToDictionary(entry => entry.Key, entry => string.Join(" x ", entry.Value));
        var different = wanted.Except(own).Concat(own.Except(wanted)).FirstOrDefault();
        if (different.Key is not null)
        {
            throw new VectorMismatchException($"entry '{different.Key}' ({different.Value}) is not the same on both sides");
        }

        if (one.ExpectedNames.Contains("entries")) { one.Expect("entries", own.Count); }
        if (one.ExpectedNames.Contains("parameters")) { one.Expect("parameters", Parameters(network)); }
    }

    // What the files call parameters: all of the state but what batch norms gather; fixed positions that are stored count.
    private static long Parameters(Module network) => network.NamedState()
        .Where(static entry => entry.Name[(entry.Name.LastIndexOf('.') + 1)..] is not ("running_mean" or "running_var" or "num_batches_tracked"))
        .Sum(static entry => entry.Tensor.Count);
}
