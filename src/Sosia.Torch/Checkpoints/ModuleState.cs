namespace Sosia.Torch.Checkpoints;

/// <summary>Between the files of checkpoints and modules.</summary>
public static class ModuleState
{
    /// <summary>The stored tensor as one of libtorch's, copied.</summary>
    public static Tensor ToTensor(this StoredTensor stored) => Tensor.FromBytes(stored.Contiguous(), stored.Type, stored.Shape);

    /// <summary>Copies the tensors of a file into a module, by name; types may differ.</summary>
    /// <exception cref="StateMismatchException">Names are missing or unexpected, or shapes differ: all of them are listed.</exception>
    public static void Load(this Module module, IEnumerable<StoredTensor> state, bool strict = true)
    {
        using var scope = TensorScope.Enter();
        module.Load(state.Select(stored => (stored.Name, stored.ToTensor())), strict);
    }

    /// <summary>A tensor as it can be written to a file; copied.</summary>
    /// <param name="tensor">From any device and layout.</param>
    /// <param name="name">Its name there.</param>
    public static StoredTensor ToStored(this Tensor tensor, string name)
    {
        using var scope = TensorScope.Enter();
        var dense = tensor.Detach().To(Device.Cpu).Contiguous();
        return new StoredTensor(name, dense.Type, dense.Shape, dense.Bytes().ToArray());
    }

    /// <summary>The state of a module as it can be written to a file; copied.</summary>
    public static IEnumerable<StoredTensor> ToStored(this Module module) => module.NamedState().Select(entry => entry.Tensor.ToStored(entry.Name));
}
