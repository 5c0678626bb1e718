using Sosia.Torch.Native;

namespace Sosia.Torch;

/// <summary>The libtorch of this process: what it is, its threads, its GPUs.</summary>
public static unsafe class TorchRuntime
{
    /// <summary>Whether a bridge was found; it may still fail to load.</summary>
    public static bool IsPrepared => TorchLibrary.Find() is not null;

    /// <summary>Whether libtorch is loaded.</summary>
    public static bool IsLoaded => TorchLibrary.IsLoaded;

    /// <summary>The path of the bridge, as scripts/torch.sh prints it; null: wherever it is found. To be set before the first tensor.</summary>
    /// <exception cref="InvalidOperationException">Libtorch is loaded already.</exception>
    public static string? Bridge
    {
        get => TorchLibrary.Chosen ?? TorchLibrary.Find();
        set => TorchLibrary.Chosen = value;
    }

    /// <summary>Version of libtorch: <c>1.13.0</c>.</summary>
    public static string Version => NativeTorch.Text(NativeTorch.sosia_torch_version());

    /// <summary>How it was built and what it uses of this processor, as libtorch tells it.</summary>
    public static string Build => NativeTorch.Text(NativeTorch.sosia_torch_build());

    /// <summary>What OpenBLAS says of itself; null where the BLAS is another, which may be sixty times slower.</summary>
    public static string? OpenBlas => NativeTorch.sosia_openblas_build() is var text && text is null ? null : NativeTorch.Text(text);

    /// <summary>Threads of one operator, those of OpenBLAS included.</summary>
    /// <exception cref="TorchArgumentException">It is no number of threads.</exception>
    public static int Threads
    {
        get => NativeTorch.sosia_threads();
        set => NativeTorch.Check(NativeTorch.sosia_set_threads(value), "threads");
    }

    /// <summary>Number of GPUs that can be used.</summary>
    public static int CudaDevices => NativeTorch.sosia_cuda_devices();

    /// <summary>Loads libtorch now, so that a later call does not wait for it.</summary>
    /// <exception cref="TorchUnavailableException">There is none, or it cannot be loaded.</exception>
    public static void Load() => TorchLibrary.Load();

    /// <summary>Waits until a GPU has done what it was told.</summary>
    /// <exception cref="TorchException">There is no such GPU.</exception>
    public static void Synchronize(int device = 0) => NativeTorch.Check(NativeTorch.sosia_cuda_synchronize(device), "synchronize");
}
