using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>Gradients. What a graph needs is kept until it is used once, or as long as is asked.</summary>
public sealed unsafe partial class Tensor
{
    /// <summary>Whether operations on it are recorded for gradients. Only leaves of a floating type can be told so.</summary>
    /// <exception cref="TorchException">It is no leaf, or not of a floating type.</exception>
    public bool RequiresGrad
    {
        get => Facts.RequiresGrad != 0;
        set => NativeTorch.Check(NativeTorch.sosia_tensor_set_requires_grad(this, value ? 1 : 0), Describe);
    }

    /// <summary>Whether no operation made it.</summary>
    public bool IsLeaf
    {
        get
        {
            NativeTorch.Check(NativeTorch.sosia_tensor_is_leaf(this, out var leaf), Describe);
            return leaf != 0;
        }
    }

    /// <summary>The gradient that <see cref="Backward"/> gathered in a leaf, as a new handle; null when there is none.</summary>
    /// <exception cref="TorchException">Set: type, shape or device are not those of the tensor.</exception>
    public Tensor? Grad
    {
        get
        {
            NativeTorch.Check(NativeTorch.sosia_tensor_grad(this, out var gradient), Describe);
            return gradient == 0 ? null : Own(gradient);
        }

        set
        {
            if (value is not null && (value.Type != Type || !value.Shape.AsSpan().SequenceEqual(Shape) || value.Device != Device))
            {
                throw new TorchArgumentException($"{value.Describe()} cannot be the gradient of {Describe()}");
            }

            using var gradient = new Handles([value]);
            NativeTorch.Check(NativeTorch.sosia_tensor_set_grad(this, gradient.Span[0]), Describe);
        }
    }

    /// <summary>Makes the operations to come on this leaf be recorded.</summary>
    /// <returns>This tensor.</returns>
    public Tensor RequireGrad(bool required = true)
    {
        RequiresGrad = required;
        return this;
    }

    /// <summary>Adds the gradient of this tensor with respect to every leaf that it depends on to that leaf's <see cref="Grad"/>.</summary>
    /// <param name="gradient">Of this tensor; may be left out for one of one element, and is 1 then.</param>
    /// <param name="retainGraph">Whether the graph can be used again.</param>
    /// <param name="createGraph">Whether the gradients can be differentiated.</param>
    /// <exception cref="TorchException">It does not require a gradient, or the graph was used before.</exception>
    public void Backward(Tensor? gradient = null, bool retainGraph = false, bool createGraph = false)
    {
        using var roots = new Handles([this]);
        using var gradients = new Handles([gradient]);
        fixed (nint* root = roots.Span, seed = gradients.Span)
        {
            NativeTorch.Check(NativeTorch.sosia_backward(root, 1, seed, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0), () => $"backward of {Describe()}");
        }
    }

    /// <summary>Gradients of the sum of these tensors with respect to others; no leaf is touched.</summary>
    /// <param name="outputs">What is differentiated.</param>
    /// <param name="inputs">With respect to what.</param>
    /// <param name="gradients">Of the outputs; nothing where each output has one element.</param>
    /// <param name="retainGraph">Whether the graph can be used again.</param>
    /// <param name="createGraph">Whether the gradients can be differentiated.</param>
    /// <param name="allowUnused">Whether an input that no output depends on gives null instead of an error.</param>
    /// <exception cref="TorchException">An output does not require a gradient, or an input is not used.</exception>
    public static Tensor?[] Gradients(
        ReadOnlySpan<Tensor> outputs,
        ReadOnlySpan<Tensor> inputs,
        ReadOnlySpan<Tensor> gradients = default,
        bool retainGraph = false,
        bool createGraph = false,
        bool allowUnused = false)
    {
        if (!gradients.IsEmpty && gradients.Length != outputs.Length)
        {
            throw new TorchArgumentException($"{gradients.Length} gradients were given for {outputs.Length} outputs");
        }

        using var roots = new Handles(outputs);
        using var leaves = new Handles(inputs);
        using var seeds = new Handles(gradients);
        var found = new nint[inputs.Length];
        fixed (nint* root = roots.Span, leaf = leaves.Span, seed = seeds.Span, result = found)
        {
            NativeTorch.Check(
                NativeTorch.sosia_grad(root, outputs.Length, gradients.IsEmpty ? null : seed, leaf, inputs.Length, retainGraph || createGraph ? 1 : 0, createGraph ? 1 : 0, allowUnused ? 1 : 0, result),
                "gradients");
        }

        return [.. found.Select(handle => handle == 0 ? null : Own(handle))];
    }
}

/// <summary>The handles of several tensors, held until disposed.</summary>
internal readonly ref struct Handles
{
    private readonly Tensor?[] tensors;
    private readonly nint[] handles;

    public Handles(ReadOnlySpan<Tensor?> tensors)
    {
        this.tensors = new Tensor?[tensors.Length];
        handles = new nint[tensors.Length];
        try
        {
            for (var i = 0; i < tensors.Length; i++)
            {
                Hold(i, tensors[i]);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Span<nint> Span => handles;

    public void Dispose()
    {
        foreach (var tensor in tensors)
        {
            tensor?.LetGo();
        }
    }

    private void Hold(int at, Tensor? tensor)
    {
        handles[at] = tensor?.Hold() ?? 0;
        tensors[at] = tensor;
    }
}
