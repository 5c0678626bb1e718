using System.Diagnostics;
using Sosia.Learning.Training;

namespace Sosia.Learning.Tests;

/// <summary>Trains in a process of its own, which can be killed, or be one of several.</summary>
internal static class TrainingChild
{
    /// <summary>What the child does: where it is alone, a line of output for each step.</summary>
    public static void Train(string folder)
    {
        using var world = World.FromEnvironment(timeout: TimeSpan.FromSeconds(60));
        var begun = Run.Open(folder);
        var run = world.Rank == 0 ? begun : Run.Silent(folder, begun.Recipe, begun.Start);
        TrainingPlace.Train(run, world, new Watch(line => Say(world, $"{line.Stage} {line.Step}")), CancellationToken.None);
    }

    private static void Say(World world, string line)
    {
        if (world.Size == 1)
        {
            Console.Out.WriteLine(line);
        }
    }

    /// <summary>Starts this assembly, and kills it, without a word, when it has said so many lines.</summary>
    public static void KillAfter(int lines, params string[] arguments)
    {
        string[] command = ["exec", typeof(TrainingChild).Assembly.Location, .. arguments];
        using var child = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!;
        for (var i = 0; i < lines; i++)
        {
            Assert.True(child.StandardOutput.ReadLine() is not null, "it ended before it could be killed");
        }

        child.Kill();
        child.WaitForExit();
    }
}
