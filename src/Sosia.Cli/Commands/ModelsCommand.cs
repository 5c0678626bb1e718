using System.CommandLine;
using Sosia.Reports;

namespace Sosia.Cli.Commands;

/// <summary>`sosia models`: what a library can be made with.</summary>
internal static class ModelsCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("models", "List what a library can be made with (`sosia add --model NAME`).");
        Help.Examples(command, "sosia models");
        command.SetAction(parsed =>
        {
            if (globals.Json(parsed))
            {
                StandardOutput.Json(stream => JsonReport.Write(stream, Embedders.All));
                return ExitCode.Done;
            }

            foreach (var embedder in Embedders.All)
            {
                var mark = embedder == Embedders.Default ? "  (default)" : "";
                Console.Out.WriteLine($"{embedder.Model,-14}  {embedder.Description}{mark}");
            }

            return ExitCode.Done;
        });
        return command;
    }
}
