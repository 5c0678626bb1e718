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
    private const string Install = "Debian, Ubuntu: sudo apt install ffmpeg; Fedora: sudo dnf install ffmpeg; macOS: brew install ffmpeg";
    private const string Newer = "or take a newer one (Debian 12, Ubuntu 24.04 and https://ffmpeg.org/download.html have it) and name it by SOSIA_FFMPEG and SOSIA_FFPROBE";
    private const string OtherBuild = "take a build of ffmpeg that has them (Debian's and Ubuntu's do; Fedora's is in RPM Fusion) and name it by SOSIA_FFMPEG";

    /// <summary>Looks for everything; never throws for what is missing.</summary>
    public static IReadOnlyList<Finding> Examine()
    {
        var ffmpeg = Tool("ffmpeg", Ffmpeg.Tool);
        return
        [
            ffmpeg,
            Tool("ffprobe", Ffmpeg.ProbeTool),
            .. ffmpeg.Ok ? Parts() : [],
            new(".NET", true, $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}", null),
            new("processor", true, $"{Environment.ProcessorCount} threads, {string.Join(", ", Abilities().DefaultIfEmpty("no vector instructions that Sosia uses"))}", null),
            .. DoctorTorch.Examine(),
        ];
    }

    private static Finding Tool(string name, string tool)
    {
        try
        {
            return new Finding(name, true, Ffmpeg.Version(name, tool), null);
        }
        catch (VideoException error)
        {
            return new Finding(name, false, error.Message, $"{Install}; {Newer}");
        }
    }

    // What some builds leave out.
    private static IEnumerable<Finding> Parts()
    {
        yield return Part("HDR", "-filters", ["zscale", "tonemap"], "without them HDR videos are read flat, and their copies in SDR may be missed");
        yield return Part("demo", "-encoders", DemoVideos.Encoders, "without them `sosia demo` works with your own videos only: `sosia demo FOLDER`");
    }

    private static Finding Part(string name, string list, IReadOnlyList<string> wanted, string without)
    {
        var kind = list[1..];
        return Ffmpeg.Lacks(list, wanted) is { Count: > 0 } lacking
            ? new Finding(name, false, $"ffmpeg lacks the {kind} {string.Join(", ", lacking)}", $"{without}; {OtherBuild}")
            : new Finding(name, true, $"{kind} {string.Join(", ", wanted)}", null);
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
