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
            case ["group", var what, .. var numbers]:
                var group = Array.ConvertAll(numbers, number => int.Parse(number, CultureInfo.InvariantCulture));
                ProcessGroupTests.Act(what, group[0], group[1], group[2]);
                return 0;
            default:
                Console.Error.WriteLine("train STEPS | storm TENSORS | fuzz SEED CALLS | group WHAT RANK SIZE PORT");
                return 2;
        }
    }

    /// <summary>Runs this assembly to its end; what it says is returned when it ends well.</summary>
    public static string Run(params string[] arguments)
    {
        using var child = Start(arguments);
        var errors = child.StandardError.ReadToEndAsync();
        var said = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        Assert.True(child.ExitCode == 0, $"ended with {child.ExitCode}: {said[Math.Max(0, said.Length - 2000)..]}\n{errors.Result}");
        return said;
    }

    /// <summary>Runs this assembly as the processes of one group, each to its end, which is forced after a minute.</summary>
    public static (int Code, string Said, string Errors)[] Together(int size, string what)
    {
        var port = ProcessGroupTests.FreePort();
        var ends = Enumerable.Range(0, size).Select(rank => End(Start("group", what, $"{rank}", $"{size}", $"{port}"))).ToArray();
        return Task.WhenAll(ends).GetAwaiter().GetResult();
    }

    private static async Task<(int Code, string Said, string Errors)> End(Process started)
    {
        using var child = started;
        var (said, errors) = (child.StandardOutput.ReadToEndAsync(), child.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var forced = limit.Token.Register(() => child.Kill(entireProcessTree: true));
        await child.WaitForExitAsync(CancellationToken.None);
        return (child.ExitCode, await said, await errors);
    }

    private static Process Start(params string[] arguments)
    {
        string[] command = ["exec", typeof(Child).Assembly.Location, .. arguments];
        return Process.Start(new ProcessStartInfo("dotnet", command) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
    }
}
