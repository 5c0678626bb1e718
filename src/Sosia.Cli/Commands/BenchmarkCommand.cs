using System.CommandLine;

namespace Sosia.Cli.Commands;

/// <summary>`sosia benchmark`: how many edited copies are found, by which model, at which price.</summary>
internal static class BenchmarkCommand
{
    public static Command Create(GlobalOptions globals)
    {
        var command = new Command("benchmark", "Measure how many edited copies are found, which seconds of them, and at which price.")
        {
            BenchmarkRunCommand.Create(globals),
        };
        Help.Examples(command, "sosia benchmark run copies ~/Videos");
        return command;
    }
}
