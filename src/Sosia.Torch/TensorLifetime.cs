using System.Runtime.ConstrainedExecution;
using System.Runtime.InteropServices.Marshalling;
using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>
/// How long a tensor lives: until it is disposed and no call of any thread holds it. As a SafeHandle does, but for a tenth of a microsecond less,
/// which is what the collector takes to register each new object that has a finalizer.
/// </summary>
[NativeMarshalling(typeof(TensorMarshaller))]
public sealed partial class Tensor : IDisposable
{
    private const int Disposed = 1;
    private const int Holder = 2;

    private readonly nint handle;
    private readonly int kibibytes;
    private readonly TensorKeeper keeper;
    private int state = Holder; // Holder for each that holds it, of which the first is its owner; Disposed once the owner let go

    /// <summary>Owns libtorch's tensor from now on.</summary>
    internal Tensor(nint handle, int kibibytes)
    {
        this.handle = handle;
        this.kibibytes = kibibytes;
        keeper = TensorKeeper.Of(this);
        TensorScope.Add(this);
        TensorMemory.Born(kibibytes);
    }

    /// <summary>How many tensors of this process are alive.</summary>
    public static long Live => TensorMemory.Tensors;

    /// <summary>Whether it was disposed.</summary>
    public bool IsClosed => (Volatile.Read(ref state) & Disposed) != 0;

    /// <summary>Frees it, as soon as no call holds it.</summary>
    public void Dispose()
    {
        int before;
        do
        {
            before = state;
            if ((before & Disposed) != 0)
            {
                return;
            }
        }
        while (Interlocked.CompareExchange(ref state, before - Holder + Disposed, before) != before);

        if (before == Holder)
        {
            Free();
        }
    }

    /// <summary>Keeps libtorch's tensor alive until <see cref="LetGo"/>, whatever other threads do.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    internal nint Hold()
    {
        int before;
        do
        {
            before = state;
            ObjectDisposedException.ThrowIf((before & Disposed) != 0, this);
        }
        while (Interlocked.CompareExchange(ref state, before + Holder, before) != before);

        return handle;
    }

    /// <summary>Ends a <see cref="Hold"/>.</summary>
    internal void LetGo()
    {
        if (Interlocked.Add(ref state, -Holder) == Disposed)
        {
            Free();
        }
    }

    // Reached once: when it was disposed, and the last that held it let go.
    private void Free()
    {
        NativeTorch.sosia_tensor_release(handle);
        TensorMemory.Gone(kibibytes);
        keeper.Leave();
    }
}

/// <summary>Disposes a tensor that nobody else did. Once the tensor is freed it keeps another.</summary>
internal sealed class TensorKeeper : CriticalFinalizerObject
{
    private const int MostSpares = 4096; // tensors of a training step

    [ThreadStatic]
    private static TensorKeeper? spare;

    private Tensor? kept;
    private TensorKeeper? next;
    private int place; // below it in the list of spares

#pragma warning disable MA0055 // The finalizer is what it is for: it and its tensor have become unreachable together.
    ~TensorKeeper()
    {
        var last = kept;
        kept = null;
        last?.Dispose();
    }
#pragma warning restore MA0055

    public static TensorKeeper Of(Tensor tensor)
    {
        var keeper = spare;
        if (keeper is null)
        {
            return new TensorKeeper { kept = tensor };
        }

        spare = keeper.next;
        keeper.next = null;
        keeper.kept = tensor;
        return keeper;
    }

    public void Leave()
    {
        if (kept is null)
        {
            return; // finalized, and that happens once
        }

        kept = null;
        var below = spare is null ? 0 : spare.place + 1;
        if (below < MostSpares)
        {
            (place, next, spare) = (below, spare, this);
        }
    }
}

/// <summary>Holds a tensor for the time of a call into the bridge.</summary>
[CustomMarshaller(typeof(Tensor), MarshalMode.ManagedToUnmanagedIn, typeof(TensorMarshaller))]
internal ref struct TensorMarshaller
{
    private Tensor? held;
    private nint handle;

    public void FromManaged(Tensor tensor)
    {
        handle = tensor.Hold();
        held = tensor;
    }

    public readonly nint ToUnmanaged() => handle;

    public readonly void Free() => held?.LetGo();
}
