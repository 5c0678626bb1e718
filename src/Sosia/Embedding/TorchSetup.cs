using System.Diagnostics;
using Sosia.Torch;

namespace Sosia;

/// <summary>Makes libtorch ready when a network is first needed: what is missing is installed and compiled by scripts/torch.sh, which says so.</summary>
public static class TorchSetup
{
    private const string Script = "scripts/torch.sh";

    private static readonly Lock Preparing = new();

    /// <summary>Whether nothing would have to be installed or compiled.</summary>
    public static bool IsReady => TorchRuntime.IsLoaded || (TorchRuntime.IsPrepared && !IsOtherAsked);

    /// <summary>Loads libtorch, after having made it ready.</summary>
    /// <param name="mayInstall">Whether packages may be installed for it; the bridge is compiled in any case.</param>
    /// <exception cref="EnvironmentException">There is none, and none could be installed.</exception>
    public static void Prepare(bool mayInstall = true)
    {
        lock (Preparing)
        {
            if (!IsReady)
            {
                MakeReady(mayInstall);
            }

            try
            {
                TorchRuntime.Load();
            }
            catch (TorchUnavailableException)
            {
                // Libtorch was upgraded, or Sosia was.
                MakeReady(mayInstall);
                Load();
            }
        }
    }

    /// <summary>Whether the user named a libtorch: whose bridge is compiled, only the script knows then.</summary>
    internal static bool IsOtherAsked => IsSet("SOSIA_LIBTORCH") && !IsSet("SOSIA_TORCH") && !TorchRuntime.IsLoaded;

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };

    private static void Load()
    {
        try
        {
            TorchRuntime.Load();
        }
        catch (TorchUnavailableException error)
        {
            throw new EnvironmentException(error.Message, error);
        }
    }

    private static void MakeReady(bool mayInstall)
    {
        var script = SetupScript.Find(Script) ?? throw new EnvironmentException(
            "this model needs the bridge to libtorch (libsosia_torch.so), which is not beside the program: compile it with scripts/torch.sh of Sosia's sources, or use --model pdq");
        var start = new ProcessStartInfo("/usr/bin/env", ["bash", script]) { RedirectStandardOutput = true };
        if (!mayInstall)
        {
            start.Environment["SOSIA_NO_INSTALL"] = "1";
        }

        using var child = Process.Start(start)!;
        var bridge = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        if (child.ExitCode != 0 || bridge.Length == 0)
        {
            throw new EnvironmentException("libtorch is not ready: the reason stands above; --model pdq works without it");
        }

        TorchRuntime.Bridge = bridge;
    }
}
