using System.Diagnostics;
using Sosia.Video.Packs;

namespace Sosia.Video.Tests.Packs;

/// <summary>What this assembly does when a test starts it as a program, and how a test starts it.</summary>
internal static class Child
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["write", var folder, var first, var step, var at]:
                Write(folder, int.Parse(first), step == "none" ? null : Enum.Parse<PackStep>(step), int.Parse(at));
                return 0;
            case ["golden", var folder]:
                PackGoldenTests.Make(folder);
                return 0;
            default:
                Console.Error.WriteLine("write FOLDER FIRST-SEED STEP NTH | golden FOLDER");
                return 2;
        }
    }

    public static Process Start(params string[] arguments)
    {
        string[] command = ["exec", typeof(Child).Assembly.Location, .. arguments];
        return Process.Start(new ProcessStartInfo("dotnet", command) { UseShellExecute = false, RedirectStandardOutput = true })!;
    }

    /// <summary>Adds videos for ever and says which are acknowledged; dies at the nth time of a step.</summary>
    private static void Write(string folder, int seed, PackStep? fatal, int nth)
    {
        using var writer = PackWriter.Open(folder, PackCrashTests.Settings);
        writer.Reached = step =>
        {
            if (step == fatal && --nth == 0) Process.GetCurrentProcess().Kill();
        };

        for (; ; seed++)
        {
            PackShelf.Add(writer, $"{seed}.mp4", seed, frames: 1 + (seed % 4));
            Console.WriteLine(seed);
            Console.Out.Flush();
        }
    }
}
