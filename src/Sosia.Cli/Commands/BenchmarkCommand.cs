using System.CommandLine;

namespace Sosia.Cli.Commands;

/// <summary>`sosia benchmark make` and `run`.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("benchmark", "Make a benchmark of edited copies from any videos, and measure models on it.")
        {
            BenchmarkMakeCommand.Create(globals),
            BenchmarkRunCommand.Create(globals),
        };
        Help.Examples(command, "sosia benchmark make ~/Videos --out copies", "sosia benchmark run copies ~/Videos");
        return command;
    }
}
