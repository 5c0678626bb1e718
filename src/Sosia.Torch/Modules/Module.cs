namespace Sosia.Torch;

/// <summary>
/// A part of a network: parameters, buffers and parts of its own, each under the name that it has in a state dict. They are registered at
/// construction, by name; a part belongs to the module that it is registered in, and is disposed with it.
/// </summary>
public abstract class Module : IDisposable
{
    private readonly List<(string Name, Tensor Tensor)> parameters = [];
    private readonly List<(string Name, Tensor Tensor, bool Stored)> buffers = [];
    private readonly List<(string Name, Module Module)> parts = [];

    /// <summary>Whether dropout drops and batch norm gathers statistics; changed by <see cref="Train"/>.</summary>
    public bool IsTraining { get; private set; } = true;

    /// <summary>Every parameter with its full name, in the order of registration.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> NamedParameters() =>
        parameters.Concat(parts.SelectMany(part => part.Module.NamedParameters().Select(p => (Join(part.Name, p.Name), p.Tensor))));

    /// <summary>Every parameter.</summary>
    public IEnumerable<Tensor> Parameters() => NamedParameters().Select(p => p.Tensor);

    /// <summary>Every entry of the state dict with its full name: parameters, and the buffers that are stored.</summary>
    public IEnumerable<(string Name, Tensor Tensor)> NamedState() =>
        parameters.Concat(buffers.Where(b => b.Stored).Select(b => (b.Name, b.Tensor)))
            .Concat(parts.SelectMany(part => part.Module.NamedState().Select(p => (Join(part.Name, p.Name), p.Tensor))));

    /// <summary>This module and every part of it, with full names; its own is empty.</summary>
    public IEnumerable<(string Name, Module Module)> NamedModules() =>
        parts.SelectMany(part => part.Module.NamedModules().Select(m => (Join(part.Name, m.Name), m.Module))).Prepend(("", this));

    /// <summary>Number of elements of all parameters.</summary>
    public long CountParameters() => Parameters().Sum(p => p.Count);

    /// <summary>Sets this module and all its parts to training or to use.</summary>
    public void Train(bool training = true)
    {
        IsTraining = training;
        parts.ForEach(part => part.Module.Train(training));
    }

    /// <summary>Sets this module and all its parts to use.</summary>
    public void Eval() => Train(false);

    /// <summary>Whether the parameters gather gradients.</summary>
    public void RequireGrad(bool required)
    {
        foreach (var parameter in Parameters())
        {
            parameter.RequiresGrad = required;
        }
    }

    /// <summary>Forgets all gradients.</summary>
    public void ZeroGrad()
    {
        foreach (var parameter in Parameters())
        {
            parameter.Grad = null;
        }
    }

    /// <summary>Moves parameters and buffers; their handles stay the same, so that an optimiser made before still holds them.</summary>
    /// <param name="device">Where to.</param>
    /// <param name="type">Type of those of a floating type; null leaves it.</param>
    public void To(Device device, ScalarType? type = null)
    {
        using var scope = TensorScope.Enter();
        using var noGrad = NoGrad.Enter();
        foreach (var tensor in AllTensors())
        {
            var gradient = tensor.Grad;
            var moved = tensor.Detach().To(device);
            Operators.SetData.InPlace(tensor, type is { } to && tensor.IsFloatingPoint() ? moved.To(to) : moved);
            tensor.Grad = gradient?.To(tensor.Device).To(tensor.Type);
        }
    }

    /// <summary>Copies a state into this module.</summary>
    /// <param name="state">Names and tensors; types and devices may differ, shapes may not.</param>
    /// <param name="strict">Whether every name must be on both sides; otherwise only shapes must agree.</param>
    /// <exception cref="StateMismatchException">Names are missing or unexpected, or shapes differ: all of them are listed.</exception>
    public void Load(IEnumerable<(string Name, Tensor Tensor)> state, bool strict = true)
    {
        var given = state.ToDictionary(entry => entry.Name, entry => entry.Tensor, StringComparer.Ordinal);
        var own = NamedState().ToList();
        var missing = own.Where(o => !given.ContainsKey(o.Name)).Select(o => o.Name).ToList();
        var unexpected = given.Keys.Except(own.Select(o => o.Name), StringComparer.Ordinal).ToList();
        var shapes = own.Where(o => given.TryGetValue(o.Name, out var g) && !g.Shape.AsSpan().SequenceEqual(o.Tensor.Shape))
            .Select(o => $"{o.Name} is {given[o.Name].Describe()} instead of {o.Tensor.Describe()}").ToList();
        StateMismatchException.ThrowIfAny(strict ? missing : [], strict ? unexpected : [], shapes);
        using var noGrad = NoGrad.Enter();
        foreach (var (name, tensor) in own.Where(o => given.ContainsKey(o.Name)))
        {
            tensor.CopyInPlace(given[name]);
        }
    }

    /// <summary>Frees parameters, buffers and parts.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees parameters, buffers and parts.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing)
        {
            return;
        }

        parameters.ForEach(p => p.Tensor.Dispose());
        buffers.ForEach(b => b.Tensor.Dispose());
        parts.ForEach(p => p.Module.Dispose());
    }

    /// <summary>Registers a parameter: a leaf that gathers gradients. It outlives every scope.</summary>
    /// <returns>The same tensor.</returns>
    protected Tensor Parameter(string name, Tensor value)
    {
        parameters.Add((name, Own(value).RequireGrad()));
        return value;
    }

    /// <summary>Registers a tensor that is no parameter. It outlives every scope.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">The tensor.</param>
    /// <param name="stored">Whether it is part of the state dict.</param>
    /// <returns>The same tensor.</returns>
    protected Tensor Buffer(string name, Tensor value, bool stored = true)
    {
        buffers.Add((name, Own(value), stored));
        return value;
    }

    /// <summary>Registers a part.</summary>
    /// <param name="name">Stands before the names of its entries; empty: they are named as if they were this module's own.</param>
    /// <param name="module">The part.</param>
    /// <returns>The same module.</returns>
    protected T Part<T>(string name, T module)
        where T : Module
    {
        parts.Add((name, module));
        return module;
    }

    private static string Join(string part, string name) => part.Length == 0 ? name : name.Length == 0 ? part : $"{part}.{name}";

    private static Tensor Own(Tensor value)
    {
        TensorScope.Release(value);
        return value;
    }

    private IEnumerable<Tensor> AllTensors() =>
        parameters.Select(p => p.Tensor).Concat(buffers.Select(b => b.Tensor)).Concat(parts.SelectMany(p => p.Module.AllTensors()));
}

/// <summary>A state does not fit a module.</summary>
/// <param name="missing">Names that the module has and the state has not.</param>
/// <param name="unexpected">Names that the state has and the module has not.</param>
/// <param name="shapes">Entries of another shape, each with both.</param>
public sealed class StateMismatchException(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> shapes)
    : TorchException(Say(missing, unexpected, shapes))
{
    /// <summary>Names that the module has and the state has not.</summary>
    public IReadOnlyList<string> Missing { get; } = missing;

    /// <summary>Names that the state has and the module has not.</summary>
    public IReadOnlyList<string> Unexpected { get; } = unexpected;

    /// <summary>Entries of another shape, each with both.</summary>
    public IReadOnlyList<string> Shapes { get; } = shapes;

    internal static void ThrowIfAny(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> shapes)
    {
        if (missing.Count + unexpected.Count + shapes.Count > 0)
        {
            throw new StateMismatchException(missing, unexpected, shapes);
        }
    }

    private static string Say(IReadOnlyList<string> missing, IReadOnlyList<string> unexpected, IReadOnlyList<string> shapes)
    {
        string Line(string what, IReadOnlyList<string> names) => names.Count == 0 ? "" : $"\n  {what}: {string.Join(", ", names)}";
        return "the state does not fit" + Line("missing", missing) + Line("unexpected", unexpected) + Line("of another shape", shapes);
    }
}
