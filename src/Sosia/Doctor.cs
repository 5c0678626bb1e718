using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Sosia.Video;

namespace Sosia;

/// <summary>One thing that Sosia looked for.</summary>
/// <param name="Name">What.</param>
/// <param name="Ok">Whether it is there.</param>
/// <param name="Found">What was found.</param>
/// <param name="Advice">What to do where it is not.</param>
public sealed record Finding(string Name, bool Ok, string Found, string? Advice);

/// <summary>What this machine has of what Sosia needs.</summary>
public static class Doctor
{
    /// <summary>Looks for everything; never throws for what is missing.</summary>
    public static IReadOnlyList<Finding> Examine() =>
    [
        Tool("ffmpeg", Ffmpeg.Tool),
        Tool("ffprobe", Ffmpeg.ProbeTool),
        new(".NET", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}", null),
        new("processor", true, $"{Environment.ProcessorCount} threads, {string.Join(", ", Abilities().DefaultIfEmpty("no vector instructions that Sosia uses"))}", null),
    ];

    private static Finding Tool(string name, string tool)
    {
        try
        {
            return new Finding(name, true, Ffmpeg.Version(tool), null);
        }
        catch (VideoException error)
        {
            return new Finding(name, false, error.Message, "Debian, Ubuntu: sudo apt install ffmpeg; Fedora: sudo dnf install ffmpeg; macOS: brew install ffmpeg");
        }
    }

    private static IEnumerable<string> Abilities()
    {
        if (Popcnt.IsSupported)
        {
            yield return "POPCNT";
        }

        if (Avx2.IsSupported)
        {
            yield return "AVX2 (used)";
        }

        if (Fma.IsSupported)
        {
            yield return "FMA";
        }

        if (Avx512F.IsSupported)
        {
            yield return "AVX-512";
        }

        if (AdvSimd.IsSupported)
        {
            yield return "AdvSimd";
        }
    }
}
