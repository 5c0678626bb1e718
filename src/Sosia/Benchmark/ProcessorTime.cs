using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Sosia;

/// <summary>Seconds of processor that this process and its ended children (ffmpeg) have used; where the system cannot tell of children, this process alone.</summary>
internal static partial class ProcessorTime
{
    private const int OfSelf = 0;
    private const int OfChildren = -1; // those that were waited for, and theirs
    private const double Micro = 1e-6;

    public static double Seconds() => OperatingSystem.IsLinux() ? Seconds(OfSelf) + Seconds(OfChildren) : Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds;

    private static double Seconds(int who) =>
        GetResourceUsage(who, out var usage) == 0 ? usage.Values[0] + usage.Values[2] + (Micro * (usage.Values[1] + usage.Values[3])) : 0;

    [LibraryImport("libc", EntryPoint = "getrusage")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetResourceUsage(int who, out ResourceUsage usage);

    // struct rusage: user seconds and microseconds, system seconds and microseconds, and fourteen more; all of them long.
    private struct ResourceUsage
    {
        public Longs Values;
    }

    [InlineArray(18)]
    private struct Longs
    {
        private nint first;
    }
}
