using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia.Torch.Native;

/// <summary>Finds and loads the bridge, and with it libtorch: 150 MB and most of a second, so only when the first tensor is made.</summary>
internal static partial class TorchLibrary
{
    public const string Name = "sosia_torch";

    private const string FileName = "libsosia_torch.so";
    private static readonly Lock Loading = new();
    private static nint handle;
    private static string? chosen;

    /// <summary>Whether it was loaded.</summary>
    public static bool IsLoaded => handle != 0;

    /// <summary>The bridge to load instead of the one that is found; before the first tensor.</summary>
    public static string? Chosen
    {
        get => chosen;
        set
        {
            lock (Loading)
            {
                if (handle != 0)
                {
                    throw new InvalidOperationException("libtorch is loaded already");
                }

                chosen = value;
            }
        }
    }

#pragma warning disable CA2255 // The resolver must stand before the first call, whichever it is.
    [ModuleInitializer]
    internal static void Register() => NativeLibrary.SetDllImportResolver(typeof(TorchLibrary).Assembly, Resolve);
#pragma warning restore CA2255

    /// <summary>Where the bridge lies: as chosen, as SOSIA_TORCH says, beside the program, or in .build/native of a folder above it.</summary>
    public static string? Find()
    {
        if ((chosen ?? Environment.GetEnvironmentVariable("SOSIA_TORCH")) is { Length: > 0 } named)
        {
            return File.Exists(named) ? named : null;
        }

        var candidates = Ancestors(AppContext.BaseDirectory).Select(folder => Path.Combine(folder, ".build", "native", "current", FileName))
            .Prepend(Path.Combine(AppContext.BaseDirectory, FileName));
        return candidates.FirstOrDefault(File.Exists);
    }

    /// <summary>Loads the bridge, once.</summary>
    /// <exception cref="TorchUnavailableException">There is none, or it cannot be loaded.</exception>
    public static nint Load()
    {
        lock (Loading)
        {
            return handle != 0 ? handle : handle = Open(Find() ?? throw new TorchUnavailableException("the bridge to libtorch was not found: run scripts/torch.sh"));
        }
    }

    private static nint Open(string path)
    {
        // Threads that spin while they wait slow each other down on a busy machine. libc's own variable: .NET's are not seen by libraries.
        _ = setenv("OMP_WAIT_POLICY", "PASSIVE", 0);
        _ = setenv("OPENBLAS_THREAD_TIMEOUT", "4", 0); // 2^4 cycles; OpenBLAS's own 2^26 take a core from whoever reads the data
        // Debian 13's libtorch brings UCX, which would take the signal from .NET that NullReferenceException is made of.
        _ = setenv("UCX_ERROR_SIGNALS", "", 1);
        if (!NativeLibrary.TryLoad(path, out var library))
        {
            throw new TorchUnavailableException($"cannot load {path}: the libtorch that it was compiled for is not there any more: run scripts/torch.sh");
        }

        if (!NativeLibrary.TryGetExport(library, nameof(NativeTorch.sosia_interface_version), out var version) || Version(version) != NativeTorch.Interface)
        {
            throw new TorchUnavailableException($"{path} was compiled for another version of Sosia: run scripts/torch.sh");
        }

        return library;
    }

    private static unsafe int Version(nint function) => ((delegate* unmanaged<int>)function)();

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search) => name == Name ? Load() : 0;

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            yield return at.FullName;
        }
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
