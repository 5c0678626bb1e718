using System.Runtime.InteropServices;
using System.Text;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>The derivative of a function written in C#.</summary>
/// <param name="gradients">Of the outputs; null where none arrived. Borrowed: valid until it returns.</param>
/// <param name="saved">What was saved. Borrowed: valid until it returns.</param>
/// <returns>A gradient for each input, null for none.</returns>
public delegate Tensor?[] BackwardFunction(ReadOnlySpan<Tensor?> gradients, ReadOnlySpan<Tensor> saved);

/// <summary>The one hook for operations whose derivative is written in C#, as torch.autograd.Function is in PyTorch.</summary>
public static unsafe class CustomFunction
{
    /// <summary>Makes outputs that were computed under <see cref="NoGrad"/> depend on inputs; where nothing is recorded, or no input requires a gradient, they stay as they are.</summary>
    /// <param name="inputs">What gradients are wanted of; those that require none get none.</param>
    /// <param name="outputs">New tensors, no views of the inputs.</param>
    /// <param name="saved">What the derivative needs; a closure that holds tensors of its own would keep them for ever.</param>
    /// <param name="backward">May be called on a thread of libtorch's.</param>
    public static void Attach(ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs, ReadOnlySpan<Tensor> saved, BackwardFunction backward)
    {
        using var into = new Handles(inputs);
        using var outof = new Handles(outputs);
        using var kept = new Handles(saved);
        var state = GCHandle.ToIntPtr(GCHandle.Alloc(backward));
        fixed (nint* input = into.Span, output = outof.Span, keep = kept.Span)
        {
            NativeTorch.Check(
                NativeTorch.sosia_function_attach(input, inputs.Length, output, outputs.Length, keep, saved.Length, &Run, &Release, state),
                "custom function");
        }
    }

    [UnmanagedCallersOnly]
    private static int Run(nint state, nint* gradients, int gradientCount, nint* saved, int savedCount, nint* results, int resultCount, byte* message, int capacity)
    {
        try
        {
            using var scope = TensorScope.Enter();
            var backward = (BackwardFunction)GCHandle.FromIntPtr(state).Target!;
            var found = backward(Borrow(gradients, gradientCount), Borrow(saved, savedCount)!);
            if (found.Length != resultCount)
            {
                throw new TorchArgumentException($"{found.Length} gradients for {resultCount} inputs");
            }

            for (var i = 0; i < resultCount; i++)
            {
                results[i] = found[i] is { } gradient ? Give(gradient) : 0;
            }

            return 0;
        }
        catch (Exception error)
        {
            // No exception may cross into C++; it is raised again there, and comes back to the caller of Backward.
            var text = Encoding.UTF8.GetBytes($"in a backward function: {error.Message}");
            var length = Math.Min(text.Length, capacity - 1);
            text.AsSpan(0, length).CopyTo(new Span<byte>(message, capacity));
            message[length] = 0;
            return 1;
        }
    }

    [UnmanagedCallersOnly]
    private static void Release(nint state) => GCHandle.FromIntPtr(state).Free();

    // A handle of our own on what libtorch holds; the scope frees it.
    private static Tensor?[] Borrow(nint* handles, int count)
    {
        var tensors = new Tensor?[count];
        for (var i = 0; i < count; i++)
        {
            tensors[i] = handles[i] == 0 ? null : Tensor.Share(handles[i]);
        }

        return tensors;
    }

    private static nint Give(Tensor tensor)
    {
        NativeTorch.Check(NativeTorch.sosia_tensor_share(tensor, out var given), "gradient");
        return given;
    }
}
