using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>Nothing is recorded for gradients on this thread: <c>using var _ = NoGrad.Enter();</c></summary>
public readonly ref struct NoGrad
{
    private readonly int before;

    private NoGrad(int before) => this.before = before;

    /// <summary>Begins.</summary>
    public static NoGrad Enter() => new(NativeTorch.sosia_grad_mode(0));

    /// <summary>Ends: as it was before.</summary>
    public void Dispose() => _ = NativeTorch.sosia_grad_mode(before);
}

/// <summary>Operations are recorded on this thread, inside a <see cref="NoGrad"/> too.</summary>
public readonly ref struct EnableGrad
{
    private readonly int before;

    private EnableGrad(int before) => this.before = before;

    /// <summary>Begins.</summary>
    public static EnableGrad Enter() => new(NativeTorch.sosia_grad_mode(1));

    /// <summary>Ends: as it was before.</summary>
    public void Dispose() => _ = NativeTorch.sosia_grad_mode(before);
}

/// <summary>Tensors born inside can never take part in a graph: a little faster than <see cref="NoGrad"/>, for embedding alone.</summary>
public readonly ref struct InferenceMode
{
    private readonly nint guard;

    private InferenceMode(nint guard) => this.guard = guard;

    /// <summary>Begins.</summary>
    public static InferenceMode Enter()
    {
        NativeTorch.Check(NativeTorch.sosia_inference_enter(out var guard), "inference mode");
        return new InferenceMode(guard);
    }

    /// <summary>Ends.</summary>
    public void Dispose()
    {
        if (guard != 0)
        {
            NativeTorch.sosia_inference_leave(guard);
        }
    }
}

/// <summary>Operators that gain by it compute in half precision on this thread; their inputs are cast.</summary>
public readonly ref struct Autocast
{
    private readonly DeviceType device;
    private readonly AutocastMode before;

    private Autocast(DeviceType device, AutocastMode before) => (this.device, this.before) = (device, before);

    /// <summary>Begins.</summary>
    /// <param name="device">CPU or CUDA.</param>
    /// <param name="type">BFloat16, or Float16 on a GPU.</param>
    /// <param name="enabled">False: full precision inside a half one.</param>
    /// <exception cref="TorchArgumentException">Another device.</exception>
    public static Autocast Enter(DeviceType device, ScalarType type = ScalarType.BFloat16, bool enabled = true)
    {
        NativeTorch.Check(NativeTorch.sosia_autocast_enter(device, new AutocastMode { Enabled = enabled ? 1 : 0, Type = type }, out var before), "autocast");
        return new Autocast(device, before);
    }

    /// <summary>Ends: as it was before.</summary>
    public void Dispose() => NativeTorch.Check(NativeTorch.sosia_autocast_leave(device, before), "autocast");
}
