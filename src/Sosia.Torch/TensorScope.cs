namespace Sosia.Torch;

/// <summary>
/// Frees every tensor that is born inside, except those kept: <c>using var scope = TensorScope.Enter();</c>, one for each training step.
/// A kept tensor belongs to the scope around this one, if there is any. Scopes belong to their thread.
/// </summary>
public readonly ref struct TensorScope
{
    [ThreadStatic]
    private static Born? current;

    private readonly Born born;

    private TensorScope(Born born) => this.born = born;

    /// <summary>Begins a scope on this thread.</summary>
    public static TensorScope Enter() => new(current = Born.Inside(current));

    /// <summary>Lets a tensor outlive this scope.</summary>
    /// <returns>The same tensor.</returns>
    public Tensor Keep(Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var tensors = born.Tensors;
        for (var i = tensors.Count - 1; i >= 0; i--)
        {
            if (ReferenceEquals(tensors[i], tensor))
            {
                tensors[i] = null;
                born.Around?.Tensors.Add(tensor);
                break;
            }
        }

        return tensor;
    }

    /// <summary>Frees what was born inside and not kept.</summary>
    public void Dispose()
    {
        if (born is null || born.Ended)
        {
            return;
        }

        // Scopes that were entered inside and never left end with this one.
        for (var scope = current; scope is not null; scope = scope.Around)
        {
            scope.Free();
            if (scope == born)
            {
                break;
            }
        }

        current = born.Around;
    }

    internal static void Add(Tensor tensor) => current?.Tensors.Add(tensor);

    /// <summary>Takes a tensor out of whatever scope of this thread it was born in: it belongs to something that lives longer.</summary>
    internal static void Release(Tensor tensor)
    {
        for (var scope = current; scope is not null; scope = scope.Around)
        {
            var at = scope.Tensors.LastIndexOf(tensor);
            if (at >= 0)
            {
                scope.Tensors[at] = null;
                return;
            }
        }
    }

    private sealed class Born(Born? around)
    {
        public Born? Around { get; } = around;

        public List<Tensor?> Tensors { get; } = [];

        public bool Ended { get; private set; }

        public static Born Inside(Born? around) => new(around);

        public void Free()
        {
            Ended = true;
            foreach (var tensor in Tensors)
            {
                tensor?.Dispose();
            }
        }
    }
}
