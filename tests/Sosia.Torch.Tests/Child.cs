using System.Diagnostics;
using System.Globalization;

namespace Sosia.Torch.Tests;

/// <summary>What this assembly does when a test starts it as a program, and how a test starts it.</summary>
internal static class Child
{
    public static int Main(string[] args)
    {
        switch (args)
        {
            case ["train", var steps]:
                MemoryTests.Train(int.Parse(steps, CultureInfo.InvariantCulture));
                return 0;
            case ["storm", var tensors]:
                MemoryTests.Storm(int.Parse(tensors, CultureInfo.InvariantCulture));
                return 0;
            case ["fuzz", var seed, var calls]:
                Fuzz.Run(int.Parse(seed, CultureInfo.InvariantCulture), int.Parse(calls, CultureInfo.InvariantCulture), Console.Out);
                return 0;
            case ["group", var what]:
                ProcessGroupTests.Act(what);
                return 0;
            default:
                Console.Error.WriteLine("train STEPS | storm TENSORS | fuzz SEED CALLS | group WHAT");
                return 2;
        }
    }

    /// <summary>Runs this assembly to its end; what it says is returned when it ends well.</summary>
    public static string Run(params string[] arguments)
    {
        string[] command = ["exec", typeof(Child).Assembly.Location, .. arguments];
        using var child = Process.Start(new ProcessStartInfo("dotnet", command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = child.StandardError.ReadToEndAsync();
        var said = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, $"ended with {child.ExitCode}: {said[Math.Max(0, said.Length - 2000)..]}\n{errors.Result}");
        return said;
    }
}
