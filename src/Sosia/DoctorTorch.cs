using System.Globalization;
using Sosia.Torch;

namespace Sosia;

/// <summary>What this machine has of what networks need.</summary>
internal static class DoctorTorch
{
    private const string Slow = "a linear layer takes sixty times as long as with OpenBLAS: sudo apt-get install libopenblas0-pthread";

    /// <summary>Looks, loads and measures; installs nothing.</summary>
    public static IReadOnlyList<Finding> Examine()
    {
        if (!TorchSetup.IsReady && !TorchSetup.IsOtherAsked)
        {
            return [new Finding("libtorch", true, "not prepared yet: the first command that needs a network installs it and compiles the bridge to it", null)];
        }

        try
        {
            TorchSetup.Prepare(mayInstall: false);
        }
        catch (EnvironmentException error)
        {
            return [new Finding("libtorch", false, error.Message, "sudo apt-get install libtorch-dev libgloo-dev libopenblas0-pthread g++, or name a PyTorch's folder by SOSIA_LIBTORCH")];
        }

        var measured = ComputeSettings.Measure();
        return
        [
            new Finding("libtorch", true, $"{TorchRuntime.Version}, {Capability()}, by {TorchRuntime.Bridge}", null),
            TorchRuntime.OpenBlas is { } blas ? new Finding("BLAS", true, blas, null) : new Finding("BLAS", TorchRuntime.Build.Contains("MKL", StringComparison.Ordinal), "not OpenBLAS", Slow),
            new Finding("threads", true, Text($"one {measured.OneThread:0.0} ms, all {Environment.ProcessorCount} {measured.AllThreads:0.0} ms: an operator uses {measured.Threads}"), null),
            new Finding("bfloat16", true, Text($"{measured.BFloat16:0.0} ms, float32 {Math.Min(measured.OneThread, measured.AllThreads):0.0} ms: networks use {measured.Type.ToString().ToLowerInvariant()}"), null),
            new Finding("CUDA", true, TorchRuntime.CudaDevices is var gpus and > 0 ? $"{gpus} GPU{(gpus > 1 ? "s" : "")}" : "no GPU that this libtorch can use", null),
        ];
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    // As libtorch tells it: "CPU capability usage: AVX2".
    private static string Capability() =>
        TorchRuntime.Build.Split('\n').FirstOrDefault(l => l.Contains("CPU capability", StringComparison.Ordinal))?.Split(':')[^1].Trim() ?? "capability not told";
}
