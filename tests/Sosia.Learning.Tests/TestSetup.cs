using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

[assembly: CollectionBehavior(DisableTestParallelization = true)] // Tensor.Live and the generators belong to the process

namespace Sosia.Learning.Tests;

internal static partial class TestSetup
{
    // Threads are a property of each thread, and the runner has several: libc's own variable holds for all.
    [ModuleInitializer]
    internal static void OneThread() => _ = setenv("OMP_NUM_THREADS", "1", 1);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);
}
