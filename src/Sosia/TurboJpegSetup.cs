using System.Diagnostics;
using Sosia.Video.Packs;

namespace Sosia;

/// <summary>Makes libturbojpeg ready when frames are first stored as JPEG or read back: scripts/turbojpeg.sh installs it, and says so.</summary>
public static class TurboJpegSetup
{
    private const string Script = "scripts/turbojpeg.sh";

    /// <summary>Installs it where it is missing and that can be done.</summary>
    /// <exception cref="EnvironmentException">It is missing still; the message says how to get it.</exception>
    public static void Prepare()
    {
        if (TurboJpeg.IsAvailable)
        {
            return;
        }

        if (SetupScript.Find(Script) is { } script)
        {
            using var child = Process.Start(new ProcessStartInfo("/usr/bin/env", ["bash", script]))!;
            child.WaitForExit();
        }

        if (!TurboJpeg.IsAvailable)
        {
            throw new EnvironmentException("frames are stored as JPEG by libturbojpeg, which is missing (Debian: sudo apt-get install libturbojpeg0); --format raw makes a pack without it");
        }
    }
}
