using System.CommandLine;
using Sosia.Cli.Commands;

namespace Sosia.Cli;

/// <summary>The program: its commands, and where they start.</summary>
internal static class Program
{
    /// <summary>All commands with their options.</summary>
    public static RootCommand Root()
    {
        var root = new RootCommand("Sosia finds the copies of a video: re-encoded, cropped, mirrored, sped up, cut into something else; and says which seconds of which file they are.");
        var globals = new GlobalOptions();
        globals.AddTo(root);
        root.Add(DemoCommand.Create(globals));
        root.Add(AddCommand.Create(globals));
        root.Add(ListCommand.Create(globals));
        root.Add(StatusCommand.Create(globals));
        root.Add(FindCommand.Create(globals));
        root.Add(DuplicatesCommand.Create(globals));
        root.Add(ExplainCommand.Create(globals));
        root.Add(RemoveCommand.Create(globals));
        root.Add(ExportCommand.Create(globals));
        root.Add(ModelsCommand.Create(globals));
        root.Add(ImportCommand.Create(globals));
        root.Add(PackCommand.Create(globals));
        root.Add(TrainCommand.Create(globals));
        root.Add(MethodsCommand.Create(globals));
        root.Add(RunsCommand.Create(globals));
        root.Add(BenchmarkCommand.Create(globals));
        root.Add(DoctorCommand.Create(globals));
        Help.Arrange(root);
        return root;
    }

    private static int Main(string[] args) => CommandLine.Run(Root(), args);
}
