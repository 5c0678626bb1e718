using System.Runtime.InteropServices;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>A stream of random numbers. Operators that draw take one; without one they use the default of their device.</summary>
public sealed class Generator : SafeHandle
{
    /// <summary>A new one on the CPU.</summary>
    /// <param name="seed">Equal seeds give equal numbers.</param>
    public Generator(ulong seed)
        : base(0, ownsHandle: true)
    {
        NativeTorch.Check(NativeTorch.sosia_generator(seed, out var made), "generator");
        SetHandle(made);
    }

    private Generator(nint handle)
        : base(0, ownsHandle: true) => SetHandle(handle);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The one that operators on a device use when none is given.</summary>
    /// <exception cref="TorchException">There is no such device.</exception>
    public static Generator Default(Device device)
    {
        NativeTorch.Check(NativeTorch.sosia_generator_default(device.Type, device.Index, out var shared), $"default generator of {device}");
        return new Generator(shared);
    }

    /// <summary>Seeds the default generators of the CPU and of every GPU.</summary>
    public static void Seed(ulong seed) => NativeTorch.Check(NativeTorch.sosia_manual_seed(seed), "seed");

    /// <summary>Starts this one again.</summary>
    public void Reseed(ulong seed) => NativeTorch.Check(NativeTorch.sosia_generator_seed(this, seed), "generator");

    /// <summary>Where it stands: bytes for <see cref="Restore"/>.</summary>
    public Tensor State()
    {
        NativeTorch.Check(NativeTorch.sosia_generator_state(this, out var state), "generator");
        return Tensor.Own(state);
    }

    /// <summary>Goes on from where <see cref="State"/> was taken.</summary>
    /// <exception cref="TorchException">It is no state of a generator of this kind.</exception>
    public void Restore(Tensor state) => NativeTorch.Check(NativeTorch.sosia_generator_set_state(this, state), () => $"generator state {state.Describe()}");

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeTorch.sosia_generator_release(handle);
        return true;
    }
}
