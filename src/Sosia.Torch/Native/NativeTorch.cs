using System.Runtime.InteropServices;

namespace Sosia.Torch.Native;

/// <summary>What a <see cref="NativeValue"/> holds; the numbers are those of native/torch/sosia_torch.h.</summary>
internal enum Tag
{
    Default,
    None,
    Tensor,
    Int,
    Double,
    Bool,
    Complex,
    String,
    Device,
    Generator,
    Ints,
    Doubles,
    Bools,
    Tensors,
}

/// <summary>How a call into the bridge ended.</summary>
internal enum Status
{
    Ok,
    Failed,
    Memory,
    Argument,
    Unknown,
}

/// <summary>An argument or a result as the bridge takes it: 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeValue
{
    public Tag Tag;
    public int Count;
    public long Bits;

    public readonly nint Pointer => (nint)Bits;
}

/// <summary>What a tensor is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TensorFacts
{
    public long Elements;
    public long Bytes;
    public int Dimensions;
    public ScalarType Type;
    public DeviceType DeviceType;
    public int DeviceIndex;
    public int Contiguous;
    public int RequiresGrad;
}

/// <summary>The mode of autocast of one kind of device.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct AutocastMode
{
    public int Enabled;
    public ScalarType Type;
}

/// <summary>Where and as what a process meets others.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct NativeGroupOptions
{
    public int Backend;
    public int Rank;
    public int Size;
    public int Port;
    public long Timeout;
    public int Round;
    public int Hosted;
    public byte* Address;
    public byte* Host;
}

/// <summary>The functions of native/torch. A handle that a function returns belongs to the caller; one that it takes stays the caller's.</summary>
internal static unsafe partial class NativeTorch
{
    /// <summary>The version of the binary interface that this assembly speaks.</summary>
    public const int Interface = 2;

    private const string Library = TorchLibrary.Name;

    [LibraryImport(Library)] public static partial int sosia_interface_version();
    [LibraryImport(Library)] public static partial byte* sosia_last_error();
    [LibraryImport(Library)] public static partial void sosia_free(nint memory);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)] public static partial Status sosia_operator(string name, string overload, out nint found);
    [LibraryImport(Library)] public static partial byte* sosia_operator_schema(nint op);
    [LibraryImport(Library)] public static partial Status sosia_call(nint op, NativeValue* arguments, int count, NativeValue* results, int capacity, int* produced);

    [LibraryImport(Library)] public static partial void sosia_tensor_release(nint tensor);
    [LibraryImport(Library)] public static partial Status sosia_tensor_share(nint tensor, out nint shared);
    [LibraryImport(Library)] public static partial Status sosia_tensor_share(Tensor tensor, out nint shared);
    [LibraryImport(Library)] public static partial Status sosia_tensor_facts(Tensor tensor, out TensorFacts facts);
    [LibraryImport(Library)] public static partial Status sosia_tensor_facts(nint tensor, out TensorFacts facts);
    [LibraryImport(Library)] public static partial Status sosia_tensor_layout(Tensor tensor, long* shape, long* strides);
    [LibraryImport(Library)] public static partial Status sosia_tensor_data(Tensor tensor, out nint data);

    [LibraryImport(Library)] public static partial Status sosia_backward(nint* roots, int count, nint* gradients, int retainGraph, int createGraph);
    [LibraryImport(Library)] public static partial Status sosia_grad(nint* roots, int count, nint* gradients, nint* inputs, int inputCount, int retainGraph, int createGraph, int allowUnused, nint* results);
    [LibraryImport(Library)] public static partial Status sosia_tensor_set_requires_grad(Tensor tensor, int requiresGrad);
    [LibraryImport(Library)] public static partial Status sosia_tensor_is_leaf(Tensor tensor, out int leaf);
    [LibraryImport(Library)] public static partial Status sosia_tensor_grad(Tensor tensor, out nint gradient);
    [LibraryImport(Library)] public static partial Status sosia_tensor_set_grad(Tensor tensor, nint gradient);
    [LibraryImport(Library)] public static partial int sosia_grad_mode(int enabled);
    [LibraryImport(Library)] public static partial Status sosia_inference_enter(out nint guard);
    [LibraryImport(Library)] public static partial void sosia_inference_leave(nint guard);
    [LibraryImport(Library)] public static partial Status sosia_autocast_enter(DeviceType device, AutocastMode mode, out AutocastMode before);
    [LibraryImport(Library)] public static partial Status sosia_autocast_leave(DeviceType device, AutocastMode before);
    [LibraryImport(Library)] public static partial Status sosia_autocast(DeviceType device, out AutocastMode mode);

    [LibraryImport(Library)]
    public static partial Status sosia_function_attach(
        nint* inputs,
        int inputCount,
        nint* outputs,
        int outputCount,
        nint* saved,
        int savedCount,
        delegate* unmanaged<nint, nint*, int, nint*, int, nint*, int, byte*, int, int> backward,
        delegate* unmanaged<nint, void> release,
        nint state);

    [LibraryImport(Library)] public static partial Status sosia_manual_seed(ulong seed);
    [LibraryImport(Library)] public static partial Status sosia_generator(ulong seed, out nint generator);
    [LibraryImport(Library)] public static partial Status sosia_generator_default(DeviceType device, int index, out nint generator);
    [LibraryImport(Library)] public static partial void sosia_generator_release(nint generator);
    [LibraryImport(Library)] public static partial Status sosia_generator_seed(Generator generator, ulong seed);
    [LibraryImport(Library)] public static partial Status sosia_generator_state(Generator generator, out nint state);
    [LibraryImport(Library)] public static partial Status sosia_generator_set_state(Generator generator, Tensor state);

    [LibraryImport(Library)] public static partial Status sosia_group(NativeGroupOptions* options, out nint group);
    [LibraryImport(Library)] public static partial void sosia_group_release(nint group);
    [LibraryImport(Library)] public static partial Status sosia_group_all_reduce(nint group, nint* tensors, int count, int operation);
    [LibraryImport(Library)] public static partial Status sosia_group_all_gather(nint group, Tensor tensor, out nint gathered);
    [LibraryImport(Library)] public static partial Status sosia_group_broadcast(nint group, nint* tensors, int count, int from);
    [LibraryImport(Library)] public static partial Status sosia_group_barrier(nint group);

    [LibraryImport(Library)] public static partial byte* sosia_torch_version();
    [LibraryImport(Library)] public static partial byte* sosia_torch_build();
    [LibraryImport(Library)] public static partial byte* sosia_openblas_build();
    [LibraryImport(Library)] public static partial int sosia_threads();
    [LibraryImport(Library)] public static partial Status sosia_set_threads(int threads);
    [LibraryImport(Library)] public static partial int sosia_cuda_devices();
    [LibraryImport(Library)] public static partial Status sosia_cuda_synchronize(int device);

    /// <summary>Throws what the last call of this thread was refused for.</summary>
    /// <param name="status">How it ended.</param>
    /// <param name="what">The operator with its arguments, made only when it is needed.</param>
    public static void Check(Status status, Func<string> what)
    {
        if (status != Status.Ok)
        {
            throw Failure(status, what());
        }
    }

    /// <summary>Throws what the last call of this thread was refused for.</summary>
    public static void Check(Status status, string what)
    {
        if (status != Status.Ok)
        {
            throw Failure(status, what);
        }
    }

    /// <summary>The exception for what the last call of this thread was refused for.</summary>
    public static TorchException Failure(Status status, string what)
    {
        var message = $"{what}: {Text(sosia_last_error())}";
        return status switch
        {
            Status.Memory => new TorchOutOfMemoryException(message),
            Status.Argument => new TorchArgumentException(message),
            Status.Unknown => new UnknownOperatorException(message),
            _ => new TorchException(message),
        };
    }

    /// <summary>A string of the bridge; empty for null.</summary>
    public static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";
}
