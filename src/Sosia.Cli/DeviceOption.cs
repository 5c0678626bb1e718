using System.CommandLine;
using Sosia.Torch;
using Sosia.Video;

namespace Sosia.Cli;

/// <summary>`--device NAME`: where a network is trained or used.</summary>
internal static class DeviceOption
{
    public static Option<string?> Create() => new("--device") { Description = "cpu or cuda [default: cuda where there is one]", HelpName = "NAME" };

    /// <summary>What was asked for, or the best there is; libtorch is loaded.</summary>
    /// <exception cref="UsageException">There is no such device.</exception>
    /// <exception cref="EnvironmentException">There is no GPU.</exception>
    public static DeviceType KindOf(string? asked) => (asked ?? (TorchRuntime.CudaDevices > 0 ? "cuda" : "cpu")) switch
    {
        "cpu" => DeviceType.Cpu,
        "cuda" when TorchRuntime.CudaDevices > 0 => DeviceType.Cuda,
        "cuda" => throw new EnvironmentException($"there is no GPU that libtorch {TorchRuntime.Version} can use: --device cpu, or set SOSIA_LIBTORCH to a PyTorch with CUDA"),
        _ => throw new UsageException($"--device takes cpu or cuda, not {Printable.Text(asked!)}"),
    };
}
